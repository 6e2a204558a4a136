"""The systems and platforms that wheels are built for: one row each.

A new platform on a known system and machine is one row. What is new about a system is next to the
code that deals with it: `toolchain.cross` makes what zig and Debian do not have for a platform, the
rules of `verify` know what a wheel may link there, and the loader spells its CPU features.
"""

from __future__ import annotations

import platform as machine_facts
import re
import sys
from dataclasses import dataclass

from rtvariants.loader.stamp import target_system


@dataclass(frozen=True)
class System:
    """One operating system: `rust` is its name in rustc, `python` that in `sys.platform`."""

    name: str
    rust: str
    python: str


#: Every known system by name.
SYSTEMS = {
    each.name: each
    for each in (
        System("linux", "linux", "linux"),
        System("macos", "darwin", "darwin"),
        System("windows", "windows", "win32"),
    )
}
# Machines by the names that systems have for them, as the names of platforms spell them.
_HOST_MACHINES = {"x86_64": "x64", "AMD64": "x64", "aarch64": "arm64", "arm64": "arm64"}
# The largest pages by machine, for targets without a platform: arm64 kernels use 4, 16 or 64 KiB.
_LG_PAGES = {"aarch64": 16}


@dataclass(frozen=True)
class Platform:
    """One platform; `tag` is the platform part of its wheels' names, with the lowest floor.

    `runner` is the label of the hosted machine that builds and tests it natively; the labels are
    those of GitHub's runner images in August 2026. `lg_page` is the largest page that a kernel of
    it uses, as a power of two.

    The rest is for building it on another machine: `linker` is the target that zig links for,
    including the floor, and `flags` are what rustc also needs. Where `debian` names Debian's
    architecture, Debian has a standard library of Rust and a Python for it; for the others that
    library is built from its sources. `emulator` runs the programs of the platform here.
    `cross_target` is the target there if it differs from the platform's own: the wheels have the
    same tag, and run on the same machines.
    """

    name: str
    target: str
    tag: str
    runner: str
    lg_page: int = 12
    linker: str = ""
    flags: tuple[str, ...] = ()
    debian: str = ""
    emulator: str = ""
    cross_target: str = ""

    @property
    def minimum(self) -> tuple[int, int]:
        """Return the oldest macOS that the platform's wheels run on; 0.0 for other systems."""
        found = re.match(r"macosx_(\d+)_(\d+)_", self.tag)
        return (int(found[1]), int(found[2])) if found else (0, 0)

    @property
    def targets(self) -> tuple[str, ...]:
        """Return the Rust targets that the platform is built for, its own first."""
        return (self.target, self.cross_target) if self.cross_target else (self.target,)

    @property
    def system(self) -> str:
        """Return the operating system: `linux`, `macos` or `windows`."""
        return system(self.target)

    @property
    def libc(self) -> str:
        """Return the C library on Linux, `gnu` or `musl`; empty on other systems."""
        return self.target.rpartition("-")[2] if self.system == "linux" else ""

    @property
    def arch(self) -> str:
        """Return Debian's name of the machine."""
        return {"x86_64": "amd64", "aarch64": "arm64"}[self.machine]

    @property
    def machine(self) -> str:
        """Return the machine as the configuration spells it: `x86_64` or `aarch64`."""
        return self.target.split("-", 1)[0]


# zig has start files of its own, so rustc's must not be linked.
_MUSL = ("-Clink-self-contained=no",)
# zig's own linker for macOS exports every symbol; LLVM's follows the compiler's list.
_APPLE = ("-Clinker-flavor=ld64.lld",)

#: Every known platform by name. The tags are the lowest that Rust's own targets allow.
PLATFORMS = {
    each.name: each
    for each in (
        Platform(
            "linux-x64", "x86_64-unknown-linux-gnu", "manylinux_2_17_x86_64", "ubuntu-24.04",
            linker="x86_64-linux-gnu.2.17", debian="amd64",
        ),
        Platform(
            "linux-arm64", "aarch64-unknown-linux-gnu", "manylinux_2_17_aarch64",
            "ubuntu-24.04-arm", lg_page=16, linker="aarch64-linux-gnu.2.17", debian="arm64",
            emulator="qemu-aarch64",
        ),
        Platform(
            "musl-x64", "x86_64-unknown-linux-musl", "musllinux_1_2_x86_64", "ubuntu-24.04",
            linker="x86_64-linux-musl", flags=_MUSL, emulator="qemu-x86_64",
        ),
        Platform(
            "musl-arm64", "aarch64-unknown-linux-musl", "musllinux_1_2_aarch64",
            "ubuntu-24.04-arm", lg_page=16, linker="aarch64-linux-musl", flags=_MUSL,
            emulator="qemu-aarch64",
        ),
        # Apple's own CPUs have pages of 16 KiB.
        Platform(
            "macos-arm64", "aarch64-apple-darwin", "macosx_11_0_arm64", "macos-15", lg_page=14,
            linker="aarch64-macos.11.0", flags=_APPLE,
        ),
        Platform(
            "macos-x64", "x86_64-apple-darwin", "macosx_10_12_x86_64", "macos-15-intel",
            linker="x86_64-macos.10.12", flags=_APPLE,
        ),
        # Microsoft's linker and libraries exist only on Windows; LLVM's MinGW exists everywhere.
        Platform(
            "windows-x64", "x86_64-pc-windows-msvc", "win_amd64", "windows-2025",
            linker="x86_64-windows-gnu", cross_target="x86_64-pc-windows-gnullvm",
        ),
        Platform(
            "windows-arm64", "aarch64-pc-windows-msvc", "win_arm64", "windows-11-arm",
            linker="aarch64-windows-gnu", cross_target="aarch64-pc-windows-gnullvm",
        ),
    )
}  # fmt: skip


