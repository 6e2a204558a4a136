"""The stub of the extension module matches what the runtime exports, according to mypy."""

import os
import shutil
import subprocess
import sys

import pytest

import mydf

pytestmark = pytest.mark.slow


def compare(path):
    """Return the exit status and output of `stubtest` for the stubs in a folder."""
    done = subprocess.run(
        [sys.executable, "-m", "mypy.stubtest", "--concise", "mydf._core"],
        cwd="/", env=os.environ | {"MYPYPATH": str(path), "MYDF_RUNTIME": mydf.runtime().name},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def copy(root, tmp_path):
    """Return a folder with only the stub, which a test may change."""
    (tmp_path / "mydf").mkdir()
    (tmp_path / "mydf" / "__init__.pyi").touch()
    shutil.copy(root / "python/mydf/_core.pyi", tmp_path / "mydf")
    return tmp_path


def test_the_stub_matches_what_the_runtime_exports(copy):
    status, said = compare(copy)
    assert status == 0, said


def test_a_wrong_stub_is_reported(copy):
    # The control: an extra name, a missing name, another signature, another kind of method.
    stub = copy / "mydf" / "_core.pyi"
    text = stub.read_text()
    for old, new in (
        ("def build_info() -> dict[str, Any]: ...", "def invented() -> None: ..."),
        ("def show(self) -> str: ...", "def show(self, width: int) -> str: ..."),
        ("    @staticmethod\n    def rows() -> Expr: ...", "    def rows(self) -> Expr: ..."),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    stub.write_text(text)
    status, said = compare(copy)
    assert status == 1
    for name in ("build_info", "invented", "Expr.show", "Expr.rows"):
        assert f"mydf._core.{name} " in said
