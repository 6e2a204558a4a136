"""A Python for Windows under Wine, of parts that the package index has.

Nobody ships one there, but panda3d, a game engine, brings what its applications are frozen with:
CPython's own `python3XX.dll` and its modules, as python.org builds them. The standard library is
this machine's, of the same version; the program that calls the DLL, and `python3.dll`, the door of
the stable ABI, are made here by zig. `bcryptprimitives.dll`, which every Windows has, is missing in
Wine before 9: a stand-in hands its one function to the one that Wine has.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

from abi3info import DATAS, FUNCTIONS

from rtvariants.native import binary

WHEEL = "panda3d==1.10.16"
WINE = ("/usr/lib/wine/wine64", "wine64", "wine")
_HOST = """\
#include <windows.h>
typedef int (*entry)(int, wchar_t **);
int wmain(int argc, wchar_t **argv) {
  HMODULE python = LoadLibraryW(L"%s");
  return python ? ((entry)(void *)GetProcAddress(python, "Py_Main"))(argc, argv) : 120;
}
"""
_RANDOM = """\
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE data, SIZE_T size) {
  return SystemFunction036(data, (ULONG)size);
}
"""
_RUN = """\
#!/bin/sh
export WINEPREFIX={prefix} WINEDEBUG=-all PYTHONPATH="$PYTHONPATH;{more}"
export WINELOADERNOEXEC=1
exec $EMULATOR {wine} {python} "$@"
"""


def wine():
    """Return Wine's program; `None` where there is none."""
    return next((found for name in WINE if (found := shutil.which(name))), None)


def make(folder, compiler):
    """Put a Python for Windows into a folder, and return the program that runs it.

    The variable `EMULATOR` may put `qemu-x86_64 -cpu …` before Wine, which otherwise starts itself
    again on the real CPU. Python can't start there with a regular file for a standard stream.
    `compiler` is a C compiler for Windows. Raises `OSError` where the package index has no wheel
    for this version of Python.
    """
    version = f"{sys.version_info[0]}{sys.version_info[1]}"
    dll = f"python{version}.dll"
    _parts(folder, version)
    (folder / "host.c").write_text(_HOST % dll)
    (folder / "random.c").write_text(_RANDOM)
    (folder / "empty.c").write_text("int nothing;\n")
    (folder / "python3.def").write_text(_forwards(folder / dll, dll.removesuffix(".dll")))
    for argv in (
        ["-municode", "host.c", "-o", "python.exe"],
        ["-shared", "random.c", "-ladvapi32", "-o", "bcryptprimitives.dll"],
        ["-shared", "empty.c", "python3.def", "-o", "python3.dll"],
    ):
        subprocess.run([compiler, "-O1", *argv], cwd=folder, check=True, capture_output=True)
    more = folder / "more"
    import archspec

    shutil.copytree(Path(archspec.__file__).parent, more / "archspec")
    program = folder / "run"
    paths = {"prefix": folder / "prefix", "more": more, "python": folder / "python.exe"}
    program.write_text(_RUN.format(wine=wine(), **paths))
    program.chmod(0o755)
    return program


def _parts(folder, version):
    argv = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:"]
    argv += ["--platform", "win_amd64", "--python-version", version, "-d", str(folder), WHEEL]
    if subprocess.run(argv, check=False, capture_output=True).returncode:
        raise OSError(f"no `{WHEEL}` for Windows and Python {version}")
    (wheel,) = folder.glob("panda3d-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            base = os.path.basename(name)
            mine = base.lower() in (f"python{version}.dll", "vcruntime140.dll", "libffi-8.dll")
            if name.startswith("deploy_libs/") and (mine or base.endswith(".pyd")):
                (folder / base).write_bytes(archive.read(name))
    wheel.unlink()
    left = shutil.ignore_patterns("site-packages", "__pycache__", "test", "lib-dynload", "idlelib")
    shutil.copytree(sysconfig.get_path("stdlib"), folder / "Lib", ignore=left)


def _forwards(path, module):
    """Return the exports of `python3.dll`: each name of the stable ABI leads to the real DLL's."""
    data = {symbol.name for symbol in DATAS}
    stable = data | {symbol.name for symbol in FUNCTIONS}
    names = sorted(stable & set(binary.read(path).exported))
    lines = (f"  {n}={module}.{n}{' DATA' if n in data else ''}" for n in names)
    return "\n".join(["LIBRARY python3.dll", "EXPORTS", *lines, ""])
