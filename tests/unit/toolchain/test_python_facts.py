"""The facts of a Python, as a program of another Python and in this process."""

import json
import os
import subprocess
import sys
from pathlib import Path

from rtvariants.toolchain import python_facts


def test_the_program_prints_the_facts_of_the_python_that_runs_it():
    argv = [sys.executable, "-I", python_facts.__file__]
    done = subprocess.run(argv, stdout=subprocess.PIPE, check=True)
    assert json.loads(done.stdout) == json.loads(json.dumps(python_facts.facts()))


def test_the_executable_is_one_of_the_installation_and_not_of_a_virtual_environment():
    found = python_facts.facts()["executable"]
    assert os.access(found, os.X_OK)
    assert not (Path(found).parents[1] / "pyvenv.cfg").exists()
