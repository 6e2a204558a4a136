"""Other machines, as this process would see them: the kernel's list, archspec's sources, Python."""

import os
import platform
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import archspec
from archspec.cpu import detect

from rtvariants import loader
from rtvariants.loader import choice
from rtvariants.loader import host as hosts
from rtvariants.loader.facts import Rejection, Request
from rtvariants.loader.types import Runtime, Table
from rtvariants.shim import generated
from rtvariants.targets import levels

RECORDED = Path(archspec.__file__).parent / "json" / "tests" / "targets"
PLATFORMS = {"linux": "linux", "macos": "darwin", "windows": "win32"}
SYSTEMS = {"linux": "Linux", "macos": "Darwin", "windows": "Windows"}
#: The levels of a table from which the best is to be found, by what they are called here.
LEVELS = {"v4": "x86_64_v4", "v3": "x86_64_v3", "v2": "x86_64_v2", "v1": "x86_64"}


def recorded(name):
    # A recording ends where the next CPU's block would begin.
    return (RECORDED / name).read_bytes().rstrip(b"\n") + b"\n"


def table(system="linux", machine="x86_64", names=LEVELS):
    """Return the table that a build would write for these levels, the best first."""
    return Table(
        package="p", version="1", alias="p._core", env="P_RUNTIME", machine=machine, system=system,
        runtimes=tuple(
            Runtime(
                name=name, module=f"_p_{name}._core", level=level, select="auto", index_bits=32,
                allocator="system", abi="cp310-abi3", needs=levels.needs(level, system),
            )
            for name, level in names.items()
        ),
    )  # fmt: skip


class Machine:
    """A machine in place of this one until the test ends."""

    def __init__(self, monkeypatch, folder):
        self.patch = monkeypatch
        self.cpuinfo = folder / "cpuinfo"
        self.set()

    def set(self, text=None, *, machine="x86_64", system="linux", sysctl=None, cpuid=None,
            able="v4"):  # fmt: skip
        """Be this machine; `text` is its /proc/cpuinfo, the others are recordings of archspec.

        The guards in extension modules find that the CPU has the level `able`.
        """
        patch = self.patch.setattr
        if text is not None:
            self.cpuinfo.write_bytes(text)
        for module in (hosts, loader):
            patch(module, "CPUINFO", str(self.cpuinfo))
        patch(sys, "platform", PLATFORMS[system])
        triplet = {"linux": f"{machine}-linux-gnu", "macos": "darwin", "windows": ""}[system]
        patch(sys.implementation, "_multiarch", triplet, raising=False)
        patch(os, "uname", lambda: SimpleNamespace(machine=machine), raising=False)
        if system == "windows":
            patch(sys, "version", "3.13.0 (main) [MSC v.1943 64 bit (AMD64)]")
        patch(platform, "system", lambda: SYSTEMS[system])
        patch(platform, "machine", lambda: "AMD64" if system == "windows" else machine)
        # Without the memory of these: they answer once a process.
        patch(detect, "_machine", _FRESH)
        self.patch.setattr(detect, "open", self._open, raising=False)
        patch(detect, "_darwin_sysctl_data", lambda: _sysctl(sysctl or b""))
        patch(detect, "CPUID", lambda: _Cpuid(cpuid or b""))
        # Nothing is installed here: only the machine is asked about.
        patch(choice, "_inspect", lambda *_: None)
        patch(choice, "_import", partial(_guarded, able))

    def _open(self, path):
        assert path == "/proc/cpuinfo"
        return self.cpuinfo.open()

    def decision(self, made=None, **request):
        """Return what is decided on this machine."""
        asked = Request(**{"name": None, "origin": "default", **request})
        return choice._settle(made or table(), asked, {})

    def chosen(self, made=None):
        """Return the runtime that is chosen here; the quick path has no other answer."""
        made = made or table()
        found = self.decision(made).chosen
        for name, value in generated.facts([made]).items():
            self.patch.setattr(loader, name, value)
        for name in (made.env, f"{made.env}_UNSAFE"):
            self.patch.delenv(name, raising=False)
        quick = loader._preferred()
        assert quick is None or quick[0] == found.module
        return found.name

    def best(self):
        """Return the best of the levels that is chosen here, each offered before the baseline.

        Only the first automatic runtime has a quick path, so that each level is asked by it.
        """
        able = [n for n in LEVELS if self.chosen(table(names={n: LEVELS[n], "v1": "x86_64"})) == n]
        assert self.chosen() == able[0]
        return able[0]


def _guarded(able, runtime):
    """Import a runtime as its guard permits on a CPU of a level."""
    order = list(LEVELS)
    if runtime.name not in order or order.index(runtime.name) >= order.index(able):
        return SimpleNamespace(NAME=runtime.name)
    reason = f"`{runtime.name}` needs CPU features that this processor lacks"
    return Rejection(runtime=runtime.name, kind="guard", reason=reason, missing=runtime.needs)


_FRESH = detect._machine.__wrapped__


class _Cpuid:
    """Answers of the instruction as archspec's recordings hold them."""

    def __init__(self, text):
        rows = [tuple(map(int, line.split(b","))) for line in text.splitlines()]
        self.answers = {row[:2]: row[2:] for row in rows}

    def registers_for(self, eax, ecx):
        found = self.answers.get((eax, ecx), (0, 0, 0, 0))
        return SimpleNamespace(**dict(zip(("eax", "ebx", "ecx", "edx"), found, strict=True)))


def _sysctl(text):
    rows = (line.partition(": ") for line in text.decode().splitlines())
    return {key: value for key, colon, value in rows if colon}
