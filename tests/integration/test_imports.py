"""What is imported when: in the fresh environment of an isolated build no module is compiled."""

import json
import subprocess
import sys

import pytest

HEAVY = {"elftools", "iced_x86", "capstone", "abi3info"}
# What every adapter starts with.
RULES = {"rtvariants.verify.examine", "rtvariants.verify.audit", "rtvariants.verify.rules"}
PACKAGES = {
    "rtvariants", "rtvariants.backends", "rtvariants.backends.settings", "rtvariants.errors"
}  # fmt: skip


def imported(code, folder):
    """Return the modules that a fresh process has after some code."""
    code += "\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    argv = [sys.executable, "-c", code]
    done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "backend", ["hatchling.build", "rtvariants.backends.in_tree", "rtvariants.backends.maturin"]
)
def test_who_asks_for_requirements_pays_for_no_build(root, backend):
    code = f"import {backend} as backend; backend.get_requires_for_build_wheel()"
    found = imported(code, root / "tests/packages/greeter")
    ours = {name for name in found if name.startswith("rtvariants")}
    adapter = (
        "rtvariants.backends.maturin"
        if backend == "rtvariants.backends.maturin"
        else "rtvariants.backends.hatchling"
    )
    assert adapter in ours
    finder = {"rtvariants.toolchain", "rtvariants.toolchain.cargo_path"}
    assert ours <= {*PACKAGES, *finder, adapter, backend}
    assert not found & {"archspec", *HEAVY}


def test_setuptools_asks_about_projects_that_are_not_ours(tmp_path):
    (tmp_path / "pyproject.toml").touch()
    code = "from setuptools import Distribution; Distribution().parse_config_files()"
    ours = {name for name in imported(code, tmp_path) if name.startswith("rtvariants")}
    assert "rtvariants.backends.setuptools" in ours
    reader = {"rtvariants.config", "rtvariants.config.pyproject", "rtvariants.config.toml"}
    assert ours <= {*PACKAGES, *reader, "rtvariants.backends.setuptools"}


def test_a_warm_build_imports_no_disassembler_and_no_rule(root):
    code = "from rtvariants.compile import cargo, progress\nfrom rtvariants.wheels import layout\n"
    code += "from rtvariants import pipeline\nfrom rtvariants.project import uv_cache\n"
    code += "from rtvariants.verify import cached"
    found = imported(code, root)
    assert "rtvariants.verify.cached" in found
    assert not found & (HEAVY | RULES)
    assert imported("import rtvariants.verify.examine", root) >= RULES
