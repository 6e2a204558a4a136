"""The platforms that a release may name: Rust target, wheel tag, and the runner that builds it."""

from __future__ import annotations

import platform as machine_facts
import sys
from dataclasses import dataclass

#: The host's system by `sys.platform`.
_HOST_SYSTEMS = {"linux": "linux", "darwin": "macos", "win32": "windows"}
_HOST_MACHINES = {"x86_64": "x64", "AMD64": "x64", "aarch64": "arm64", "arm64": "arm64"}


@dataclass(frozen=True)
class Platform:
    """One platform of a release; `tag` is the platform part of its wheels' names.

    `runner` is the label of the hosted machine that builds and tests it natively; the labels are
    those of GitHub's runner images in August 2026.
    """

    name: str
    target: str
    tag: str
    runner: str

    @property
    def machine(self) -> str:
        """Return the machine as the table spells it: `x86_64` or `aarch64`."""
        return self.target.split("-", 1)[0]


#: Every known platform by name. The tags are the lowest that Rust's own targets allow.
PLATFORMS = {
    each.name: each
    for each in (
        Platform("linux-x64", "x86_64-unknown-linux-gnu", "manylinux_2_17_x86_64", "ubuntu-24.04"),
        Platform(
            "linux-arm64", "aarch64-unknown-linux-gnu", "manylinux_2_17_aarch64", "ubuntu-24.04-arm"
        ),
        Platform("musl-x64", "x86_64-unknown-linux-musl", "musllinux_1_2_x86_64", "ubuntu-24.04"),
        Platform(
            "musl-arm64", "aarch64-unknown-linux-musl", "musllinux_1_2_aarch64", "ubuntu-24.04-arm"
        ),
        Platform("macos-arm64", "aarch64-apple-darwin", "macosx_11_0_arm64", "macos-15"),
        Platform("macos-x64", "x86_64-apple-darwin", "macosx_10_12_x86_64", "macos-15-intel"),
        Platform("windows-x64", "x86_64-pc-windows-msvc", "win_amd64", "windows-2025"),
        Platform("windows-arm64", "aarch64-pc-windows-msvc", "win_arm64", "windows-11-arm"),
    )
}


def host(system: str = sys.platform, machine: str = "", libc: str | None = None) -> str:
    """Return the name of the platform that this process runs on; empty when it is none of ours.

    >>> host("linux", "aarch64", "musl"), host("darwin", "arm64"), host("sunos5", "sparc")
    ('musl-arm64', 'macos-arm64', '')
    """
    cpu = _HOST_MACHINES.get(machine or machine_facts.machine(), "")
    name = _HOST_SYSTEMS.get(system, "")
    # `libc_ver` knows glibc alone: on musl it finds nothing.
    if name == "linux" and (machine_facts.libc_ver()[0] if libc is None else libc) != "glibc":
        name = "musl"
    return f"{name}-{cpu}" if name and cpu else ""
