"""Compilers for other platforms, kept in a cache folder: what `prepare` put there, read back.

They are used only for a platform that is requested (`--platform`, `RTVARIANTS_PLATFORM`). One file
per platform lists what was prepared; it is written last, so an incomplete toolchain never counts.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from rtvariants.errors import MachineError, near
from rtvariants.files import write_text
from rtvariants.targets import platforms
from rtvariants.toolchain import rustflags
from rtvariants.toolchain.home import cache_home

#: Which platform is built for; a name or a target.
PLATFORM = "RTVARIANTS_PLATFORM"
#: Where prepared toolchains are; else a folder of the user's cache.
CACHE = "RTVARIANTS_CACHE"
# Raised whenever what `prepare` makes has changed.
_FORMAT = 2


@dataclass(frozen=True)
class Prepared:
    """What was prepared for one platform; an empty part is one that the machine has itself.

    `compiler` is that of C where the linker is none. `python` is the command of a Python of the
    platform that runs here, `library` a folder with the platform's C library, where no such Python
    is available, and `sdk` one with what Apple's SDK has for linkers.
    """

    rustc: str = ""
    linker: str = ""
    archiver: str = ""
    strip: str = ""
    python: tuple[str, ...] = ()
    library: str = ""
    compiler: str = ""
    sdk: str = ""


@dataclass(frozen=True)
class Cross:
    """The platform that is built for, with the tools for it."""

    platform: platforms.Platform
    prepared: Prepared

    @property
    def target(self) -> str:
        """Return the Rust target: the platform's own, or the one for other machines."""
        return target_of(self.platform, self.prepared)

    @property
    def flags(self) -> tuple[str, ...]:
        """Return the flags that rustc needs for the platform, whatever the level."""
        return self.platform.flags if self.prepared.linker else ()

    def env(self, ambient: Mapping[str, str]) -> dict[str, str]:
        """Return the variables that lead cargo and build scripts to the tools.

        A tool that the user names by the same variable stays.
        """
        under = self.target.replace("-", "_")
        compiler = self.prepared.compiler or self.prepared.linker
        tools = {
            rustflags.variable(self.target, "LINKER"): self.prepared.linker,
            f"CC_{under}": compiler,
            f"CXX_{under}": compiler and f"{compiler}++",
            f"AR_{under}": self.prepared.archiver,
            "SDKROOT": self.prepared.sdk,
        }
        env = {name: tool for name, tool in tools.items() if tool and not ambient.get(name)}
        if self.prepared.rustc:
            env["RUSTC"] = self.prepared.rustc
        return env


def target_of(platform: platforms.Platform, tools: Prepared | None) -> str:
    """Return the target that a platform is built for with these tools."""
    return (platform.cross_target if tools and tools.linker else "") or platform.target


def cache(environ: Mapping[str, str] | None = None) -> Path:
    """Return the folder of prepared toolchains."""
    environ = os.environ if environ is None else environ
    if environ.get(CACHE):
        return Path.cwd() / environ[CACHE]
    return cache_home(environ, CACHE) / "rtvariants"


def known(text: str) -> platforms.Platform:
    """Return the platform of this name or target; raises `MachineError` for any other."""
    found = platforms.named(text)
    if found is None:
        raise MachineError(f"unknown platform: `{text}`", near(text, tuple(platforms.PLATFORMS)))
    return found


def asked(environ: Mapping[str, str] | None = None) -> platforms.Platform | None:
    """Return the platform that is asked for; `None` where none is, so that cargo's own counts.

    Raises `MachineError` for a name that is none.
    """
    environ = os.environ if environ is None else environ
    text = environ.get(PLATFORM, "")
    if not text:
        return None
    found = known(text)
    target = environ.get("CARGO_BUILD_TARGET")
    if target and target not in found.targets:
        raise MachineError(
            f"two targets: platform `{found.name}` is `{found.target}`, "
            f"`CARGO_BUILD_TARGET` says `{target}`",
            "unset `CARGO_BUILD_TARGET`",
        )
    return found


def note(platform: platforms.Platform, environ: Mapping[str, str] | None = None) -> Path:
    """Return the file that tells what was prepared for a platform."""
    return cache(environ) / f"{platform.name}.json"


def prepared(
    platform: platforms.Platform, environ: Mapping[str, str] | None = None
) -> Prepared | None:
    """Return what was prepared for a platform; `None` where nothing was, or by another version."""
    try:
        said = json.loads(note(platform, environ).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if said.pop("format", None) != _FORMAT:
        return None
    try:
        found = Prepared(**{**said, "python": tuple(said["python"])})
    except (KeyError, TypeError):
        return None
    kept = (found.rustc, found.linker, found.archiver, found.strip)
    return found if all(Path(path).exists() for path in kept if path) else None


def keep(platform: platforms.Platform, tools: Prepared) -> None:
    """Write down what was prepared for a platform."""
    path = note(platform)
    said = {"format": _FORMAT, **asdict(tools)}
    write_text(path, json.dumps(said, indent=1) + "\n")


def chosen(environ: Mapping[str, str] | None = None) -> Cross | None:
    """Return the platform that is asked for with the tools that were prepared for it.

    Without any, the machine's own tools are taken, as for `CARGO_BUILD_TARGET`.
    """
    platform = asked(environ)
    if platform is None:
        return None
    return Cross(platform, prepared(platform, environ) or Prepared())


def has_target(rustc: str, target: str) -> bool:
    """Return whether a compiler has the standard library of a target."""
    argv = [rustc, "--print", "target-libdir", "--target", target]
    try:
        done = subprocess.run(
            argv, capture_output=True, encoding="utf-8", errors="surrogateescape", check=False
        )
    except OSError:
        return False
    return done.returncode == 0 and holds_std(Path(done.stdout.strip()))


def holds_std(folder: Path) -> bool:
    """Return whether a toolchain's folder for a target's libraries has the standard library."""
    return any(folder.glob("libstd-*.rlib"))
