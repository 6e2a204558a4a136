"""What is imported when: in the fresh environment of an isolated build no module is compiled."""

import json
import subprocess
import sys

import pytest

HEAVY = {"elftools", "iced_x86", "capstone", "abi3info"}


def imported(code, folder):
    """Return the modules that a fresh process has after some code."""
    code += "\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    argv = [sys.executable, "-c", code]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize("backend", ["hatchling.build", "rtvariants.backend", "rtvariants.maturin"])
def test_who_asks_for_requirements_pays_for_no_build(root, backend):
    code = f"import {backend} as backend; backend.get_requires_for_build_wheel()"
    found = imported(code, root / "tests/packages/greeter")
    ours = {name for name in found if name.startswith("rtvariants")}
    adapter = "rtvariants.maturin" if backend == "rtvariants.maturin" else "rtvariants.hatch"
    assert adapter in ours
    assert ours <= {"rtvariants", adapter, "rtvariants.errors", "rtvariants.rust", backend}
    assert not found & {"archspec", *HEAVY}


def test_setuptools_asks_about_projects_that_are_not_ours(tmp_path):
    (tmp_path / "pyproject.toml").touch()
    code = "from setuptools import Distribution; Distribution().parse_config_files()"
    ours = {name for name in imported(code, tmp_path) if name.startswith("rtvariants")}
    assert "rtvariants.setuptools" in ours
    assert ours <= {
        "rtvariants",
        *(f"rtvariants.{n}" for n in ("setuptools", "errors", "pyproject")),
    }


def test_a_warm_build_imports_no_disassembler_and_no_rule(root):
    code = "from rtvariants import build, cargo, checks, package, progress, uvcache"
    found = imported(code, root)
    assert "rtvariants.checks" in found
    assert not found & (HEAVY | {"rtvariants.examine", "rtvariants.audit", "rtvariants.verify"})
    assert imported("import rtvariants.examine", root) >= {"rtvariants.audit", "rtvariants.verify"}
