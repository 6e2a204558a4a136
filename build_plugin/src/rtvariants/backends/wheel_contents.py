"""What a wheel must hold next to the runtimes, and what it must not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from rtvariants.config.model import Config
from rtvariants.errors import ConfigError, Problem
from rtvariants.shim import place


def refuse_second_module(module: str, paths: Iterable[str]) -> None:
    """Refuse a wheel in which a package or another extension module has the name of the module.

    Python would import it before the file that calls the loader. An extension module is left in the
    tree by another tool: it is not checked, and has no guard.
    """
    path = module.replace(".", "/")
    for name in paths:
        if name.endswith((".so", ".pyd", ".dylib")) and name.split(".")[0] == path:
            what = f"extension module of another build in the wheel: `{name}`"
            raise ConfigError(Problem(what, "remove the file: the runtimes replace it"))
        if Path(name).as_posix() == f"{path}/__init__.py":
            raise ConfigError(
                Problem(
                    f"two modules of one name: `{module}` is the file `{name}` too",
                    "choose another name in `[tool.rtvariants] module`",
                )
            )


def require_call(config: Config, files: Mapping[str, bytes | Path]) -> None:
    """Refuse a file with the name of the module that does not call the loader."""
    found = files.get(place.file_of(config.module))
    text = found.read_bytes() if isinstance(found, Path) else found
    if wrong := place.fault(config.module, config.package, text):
        raise ConfigError(Problem(*wrong))


def require_package(module: str, paths: Iterable[str]) -> None:
    """Refuse a wheel without the package that the runtimes are for: nothing would load them."""
    top = module.partition(".")[0]
    names = {Path(path).as_posix().partition("/")[0] for path in paths}
    if top in names or f"{top}.py" in names:
        return
    others = sorted(n for n in names if n.isidentifier() and not n.startswith("_"))
    there = f"it has {', '.join(f'`{n}`' for n in others)}" if others else "it has none"
    raise ConfigError(
        Problem(
            f"no package `{top}` in the wheel: {there}",
            "`module` in `[tool.rtvariants]` begins with the package's name; where that is right, "
            "tell the build tool where the package lies",
        )
    )
