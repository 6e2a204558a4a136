"""The name under which the chosen native is bound."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from .errors import ConfigError, Problem


def one_module(module: str, paths: Iterable[str]) -> None:
    """Refuse a table whose module name a file of the wheel has already.

    The loader binds the native under that name; the file would be hidden, or hide it. A native is
    what another tool has left in the tree: nobody has checked it, and it asks no CPU.
    """
    path = module.replace(".", "/")
    for name in paths:
        if name.endswith((".so", ".pyd", ".dylib")) and name.split(".")[0] == path:
            what = f"native of another build in the wheel: `{name}`"
            raise ConfigError(Problem(what, "remove the file: the runtimes take its place"))
        if Path(name).as_posix() in (f"{path}.py", f"{path}/__init__.py"):
            raise ConfigError(
                Problem(
                    f"two modules of one name: `{module}` is the file `{name}` too",
                    "give the native a name of its own in `[tool.rtvariants] module`",
                )
            )