#: What follows the machine in the targets of all platforms, such as `unknown-linux-gnu`.
ENVIRONMENTS = tuple(
    dict.fromkeys(t.split("-", 1)[1] for each in PLATFORMS.values() for t in each.targets)
)


def named(text: str) -> Platform | None:
    """Return the platform with this name or target; `None` where there is none.

    >>> named("aarch64-unknown-linux-gnu").name
    'linux-arm64'
    """
    found = (p for p in PLATFORMS.values() if text in p.targets)
    return PLATFORMS.get(text) or next(found, None)


def system(target: str) -> str:
    """Return the operating system of a Rust target; any other Unix counts as Linux.

    >>> system("aarch64-apple-darwin"), system("x86_64-unknown-linux-musl")
    ('macos', 'linux')
    """
    return target_system(target) or "linux"


def lg_page(target: str) -> int:
    """Return the largest page that a kernel of a Rust target uses, as a power of two."""
    platform = named(target)
    return platform.lg_page if platform else _LG_PAGES.get(target.split("-", 1)[0], 12)


def tag(target: str, floor: tuple[int, int]) -> str:
    """Return the platform part of a wheel's tag; `floor` is the glibc or macOS that it needs.

    >>> tag("x86_64-unknown-linux-gnu", (2, 34)), tag("aarch64-pc-windows-gnullvm", (0, 0))
    ('manylinux_2_34_x86_64', 'win_arm64')
    """
    machine, of = target.split("-", 1)[0], system(target)
    if of == "macos":
        return macos_tag(floor, machine)
    if of == "linux" and not target.endswith("-musl"):
        return f"manylinux_{floor[0]}_{floor[1]}_{machine}"
    # musl and Windows have no versions of symbols: the tag is that of the platform's row.
    libc = "musl" if of == "linux" else ""
    rows = (p for p in PLATFORMS.values() if (p.system, p.machine, p.libc) == (of, machine, libc))
    return next(rows).tag


def macos_tag(floor: tuple[int, int], machine: str) -> str:
    """Return the platform part of a wheel's tag for a macOS.

    From 11 on, installers know no minor versions.

    >>> macos_tag((10, 12), "x86_64"), macos_tag((11, 3), "aarch64")
    ('macosx_10_12_x86_64', 'macosx_12_0_arm64')
    """
    major, minor = floor
    if major > 10 and minor:
        major, minor = major + 1, 0
    return f"macosx_{major}_{minor}_{'arm64' if machine == 'aarch64' else machine}"


def of_tag(tag: str) -> Platform | None:
    """Return the platform of a wheel's tag, whatever its floor; `None` for an unknown one.

    >>> of_tag("manylinux_2_28_aarch64").name, of_tag("win_amd64").name, of_tag("any")
    ('linux-arm64', 'windows-x64', None)
    """
    found = _kind(tag)
    return next((p for p in PLATFORMS.values() if found and _kind(p.tag) == found), None)


def _kind(tag: str) -> tuple[str, str] | None:
    """Return the system and the machine of a wheel's tag, as tags spell them."""
    parts = re.match(r"(manylinux|musllinux|macosx|win)(?:\d+|(?:_\d+){2})?_([a-z]\w+)", tag)
    return (parts[1], parts[2]) if parts else None


def host(system: str = sys.platform, machine: str = "", libc: str | None = None) -> str:
    """Return the name of the platform that this process runs on; empty for an unknown one.

    >>> host("linux", "aarch64", "musl"), host("darwin", "arm64"), host("sunos5", "sparc")
    ('musl-arm64', 'macos-arm64', '')
    """
    cpu = _HOST_MACHINES.get(machine or machine_facts.machine(), "")
    name = next((each.name for each in SYSTEMS.values() if each.python == system), "")
    # `libc_ver` knows glibc alone: on musl it finds nothing.
    if name == "linux" and (machine_facts.libc_ver()[0] if libc is None else libc) != "glibc":
        name = "musl"
    return f"{name}-{cpu}" if name and cpu else ""
