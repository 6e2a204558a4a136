"""`[tool.rtvariants]` for a project that has none: found out, filled in, and written as TOML."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from rtvariants.archives.wheel import Wheel
from rtvariants.config.derived import variable
from rtvariants.errors import ConfigError, Problem, RtvariantsError

from .asked import Asked
from .plain import Plain
from .stand_in import MARK

_NATIVE = (".so", ".pyd", ".dylib")
_MARKED = re.compile(re.escape(MARK.encode()) + rb"(\d+);")


class FitError(RtvariantsError):
    """The plain wheel has no extension module that runtimes could replace, or several."""


def natives(plain: Plain) -> dict[str, int]:
    """Return the extension modules of the plain wheel that cargo made, with the call of each.

    Raises `FitError` where there is none.
    """
    if not plain.calls:
        hint = "the backend calls no cargo; a project without Rust has nothing to build for a level"
        raise FitError(f"no crate is built for the wheel of {plain.wheel.project}", hint)
    files = [name for name in plain.wheel.files if name.endswith(_NATIVE)]
    found = {}
    for name in files:
        marked = _MARKED.search(plain.wheel.files[name])
        if marked:
            found[name] = int(marked[1])
    if plain.compiled and len(files) == len(plain.calls) == 1:
        found = {files[0]: 0}
    if not found:
        what = f"no extension module of cargo in the wheel of {plain.wheel.project}"
        hint = "runtimes are modules of PyO3; a program has none"
        raise FitError(what, hint)
    return found


def the_one(found: Mapping[str, int]) -> tuple[str, int]:
    """Return the one extension module to replace; raises `FitError` for several."""
    if len(found) > 1:
        names = ", ".join(f"`{module_of(name)}`" for name in sorted(found))
        hint = "only a project with one can be built this way"
        raise FitError(f"{len(found)} extension modules in the wheel: {names}", hint)
    return next(iter(found.items()))


def module_of(name: str) -> str:
    """Return the module that a file of a wheel is.

    >>> module_of("a/b/_core.cpython-311-x86_64-linux-gnu.so")
    'a.b._core'
    >>> module_of("a-1.data/platlib/a.abi3.so")
    'a'
    """
    path = PurePosixPath(name)
    parts = path.parts[:-1]
    if parts and parts[0].endswith(".data"):
        parts = parts[2:]
    return ".".join([*parts, path.name.split(".")[0]])


def filled(
    table: Mapping[str, Any], name: str, wheel: Wheel, asked: Asked, root: Path
) -> dict[str, Any]:
    """Return a table with what it leaves out: crate, module, namespace, variable, profile.

    `name` is the extension module in the wheel. Raises `ConfigError` where the table names another
    module or crate than the wheel has.
    """
    module, at = module_of(name), os.path.relpath(asked.crate, root).replace(os.sep, "/")
    for key, own in (("module", module), ("crate", at)):
        said = table.get(key, own)
        if said != own and (key == "module" or os.path.normpath(said) != os.path.normpath(own)):
            what = f"`{key} = {said!r}`, and the project's own wheel has `{own}`"
            raise ConfigError(Problem(what, f"remove `{key}`, or correct it", "tool.rtvariants"))
    space = _namespace(module, wheel)
    package = ".".join(module.split(".")[: space.count(".") + 2 if space else 1])
    found = {"crate": at, "module": module, "env": variable(package)}
    found |= {"namespace": space} if space else {}
    found |= {} if asked.profile == "release" else {"profile": asked.profile}
    return {**found, **table}


def _namespace(module: str, wheel: Wheel) -> str:
    """Return the packages above the module without a file of their own; others share them."""
    parts = module.split(".")[:-1]
    space: list[str] = []
    for part in parts:
        if "/".join([*space, part, "__init__.py"]) in wheel.files:
            break
        space.append(part)
    return ".".join(space)


def complete(table: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """Return the table with what the backend builds every runtime with."""
    runtimes = []
    for each in table.get("runtimes", ()):
        features = [*asked.features, *each.get("features", ())]
        more = {} if asked.default_features else {"default-features": False}
        runtimes.append({**each, "features": list(dict.fromkeys(features)), **more})
    return {**table, "runtimes": runtimes}


def text(table: Mapping[str, Any]) -> str:
    """Return a table as TOML, with each runtime in one line: at most ten for most projects."""
    import tomli_w  # slow to import

    nested = {k: v for k, v in table.items() if isinstance(v, dict)}
    lines = ["[tool.rtvariants]"]
    for key, each in table.items():
        if isinstance(each, list) and any(isinstance(one, dict) for one in each):
            lines += [f"{key} = [", *(f"  {_inline(one)}," for one in each), "]"]
        elif key not in nested:
            lines.append(f"{key} = {_inline(each)}")
    if nested:
        lines += ["", *tomli_w.dumps({"tool": {"rtvariants": nested}}).strip().splitlines()]
    return "\n".join(lines) + "\n"


def _inline(value: Any) -> str:
    import tomli_w

    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_inline(each)}" for key, each in value.items()) + " }"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(_inline(each) for each in value) + "]"
    return tomli_w.dumps({"x": value}).strip().removeprefix("x = ")
