"""The command `rtvariants` itself without a subcommand."""

import os
import subprocess
import sys

import pytest

from rtvariants.cli import main

TERMINATED = """
import os, signal, sys, time
from rtvariants.cli import main, plan
from rtvariants.files import temporary_folder
def run(_options):
    with temporary_folder():
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)
plan.run = run
sys.exit(main(["plan"]))
"""


@pytest.mark.parametrize("word", ["--version", "-V"])
def test_the_version_is_printed(word, capsys, root):
    assert main([word]) == 0
    version = (root / "build_plugin/pyproject.toml").read_text().split('version = "')[1]
    assert capsys.readouterr().out == f"rtvariants {version.partition(chr(34))[0]}\n"


def test_a_current_folder_that_was_deleted_is_named(tmp_path, monkeypatch, capsys):
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.chdir(folder)
    folder.rmdir()
    assert main(["plan"]) == 1
    assert "the current folder does not exist any more\nhint: " in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without a signal")
def test_sigterm_leaves_no_temporary_folder(tmp_path):
    env = os.environ | {"TMPDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", TERMINATED], env=env, check=False, timeout=50)
    assert (done.returncode, list(tmp_path.iterdir())) == (143, [])
