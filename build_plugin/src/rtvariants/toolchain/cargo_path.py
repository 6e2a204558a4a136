"""cargo on this machine: found, or fetched. A build that only asks for it imports nothing else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping

from rtvariants.errors import MachineError

#: Set to anything, it keeps a build from fetching Rust.
FORBID_INSTALL = "RTVARIANTS_NO_INSTALL_RUST"


def find_cargo(environ: Mapping[str, str] | None = None) -> str | None:
    """Return the cargo that a build would run, or `None` where there is none."""
    environ = os.environ if environ is None else environ
    return shutil.which(environ.get("CARGO", "cargo"), path=environ.get("PATH"))


def installer() -> list[str]:
    """Return what fetches Rust, where there is no cargo and fetching is allowed."""
    chosen = find_cargo() or os.environ.get(FORBID_INSTALL) or os.environ.get("CARGO")
    return [] if chosen else ["puccinialin>=0.1"]


def readers() -> list[str]:
    """Return what reads the files of another system, where a build is for one."""
    named = os.environ.get("RTVARIANTS_PLATFORM") or os.environ.get("CARGO_BUILD_TARGET")
    if not named and not _configured():
        return []
    from .requirements import requested

    return requested(cargo=find_cargo())


def _configured() -> bool:
    """Return whether cargo has a file of configuration here, which may name a target."""
    folders = [os.environ.get("CARGO_HOME") or os.path.expanduser("~/.cargo")]
    here, below = os.getcwd(), ""
    while here != below:
        folders.append(os.path.join(here, ".cargo"))
        here, below = os.path.dirname(here), here
    names = ("config", "config.toml")
    return any(os.path.isfile(os.path.join(f, name)) for f in folders for name in names)


def require_cargo() -> str:
    """Return cargo, fetching a toolchain through `puccinialin` where that is allowed.

    Raises `MachineError` when there is no cargo and none may or can be fetched.
    """
    found = find_cargo()
    if found:
        return found
    if os.environ.get("CARGO"):
        raise MachineError(
            f"no program `{os.environ['CARGO']}`, which `CARGO` names", "correct it, or unset it"
        )
    how = "install Rust from https://rustup.rs and run again"
    if os.environ.get(FORBID_INSTALL):
        raise MachineError(f"no cargo on PATH, and `{FORBID_INSTALL}` forbids fetching it", how)
    try:
        from puccinialin import setup_rust
    except ImportError:
        raise MachineError(
            "no cargo on PATH", f"{how}, or install the Python package `puccinialin` to fetch it"
        ) from None
    try:
        os.environ.update(setup_rust())
    except Exception as error:  # Any failure of a download means the same to the user.
        raise MachineError(f"no cargo on PATH, and fetching it failed: {error}", how) from error
    found = find_cargo()
    if not found:
        raise MachineError("no cargo on PATH, nor after fetching it", how)
    return found
