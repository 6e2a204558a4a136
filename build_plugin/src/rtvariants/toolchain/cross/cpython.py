"""A Python for a platform that Debian has no Python for, built from Debian's sources of CPython.

It runs what was built: one program that contains the C modules of the standard library, with the
rest of that library next to it. Modules that need other libraries (ssl, ctypes, sqlite3, …) are
left out; only zlib is built too.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rtvariants.errors import MachineError
from rtvariants.files import replacing_folder

#: What a Python that runs other people's code has no use for.
_LEFT_OUT = ("test", "tests", "idlelib", "tkinter", "turtledemo", "ensurepip", "lib2to3")
# What configure could find out by running programs alone, or would find in the headers although
# the oldest musl does not have it: zig's headers are those of the newest.
_ANSWERS = {
    "ac_cv_file__dev_ptmx": "yes",
    "ac_cv_file__dev_ptc": "no",
    "ac_cv_buggy_getaddrinfo": "no",
    "ac_cv_func_preadv2": "no",
    "ac_cv_func_pwritev2": "no",
    # Asked for in cross builds, and then used for nothing.
    "READELF": "false",
    "PKG_CONFIG": "false",
}
# Debian's musl is without `crypt`.
_NO_MODULES = ("_crypt",)


@dataclass(frozen=True)
class Recipe:
    """What a Python is built with: sources, compilers, and where its C library is.

    `build` is a Python of the same version that runs here, `loader` the file that starts programs
    of the platform.
    """

    sources: Path
    zlib: Path
    host: str
    build: Path
    cc: Path
    archiver: Path
    loader: Path


def build(recipe: Recipe, root: Path, work: Path) -> None:
    """Build a Python below `work` and put it to `root`; raises `MachineError`."""
    shutil.rmtree(work, ignore_errors=True)
    cpython = _unpacked(recipe.sources, work / "cpython")
    zlib = _unpacked(recipe.zlib, work / "zlib")
    tools = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(work),
        "CC": str(recipe.cc),
        "CXX": "false",
        "AR": str(recipe.archiver),
        "RANLIB": str(recipe.archiver.with_name("ranlib")),
        # A program at a fixed address would get copies of musl's variables.
        "CFLAGS": "-fPIC",
    }
    jobs = f"-j{len(os.sched_getaffinity(0))}"
    _run(["sh", "configure", "--static"], zlib, {**tools, "CHOST": recipe.host})
    _run(["make", jobs, "libz.a"], zlib, tools)
    linked = f"-dynamic -pie -Wl,-dynamic-linker,{recipe.loader}"
    asked = {
        "LDFLAGS": linked,
        "ZLIB_CFLAGS": f"-I{zlib}",
        "ZLIB_LIBS": f"-L{zlib} -lz",
        "MODULE_BUILDTYPE": "static",
    }
    made = work / "made"
    made.mkdir()
    argv = ["sh", str(cpython / "configure"), f"--host={recipe.host}"]
    argv += [f"--build={os.uname().machine}-linux-gnu", f"--with-build-python={recipe.build}"]
    argv += [f"--prefix={root}", "--without-ensurepip", "--disable-test-modules"]
    _run(argv, made, {**tools, **_ANSWERS, **asked})
    (made / "Modules/Setup.local").write_text(
        _static((made / "Modules/Setup.stdlib").read_text("utf-8")), "utf-8"
    )
    quiet = "EXTRA_CFLAGS=-g0 -w -Wno-date-time"
    _run(["make", "-s", jobs, "python", "pybuilddir.txt", quiet], made, tools)
    _install(cpython / "Lib", made, root)
    shutil.rmtree(work)


def _static(setup: str) -> str:
    """Return the modules that go into the program, of CPython's own list of them."""
    # What comes after can't be linked into a program.
    head = setup.partition("\n*shared*\n")[0]
    return "".join(f"{x}\n" for x in head.splitlines() if x.partition(" ")[0] not in _NO_MODULES)


def _install(library: Path, made: Path, root: Path) -> None:
    """Copy the program and its library; written whole or not at all."""
    built = (made / "pybuilddir.txt").read_text("utf-8")
    version = built.rpartition("-")[2]
    with replacing_folder(root) as new:
        place = new / "lib" / f"python{version}"
        shutil.copytree(library, place, ignore=shutil.ignore_patterns(*_LEFT_OUT, "__pycache__"))
        (place / "lib-dynload").mkdir()
        for path in (made / built).glob("_sysconfigdata_*.py"):
            shutil.copyfile(path, place / path.name)
        (new / "bin").mkdir()
        shutil.copy(made / "python", new / "bin" / f"python{version}")


def _unpacked(archive: Path, folder: Path) -> Path:
    """Unpack a source archive; returns its one folder."""
    folder.mkdir(parents=True)
    # Debian's tools have compared it with a signed hash.
    _run(["tar", "-xf", str(archive), "-C", str(folder)], folder, os.environ)
    (found,) = folder.iterdir()
    return found


def _run(argv: list[str], cwd: Path, env: Mapping[str, str]) -> None:
    try:
        done = subprocess.run(
            argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, encoding="utf-8", errors="replace", check=False,
        )  # fmt: skip
    except OSError as error:
        hint = "on Debian `apt-get install build-essential`"
        raise MachineError(f"`{argv[0]}` does not start: {error.strerror}", hint) from None
    if done.returncode:
        command, said = " ".join(argv[:2]), done.stdout[-2000:].strip()
        raise MachineError(
            f"a Python can't be built: `{command}` failed:\n{said}",
            "`--no-python` prepares the compilers alone",
        )
