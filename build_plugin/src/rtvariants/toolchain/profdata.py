"""`llvm-profdata`, which merges and reads the profiles that instrumented modules write.

LLVM changes the format of profiles between its versions, so the tool must be of the LLVM that rustc
has. Debian's `llvm-profdata` without a number, for one, is of its oldest supported LLVM.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rtvariants.errors import MachineError

from .probe import Toolchain

_NAME = "llvm-profdata"
#: Names the one program to use.
VARIABLE = "LLVM_PROFDATA"
_VERSION = re.compile(r"LLVM version (\d+)(?:\.\d+)*")
# `llvm-profdata show` names each function in a line of its own, its counts in a later one.
_FUNCTION = re.compile(r"^  (?! )(.+):$")
_COUNTS = re.compile(r"^    Block counts: \[(.*)\]$")


@dataclass(frozen=True)
class Profdata:
    """The tool of one LLVM."""

    path: str

    def merge(self, raw: Sequence[Path], target: Path) -> None:
        """Merge the profiles of several processes into one; raises `MachineError`."""
        # A list in a file: a command line has a limit.
        listed = target.with_suffix(".files")
        listed.write_text("".join(f"{path}\n" for path in raw), encoding="utf-8")
        # One damaged profile, of a process that was killed, does not spoil the others.
        self._run("merge", "--failure-mode=all", f"--input-files={listed}", "-o", str(target))
        listed.unlink()

    def counts(self, profile: Path) -> dict[str, int]:
        """Return how often the code of each function ran, by its name in the symbol table."""
        return counts(self._run("show", "--all-functions", "--counts", str(profile)))

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            [self.path, *words], capture_output=True, check=False,
            encoding="utf-8", errors="replace",
        )  # fmt: skip
        if done.returncode:
            said = (done.stderr or done.stdout).strip()
            raise MachineError(f"`{self.path} {words[0]}` failed:\n{said}")
        return done.stdout


def counts(shown: str) -> dict[str, int]:
    r"""Return the counts in the output of `llvm-profdata show`, by function.

    A function that only its own compilation unit can call has the unit in front of its name.

    >>> counts("Counters:\n  lib.cgu;_R1f:\n    Counters: 2\n    Block counts: [3, 4]\n")
    {'_R1f': 7}
    """
    found: dict[str, int] = {}
    name = ""
    for line in shown.splitlines():
        if function := _FUNCTION.match(line):
            name = function[1].rpartition(";")[2]
        elif blocks := _COUNTS.match(line):
            found[name] = found.get(name, 0) + sum(int(n) for n in re.findall(r"\d+", blocks[1]))
    return found


@dataclass(frozen=True)
class Rust:
    """The facts of a compiler by which its tool is found: versions, its folder, its own target."""

    release: str
    llvm: str
    sysroot: Path
    host: str


def of(toolchain: Toolchain) -> Rust:
    """Return the facts of a build's compiler."""
    return Rust(toolchain.release, toolchain.llvm, toolchain.sysroot, toolchain.host)


def find(rust: Rust) -> Profdata:
    """Return the tool of rustc's own LLVM version; raises `MachineError` where there is none."""
    wanted = major(rust.llvm)
    others = []
    for path in _candidates(rust, wanted):
        version = _version(path)
        if version == wanted:
            return Profdata(path)
        others.append(f"`{path}` is of LLVM {version or 'an unknown version'}")
    there = f" ({', '.join(others)})" if others else ""
    raise MachineError(
        f"no `{_NAME}` of LLVM {wanted}, which rustc {rust.release} has{there}",
        f"`{install(rust)}`, on Debian `apt-get install llvm-{wanted}`, "
        f"or name the program in `{VARIABLE}`",
    )


def install(rust: Rust) -> str:
    """Return how rustup installs the tool for this very toolchain."""
    name = rust.sysroot.name if rust.sysroot.parent.name == "toolchains" else ""
    return f"rustup component add {f'--toolchain {name} ' if name else ''}llvm-tools"


def major(version: str) -> str:
    """Return the number that the formats of LLVM's files go by.

    >>> major("22.1.2")
    '22'
    """
    return version.partition(".")[0]


def _candidates(rust: Rust, wanted: str) -> Iterator[str]:
    """Yield the programs of this machine that may be it, each once, the best one first."""
    end = ".exe" if os.name == "nt" else ""
    own = rust.sysroot / "lib" / "rustlib" / rust.host / "bin" / f"{_NAME}{end}"
    places = (
        str(own), f"{_NAME}-{wanted}", f"/usr/lib/llvm-{wanted}/bin/{_NAME}",
        f"/usr/lib/llvm{wanted}/bin/{_NAME}", _NAME,
    )  # fmt: skip
    named = os.environ.get(VARIABLE)
    found = (shutil.which(place) for place in ((named,) if named else places))
    yield from dict.fromkeys(path for path in found if path)


def _version(path: str) -> str:
    try:
        done = subprocess.run(
            [path, "--version"], capture_output=True, check=False, encoding="utf-8",
            errors="replace",
        )  # fmt: skip
    except OSError:
        return ""
    said = _VERSION.search(done.stdout)
    return said[1] if said else ""
