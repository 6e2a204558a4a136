"""A Python for musl, built from Debian's sources of its own: nobody in reach ships one.

It has the modules that need no library, linked into the program, and the standard library beside
it; with Debian's musl that makes a folder in which `qemu-… -L` runs it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from rtvariants.errors import EnvironmentProblem

from .debian import Apt

# One line a module: its name and its sources.
_MODULES = """\
*static*
_asyncio _asynciomodule.c
_bisect _bisectmodule.c
_blake2 _blake2/blake2module.c _blake2/blake2b_impl.c _blake2/blake2s_impl.c
_contextvars _contextvarsmodule.c
_csv _csv.c
_datetime _datetimemodule.c
_heapq _heapqmodule.c
_json _json.c
_md5 md5module.c
_opcode _opcode.c
_pickle _pickle.c
_posixsubprocess _posixsubprocess.c
_queue _queuemodule.c
_random _randommodule.c
_sha1 sha1module.c
_sha256 sha256module.c
_sha3 _sha3/sha3module.c
_sha512 sha512module.c
_socket socketmodule.c
_statistics _statisticsmodule.c
_struct _struct.c
_zoneinfo _zoneinfo.c
array arraymodule.c
binascii binascii.c
fcntl fcntlmodule.c
math mathmodule.c
mmap mmapmodule.c
select selectmodule.c
unicodedata unicodedata.c
"""
# What configure can't find out by running a program.
_KNOWN = {"ac_cv_file__dev_ptmx": "yes", "ac_cv_file__dev_ptc": "no", "ac_cv_working_tzset": "yes"}


def build(apt: Apt, machine: str, compiler: Path, root: Path, work: Path) -> None:
    """Build the Python that runs this program's series, and put it into a new folder `root`.

    Raises `EnvironmentProblem` where the sources of this very series are not Debian's.
    """
    series = f"{sys.version_info[0]}.{sys.version_info[1]}"
    shutil.rmtree(work, ignore_errors=True)
    apt.source(f"python{series}", work)
    (tree,) = (p for p in work.iterdir() if p.is_dir())
    (tree / "Modules" / "Setup.local").write_text(_MODULES, encoding="utf-8")
    tools = {
        "CC": f"{compiler} -dynamic",
        "AR": str(compiler.with_name("ar")),
        "RANLIB": str(compiler.with_name("ranlib")),
        "READELF": shutil.which("readelf") or "/usr/bin/readelf",
        "OPT": "-O1 -DNDEBUG",
    }
    own = subprocess.run(
        [str(tree / "config.guess")], check=False, capture_output=True, text=True
    ).stdout.strip()
    argv = ["./configure", "-q", f"--host={machine}-linux-musl", f"--build={own}"]
    argv += [f"--with-build-python={getattr(sys, '_base_executable', sys.executable)}"]
    argv += ["--prefix=/usr", "--disable-ipv6", "--without-ensurepip", "--disable-test-modules"]
    _run([*argv, *(f"{name}={value}" for name, value in tools.items())], tree)
    _run(["make", "-s", f"-j{os.cpu_count() or 1}", "python"], tree)
    new = root.with_name(root.name + ".new")
    shutil.rmtree(new, ignore_errors=True)
    apt.unpack(["musl"], apt.foreign, new)
    library = new / "usr" / "lib" / f"python{series}"
    shutil.copytree(tree / "Lib", library, ignore=shutil.ignore_patterns("test", "idlelib"))
    for data in tree.glob("build/lib.*/_sysconfigdata*.py"):
        shutil.copyfile(data, library / data.name)
    # The interpreter takes the folder above for its prefix by this one.
    (library / "lib-dynload").mkdir(exist_ok=True)
    (new / "usr" / "bin").mkdir(exist_ok=True)
    shutil.copy2(tree / "python", new / "usr" / "bin" / f"python{series}")
    new.rename(root)
    shutil.rmtree(work)


def _run(argv: list[str], tree: Path) -> None:
    keep = {k: v for k, v in os.environ.items() if not re.match("(C|CPP|LD)FLAGS|PYTHON", k)}
    done = subprocess.run(
        argv, cwd=tree, env=keep | _KNOWN, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, errors="replace", check=False,
    )  # fmt: skip
    if done.returncode:
        said = done.stdout.strip()[-1500:]
        raise EnvironmentProblem(
            f"`{argv[0]}` of the Python for musl failed:\n{said}",
            "`build-essential` of Debian is needed for it",
        )
