"""Builds the same sources again in other circumstances, to compare with the first build.

Everything that must not matter differs: the folder and the length of its path, the home, cargo's
home, the times of files, the umask, the time zone, the language.
"""

from __future__ import annotations

import os
import shutil
import site
from collections.abc import Callable
from pathlib import Path

from rtvariants.loader.editable.rebuild import OUTPUTS, is_leftover
from rtvariants.project import frontend
from rtvariants.toolchain.git import COMMIT_FILE, commit
from rtvariants.toolchain.home import cargo_home, require_home


def build(root: Path, folder: Path, name: str) -> list[Path]:
    """Copy the sources below `folder/name`, build a wheel and an sdist there; returns both.

    Another `name` gives other circumstances: other paths and times.
    """
    place = folder / name
    tree = place / f"sources-{name}" / root.name
    shutil.copytree(root, tree, ignore=lambda folder, names: _left(root, Path(folder), names))
    if now := commit(root):
        (tree / COMMIT_FILE).write_text(f"{now}\n", encoding="utf-8")
    _age(tree, len(name) * 86_400)
    out = place / "out"
    out.mkdir()
    env = circumstances(place, name)
    before = os.umask(0o077 if len(name) % 2 else 0o022)
    try:
        return [frontend.wheel(tree, out, env), frontend.sdist(tree, out, env)]
    finally:
        os.umask(before)


def _left(root: Path, folder: Path, names: list[str]) -> set[str]:
    outputs = OUTPUTS if folder == root else ()
    return {name for name in names if is_leftover(str(folder), name, outputs)}


def circumstances(place: Path, name: str) -> dict[str, str]:
    """Return the variables of a build: its own homes, another time zone and language."""
    home = place / f"home-of-{name}"
    cargo = home / f"cargo-{name}"
    cargo.mkdir(parents=True)
    own = cargo_home(os.environ)
    # Downloaded crates need no network again; as links they take no space. cargo unpacks those that
    # it needs: all that were ever unpacked are a hundred thousand files.
    for part in ("registry/cache", "registry/index", "git/db"):
        if (own / part).is_dir():
            shutil.copytree(own / part, cargo / part, copy_function=_link(), symlinks=True)
    odd = bool(len(name) % 2)
    return {
        "HOME": str(home),
        "CARGO_HOME": str(cargo),
        # The home of rustup holds the compilers, and by default it is below HOME.
        "RUSTUP_HOME": os.environ.get("RUSTUP_HOME") or f"{require_home('RUSTUP_HOME')}/.rustup",
        # So is Python's folder for packages that are installed for one user.
        "PYTHONUSERBASE": site.getuserbase(),
        "CARGO_TARGET_DIR": str(place / f"target-{name}"),
        "CARGO_BUILD_BUILD_DIR": str(place / f"target-{name}"),
        "TZ": "Asia/Kathmandu" if odd else "UTC",
        "LC_ALL": "C.UTF-8" if odd else "C",
        "PYTHONHASHSEED": str(len(name)),
    }


def _link() -> Callable[[str, str], object]:
    def link(source: str, target: str) -> None:
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)

    return link


def _age(tree: Path, seconds: int) -> None:
    """Give every file another time, as a checkout at another time does."""
    for path in tree.rglob("*"):
        if path.is_file():
            moment = path.stat().st_mtime - seconds
            os.utime(path, (moment, moment))
