"""The ABIs of extension modules: which Pythons load them, by tags and the ends of names.

A module is for one version of CPython (`cp311-cp311`, free-threaded `cp314-cp314t`), or for every
later one by the stable ABI (`cp310-abi3`; with and without the GIL `cp315-abi3.abi3t`, PEP 803).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .platforms import system

_TAG = re.compile(r"cp3(\d+)-(?:cp3(\d+)(t?)|(abi3(?:\.abi3t)?))")
_MACHINES = {"x86_64": "amd64", "aarch64": "arm64"}


@dataclass(frozen=True)
class Abi:
    """One ABI of CPython 3; `minor` is its version, or the oldest that the stable ABI is for.

    With `stable`, a module serves that and every later version; otherwise that one alone. With
    `free_threaded`, a stable one serves Pythons with and without the GIL, another one only those
    without.
    """

    minor: int
    stable: bool = False
    free_threaded: bool = False

    @property
    def tag(self) -> str:
        """Return the Python and ABI part of a wheel's tag.

        >>> Abi(10, stable=True).tag, Abi(11).tag, Abi(14, free_threaded=True).tag
        ('cp310-abi3', 'cp311-cp311', 'cp314-cp314t')
        """
        if self.stable:
            return f"cp3{self.minor}-abi3" + (".abi3t" if self.free_threaded else "")
        return f"cp3{self.minor}-cp3{self.minor}" + ("t" if self.free_threaded else "")

    @property
    def version(self) -> str:
        """Return the version as a person writes it: `3.11`, or `3.14t` if it is free-threaded."""
        return f"3.{self.minor}" + ("t" if self.free_threaded and not self.stable else "")

    @property
    def shown(self) -> str:
        """Return which Pythons load it.

        >>> Abi(10, stable=True).shown, Abi(14, free_threaded=True).shown
        ('CPython 3.10 or newer, with the GIL', 'free-threaded CPython 3.14')
        """
        if self.stable:
            return f"CPython {self.version} or newer" + (
                "" if self.free_threaded else ", with the GIL"
            )
        return ("free-threaded " if self.free_threaded else "") + f"CPython 3.{self.minor}"

    def suffix(self, target: str) -> str:
        """Return what the name of a module ends with on a target.

        >>> Abi(10, stable=True).suffix("x86_64-pc-windows-msvc")
        '.pyd'
        >>> Abi(14, free_threaded=True).suffix("aarch64-unknown-linux-musl")
        '.cpython-314t-aarch64-linux-musl.so'
        """
        of, machine = system(target), target.split("-", maxsplit=1)[0]
        if self.stable:
            abi = "abi3t" if self.free_threaded else "abi3"
            return ".pyd" if of == "windows" else f".{abi}.so"
        version = f"3{self.minor}" + ("t" if self.free_threaded else "")
        if of == "windows":
            return f".cp{version}-win_{_MACHINES.get(machine, machine)}.pyd"
        if of == "macos":
            return f".cpython-{version}-darwin.so"
        libc = "musl" if target.endswith("-musl") else "gnu"
        return f".cpython-{version}-{machine}-linux-{libc}.so"

    def serves(self, python: Abi) -> bool:
        """Return whether a Python, by the ABI of its own modules, loads a module of this ABI.

        >>> Abi(10, stable=True).serves(Abi(12)), Abi(11).serves(Abi(12))
        (True, False)
        """
        if not self.stable:
            return self == python
        return self.minor <= python.minor and (self.free_threaded or not python.free_threaded)

    def fits(self, name: str) -> bool:
        """Return whether the name of a file says that it is of this ABI, on any platform.

        >>> Abi(11).fits("_core.cpython-311-x86_64-linux-gnu.so"), Abi(11).fits("_core.abi3.so")
        (True, False)
        """
        end = name[name.find(".") :]
        if self.stable:
            return end in {self.suffix(of) for of in ("x-linux-gnu", "x-windows-msvc")}
        version = f"3{self.minor}" + ("t" if self.free_threaded else "")
        return re.fullmatch(rf"\.(cpython-{version}-.+\.so|cp{version}-.+\.pyd)", end) is not None


def read(tag: str) -> Abi | None:
    """Return the ABI of a tag; `None` for one that no build of this version makes.

    >>> read("cp315-abi3.abi3t"), read("cp311-cp312"), read("py3-none")
    (Abi(minor=15, stable=True, free_threaded=True), None, None)
    """
    found = _TAG.fullmatch(tag)
    if found is None or (found[2] and found[2] != found[1]):
        return None
    minor = int(found[1])
    if found[4]:
        return Abi(minor, stable=True, free_threaded=found[4] != "abi3")
    return Abi(minor, free_threaded=bool(found[3]))


def required(tag: str) -> Abi:
    """Return the ABI of a tag that a build has made."""
    found = read(tag)
    if found is None:
        raise AssertionError(f"not a tag of an ABI: {tag}")
    return found
