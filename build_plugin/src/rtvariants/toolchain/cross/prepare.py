"""Puts into the cache what a build for a platform needs, and reports what it downloads."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

from rtvariants.errors import MachineError
from rtvariants.files import replacing_folder
from rtvariants.locking import take
from rtvariants.targets import platforms

from . import (
    Cross,
    Prepared,
    apple,
    cache,
    cpython,
    has_target,
    keep,
    prepared,
    std,
    target_of,
    wrappers,
)
from .debian import Apt

#: zig carries clang, a linker, and the C libraries of every platform in all their versions.
ZIG = "ziglang==0.17.1"
#: LLVM's own linker and `strip`, for the formats that zig and binutils do not write or read.
LLVM = "llvm-19"
# What every Debian has, and what only a person needs.
_PRESENT = ("libc6", "libgcc-s1", "libstdc++6", "gcc", "libc-dev", "binutils", "debconf")
_NO_USE = ("media-types", "netbase", "tzdata", "install-info", "gcc-12-base", "debconf", "dpkg")

Say = Callable[[str], None]


def prepare(platform: platforms.Platform, say: Say, *, python: bool = True) -> Prepared:
    """Prepare a platform and return its tools; where all are there, nothing is loaded.

    Without `python` these are the compilers alone. Raises `MachineError` where something
    can't be had.
    """
    if not platform.linker:
        able = ", ".join(f"`{p.name}`" for p in platforms.PLATFORMS.values() if p.linker)
        raise MachineError(
            f"no recipe for a toolchain: `{platform.name}`", f"there is one for {able}"
        )
    found = _ready(platform, python=python)
    if found is None:
        cache().mkdir(parents=True, exist_ok=True)
        with (cache() / ".lock").open("wb") as file:
            _alone(file, say)
            # The process that was waited for may have made it.
            found = _ready(platform, python=python) or _made(platform, say, python=python)
    say(f"{platform.name}: ready in {cache()}")
    return found


def _ready(platform: platforms.Platform, *, python: bool) -> Prepared | None:
    """Return what was prepared, if that is all that is asked for."""
    found = prepared(platform)
    return found if found and (found.python or not platform.emulator or not python) else None


def _alone(file: IO[bytes], say: Say) -> None:
    """Wait until no other process writes into the cache, and block others until it is closed."""
    try:
        take(file, wait=False)
    except OSError:
        say(f"waiting for another `prepare` in {cache()}")
        take(file, wait=True)


def _made(platform: platforms.Platform, say: Say, *, python: bool) -> Prepared:
    folder = cache()
    parts = _Parts(platform, folder, say)
    zig = parts.zig()
    programs = folder / "bin" / platform.name
    sdk = folder / f"macos-sdk-{ZIG.rpartition('=')[2]}"
    headers = apple.headers(sdk) if platform.system == "macos" else None
    compiler, archiver = wrappers.compilers(zig, platform.linker, programs / "cc", headers)
    tools = Prepared(linker=str(compiler), archiver=str(archiver))
    if platform.system == "macos":
        linker = parts.llvm("ld64.lld", programs)
        apple.sdk(zig, sdk)
        tools = replace(tools, linker=linker, compiler=str(compiler), sdk=str(sdk))
    if platform.system == "windows":
        linker = str(wrappers.mingw_linker(zig, compiler, programs / "linker"))
        tools = replace(tools, linker=linker, compiler=str(compiler))
    tools = replace(
        tools,
        rustc=parts.rustc(tools),
        strip=parts.strip(programs),
        python=parts.python(tools) if python and platform.emulator else (),
        library=parts.library(),
    )
    keep(platform, tools)
    return tools


class _Parts:
    """The parts of one platform; each is got once for all platforms that share it."""

    def __init__(self, platform: platforms.Platform, folder: Path, say: Say) -> None:
        self._platform = platform
        self._folder = folder
        self._say = say
        self._apt: Apt | None = None

    @property
    def apt(self) -> Apt:
        """Return Debian's packages; their lists are read at the first use."""
        if self._apt is None:
            linux = self._platform.system == "linux"
            self._apt = Apt(self._folder, self._platform.arch if linux else "")
            self._say("Debian's package lists, into the cache")
            self._apt.update()
        return self._apt

    def zig(self) -> Path:
        """Return zig, the program; it comes in a wheel, into an environment of its own."""
        folder = self._folder / ZIG.replace("==", "-")
        found = sorted(folder.glob("lib/python*/site-packages/ziglang/zig"))
        if found:
            return found[0]
        self._say(f"`{ZIG}` from the package index: C compiler and linker for every platform")
        with replacing_folder(folder) as new:
            for argv in (
                [sys.executable, "-I", "-m", "venv", str(new)],
                [str(new / "bin" / "python"), "-m", "pip", "install", "-q", "--no-deps", ZIG],
            ):
                done = subprocess.run(
                    argv, capture_output=True, encoding="utf-8", errors="replace", check=False
                )
                if done.returncode:
                    said = (done.stderr or done.stdout).strip().splitlines() or ["nothing said"]
                    raise MachineError(
                        f"`{ZIG}` can't be installed: {said[-1]}", "is the package index reached?"
                    )
        (zig,) = folder.glob("lib/python*/site-packages/ziglang/zig")
        return zig

    def rustc(self, tools: Prepared) -> str:
        """Return Debian's compiler with the target's standard library; none where one is there."""
        target = target_of(self._platform, tools)
        if has_target(os.environ.get("RUSTC") or "rustc", target):
            self._say(f"rustc has `{target}` already")
            return ""
        version = self.apt.version("rustc-web")
        root = self._folder / f"rust-{version.partition('+')[0]}"
        program = root / "rustc"
        if not program.exists():
            names = self.apt.closure(["rustc-web"], self.apt.own, _PRESENT)
            self._load(f"rustc {version} for this machine", names, self.apt.own, root)
            wrappers.program(program, root, "usr/bin/rustc", _triplet(root))
        self._std(program, root, tools)
        return str(program)

    def _std(self, program: Path, root: Path, tools: Prepared) -> None:
        target = target_of(self._platform, tools)
        if not self._platform.debian and has_target(str(program), target):
            return
        # Written last: an unpacking that was cut short is done again.
        mark = root / f".{self._platform.debian or 'sources'}"
        if not mark.exists():
            what, package, arch = "the sources of its standard library", "rust-web-src", ""
            if self._platform.debian:
                what, package = f"its standard library for `{target}`", "libstd-rust-web-dev"
                arch = self._platform.debian
            self._load(what, [package], arch or self.apt.own, root)
            mark.touch()
        if self._platform.debian:
            return
        self._say(f"building its standard library for `{target}` (minutes)")
        env = Cross(self._platform, tools).env({})
        std.build(program, target, env, self._folder / "std" / self._platform.name)

    def llvm(self, name: str, programs: Path) -> str:
        """Return a program of LLVM's, from Debian's packages."""
        root = self._folder / LLVM
        if not root.exists():
            packages = self.apt.closure([LLVM, LLVM.replace("llvm", "lld")], self.apt.own, _PRESENT)
            self._new("LLVM's linker and `strip`", packages, self.apt.own, root)
        inside = f"usr/lib/{LLVM}/bin/{name}"
        return str(wrappers.program(programs / name, root, inside, _triplet(root)))

    def strip(self, programs: Path) -> str:
        """Return a `strip` that reads the platform's files; none where one is there."""
        if self._platform.system != "linux":
            return self.llvm("llvm-strip", programs)
        name = f"{self._platform.machine}-linux-gnu-strip"
        if shutil.which(name) or shutil.which("llvm-strip"):
            return ""
        root = self._folder / f"binutils-{self._platform.debian}"
        package = f"binutils-{self._platform.machine.replace('_', '-')}-linux-gnu"
        if not (root / "strip").exists():
            names = self.apt.closure([package], self.apt.own, _PRESENT)
            self._load(f"`{name}`", names, self.apt.own, root)
        return str(wrappers.program(root / "strip", root, f"usr/bin/{name}", _triplet(root)))

    def python(self, tools: Prepared) -> tuple[str, ...]:
        """Return the command of a Python of the platform."""
        root = self._folder / f"python-{self._platform.name}"
        if not root.exists():
            if self._platform.debian:
                arch = self._platform.debian
                self._packaged(f"a Python for {arch}, to run what was built", arch, root)
            else:
                self._built(root, tools)
        inside = "usr/bin" if self._platform.debian else "bin"
        (program,) = (p for p in (root / inside).glob("python3.*") if p.name[8:].isdigit())
        libraries = str(root) if self._platform.debian else self.library()
        return (self._platform.emulator, "-L", libraries, str(program))

    def _packaged(self, what: str, arch: str, root: Path, present: Sequence[str] = ()) -> None:
        """Unpack Debian's Python with all that it runs on, except what is there already."""
        wanted = ["python3", "libpython3-stdlib"]
        self._new(what, self.apt.closure(wanted, arch, (*_NO_USE, *present)), arch, root)

    def _built(self, root: Path, tools: Prepared) -> None:
        """Build CPython for a C library that Debian has no Python for."""
        version = self.apt.depends("python3").partition("python")[2].partition(" ")[0].rstrip(",")
        sources, zlib = (self.apt.sources(name) for name in (f"python{version}", "zlib"))
        size = (sources.stat().st_size + zlib.stat().st_size) / 1e6
        self._say(
            f"building CPython {version} and zlib, to run what was built: "
            f"Debian's sources, {size:.0f} MB (minutes)"
        )
        loader = f"lib/ld-musl-{self._platform.machine}.so.1"
        recipe = cpython.Recipe(
            sources=sources,
            zlib=zlib,
            host=f"{self._platform.machine}-linux-musl",
            build=self._own_python(version),
            cc=Path(tools.linker),
            archiver=Path(tools.archiver),
            loader=Path(self.library()) / loader,
        )
        cpython.build(recipe, root, self._folder / f"build-{root.name}")

    def _own_python(self, version: str) -> Path:
        """Return a Python of this machine, of a version; it builds another one's library."""
        name = f"python{version}"
        root = self._folder / f"{name}-{self.apt.own}"
        if not root.exists():
            self._packaged(f"{name} for this machine", self.apt.own, root, _PRESENT)
        return wrappers.program(root / "python", root, f"usr/bin/{name}", _triplet(root))

    def library(self) -> str:
        """Return a folder with the platform's own C library; none where Debian's is that one."""
        if self._platform.debian or self._platform.system != "linux":
            return ""
        root = self._folder / f"musl-{self._platform.name}"
        if not root.exists():
            self._new("musl itself, to load what was built", ["musl"], self._platform.arch, root)
        return str(root)

    def _new(self, what: str, names: list[str], arch: str, root: Path) -> None:
        with replacing_folder(root) as new:
            self._load(what, names, arch, new)

    def _load(self, what: str, names: list[str], arch: str, root: Path) -> None:
        size = sum(self.apt.size(name, arch) for name in names) / 1e6
        self._say(f"{what}: {len(names)} packages of Debian, {size:.0f} MB")
        self.apt.unpack(names, arch, root)


def _triplet(root: Path) -> str:
    """Return the name of the folder where Debian has this machine's libraries."""
    (folder,) = (p for p in (root / "usr/lib").iterdir() if re.fullmatch(r"\w+-linux-gnu", p.name))
    return folder.name
