"""The build backend of the parts of split packages: one runtime alone, or the base without any.

Only the source archives that `rtvariants package --as split` writes name it:

```toml
[build-system]
build-backend = "rtvariants.backends.part"

[tool.rtvariants-part]
package = "greeter"
runtime = "fast"        # the base has neither: the archive contains its files as they are
```
"""

from __future__ import annotations

import os
from email.parser import HeaderParser
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from rtvariants.archives.sdist import Sdist, is_program
from rtvariants.archives.wheel import Wheel, normal
from rtvariants.config import load, pyproject
from rtvariants.errors import Problem, RtvariantsError
from rtvariants.loader.editable.rebuild import OUTPUTS, is_leftover
from rtvariants.pipeline import build
from rtvariants.project import tree
from rtvariants.toolchain.cargo_path import installer, readers
from rtvariants.wheels.split import runtime_wheel
from rtvariants.wheels.split_sdists import FOLDER, TABLE

__all__ = ["build_sdist", "build_wheel", "get_requires_for_build_wheel"]

Settings = dict[str, Any] | None


def get_requires_for_build_wheel(config_settings: Settings = None) -> list[str]:
    """Return what else a runtime's build needs: `puccinialin` where there is no cargo."""
    _refuse(config_settings)
    if not _part().get("runtime"):
        return []
    return [*installer(), *readers()]


def build_wheel(
    wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None
) -> str:
    """Build the part's wheel; returns its file name."""
    del metadata_directory
    _refuse(config_settings)
    runtime = _part().get("runtime")
    try:
        made = _runtime(runtime, Path(wheel_directory)) if runtime else _base()
        return made.write(Path(wheel_directory)).name
    except RtvariantsError as error:
        log = getattr(error, "log", "")
        said = "\n".join(f"error: {problem.render()}" for problem in error.problems)
        raise SystemExit(f"{log}\n{said}" if log else said) from None


def build_sdist(sdist_directory: str, config_settings: Settings = None) -> str:
    """Write the part's own tree as the archive that it came from; returns its file name."""
    _refuse(config_settings)
    name, version = _named()
    files: dict[str, bytes] = {}
    programs = set()
    for folder, names, found in os.walk("."):
        names[:] = sorted(
            n for n in names if not is_leftover(folder, n, OUTPUTS if folder == "." else ())
        )
        for path in (Path(folder, n) for n in found):
            files[path.as_posix()] = path.read_bytes()
            programs |= {path.as_posix()} if is_program(path) else set()
    return Sdist(name, version, files, frozenset(programs)).write(Path(sdist_directory)).name


def _part() -> dict[str, str]:
    part: dict[str, str] = pyproject.read(Path()).get("tool", {}).get(TABLE, {})
    return part


def _named() -> tuple[str, str]:
    """Return name and version of the distribution, as file names have them."""
    # The base's are those of its wheel: backends spell them in more than one way.
    if infos := list(Path(FOLDER).glob("*.dist-info")):
        name, _, version = infos[0].stem.partition("-")
        return name, version
    metadata = HeaderParser().parsestr(Path("PKG-INFO").read_text(encoding="utf-8"))
    return canonicalize_name(metadata["Name"]).replace("-", "_"), normal(metadata["Version"])


def _base() -> Wheel:
    name, version = _named()
    root = Path(FOLDER)
    files = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    programs = frozenset(name for name in files if is_program(root / name))
    return Wheel(name, version, "py3-none-any", files, programs=programs).sealed()


def _runtime(runtime: str, output: Path) -> Wheel:
    name, version = _named()
    text = Path("PKG-INFO").read_text(encoding="utf-8")
    with load.overriding(options={"runtimes": runtime}):
        project = tree.read(Path.cwd())
        made, lock = build(project, version, output, editable=False)
    packages = {unit.runtime_package(runtime) for unit in project.config.units}
    try:
        own = {n: p for n, p in made.files.items() if n.partition("/")[0] in packages}
        info = f"{name}-{version}.dist-info"
        own |= {f"{info}/sboms/{path.name}": path for path in made.sboms}
        files = {n: path.read_bytes() for n, path in own.items()}
    finally:
        lock.release()
    for licence in HeaderParser().parsestr(text).get_all("License-File", []):
        files[f"{info}/licenses/{licence}"] = Path(licence).read_bytes()
    return runtime_wheel(name, version, made.tag, files, text)


def _refuse(settings: Settings) -> None:
    """Refuse `-C` settings: there are none, and an ignored one would be believed."""
    for name in settings or {}:
        problem = Problem(f"unknown setting: `{name}`", "this backend takes no `-C` settings")
        raise SystemExit(f"error: {problem.render()}")
