"""An application that PyInstaller makes, as a folder and as one file, has every runtime.

The hook comes with the wheel of the second package; nobody names it.
"""

import os
import shutil
import subprocess
import sys
import zipfile

import pytest

pytestmark = pytest.mark.slow

APP = """
import sys
from _greeter_loader import decision
# Before the import all that can be asked is asked, archspec too.
source = decision().host.source
import greeter
print(decision().chosen.name, greeter.greet("x"), greeter.most().bit_length())
print(greeter._hello.__name__, source, hasattr(sys, "frozen"))
"""
# What `pyi-makespec` writes for a folder and for one file, over one analysis.
SPEC = """
a = Analysis([{script!r}], pathex=[{site!r}])
pyz = PYZ(a.pure)
exe = EXE(pyz, a.scripts, [], exclude_binaries=True, name="app", upx=False)
COLLECT(exe, a.binaries, a.datas, name="folder", upx=False)
if {both}:
    EXE(pyz, a.scripts, a.binaries, a.datas, [], name="file", upx=False)
"""
SAID = {
    "auto": "fast Hello, x! 32",
    "fast": "fast Hello, x! 32",
    "wide": "wide Hello, x! 64",
    "safe": "safe Hello, x! 32",
}


@pytest.fixture(scope="module")
def site(greeter_wheel, tmp_path_factory):
    site = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(greeter_wheel) as archive:
        archive.extractall(site)
    return site


def freeze(folder, site, *, both):
    """Let PyInstaller make the application; returns the folder of what it made."""
    (folder / "app.py").write_text(APP)
    spec = SPEC.format(script=str(folder / "app.py"), site=str(site), both=both)
    (folder / "app.spec").write_text(spec)
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("GREETER_", "PYTHON"))}
    own = {"PYTHONPATH": str(site), "PYINSTALLER_CONFIG_DIR": str(folder / "cache")}
    done = subprocess.run(
        [sys.executable, "-m", "PyInstaller", "--log-level", "WARN", "app.spec"],
        cwd=folder, env=clean | own, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode and "shared library" in done.stderr:
        pytest.skip("PyInstaller needs a Python with a shared library")
    assert done.returncode == 0, done.stderr
    return folder / "dist"


@pytest.fixture(scope="module")
def made(site, tmp_path_factory):
    """Return what was made, away from all that it was made of."""
    dist = freeze(tmp_path_factory.mktemp("made"), site, both=True)
    moved = tmp_path_factory.mktemp("elsewhere") / "apps"
    dist.rename(moved)
    return {"folder": moved / "folder" / "app", "file": moved / "file"}


def run(*argv, **env):
    done = subprocess.run(
        list(map(str, argv)), env={"PATH": os.defpath} | env, cwd="/", text=True,
        capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    return done.returncode, done.stdout.splitlines(), done.stderr


@pytest.mark.parametrize("kind", ["folder", "file"])
@pytest.mark.parametrize("request_", SAID)
def test_each_runtime_is_in_the_application(made, kind, request_):
    status, said, errors = run(made[kind], GREETER_RUNTIME=request_)
    assert (status, errors) == (0, "")
    assert said == [SAID[request_], "greeter._hello /proc/cpuinfo and archspec True"]


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_the_application_raises_the_errors_of_the_loader(made, kind):
    status, _, errors = run(made[kind], GREETER_RUNTIME="quick")
    assert status == 1
    assert "UnknownRuntimeError: `GREETER_RUNTIME=quick`: unknown runtime `quick`" in errors


def test_without_the_entry_point_the_application_has_no_runtime(site, tmp_path):
    # The control: the sources alone don't lead PyInstaller to the natives.
    shutil.copytree(site, tmp_path / "site")
    (entry_points,) = (tmp_path / "site").glob("greeter-*.dist-info/entry_points.txt")
    entry_points.unlink()
    dist = freeze(tmp_path, tmp_path / "site", both=False)
    status, _, errors = run(dist / "folder" / "app")
    assert status == 1
    assert "NoRuntimeError: no runtime of `greeter` 1.4.0 can run here" in errors
    assert "  fast: no package `_greeter_fast`" in errors
