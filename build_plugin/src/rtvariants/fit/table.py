"""`[tool.rtvariants]` for a project that has none: found out, filled in, and written as TOML."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from rtvariants.archives.wheel import Wheel
from rtvariants.errors import ConfigError, Problem, RtvariantsError
from rtvariants.toolchain.stand_in import MARK

from .asked import Asked
from .plain import Plain

_NATIVE = (".so", ".pyd", ".dylib")
_MARKED = re.compile(re.escape(MARK.encode()) + rb"(\d+);")


class FitError(RtvariantsError):
    """The plain wheel has no extension module that runtimes could replace."""


def natives(plain: Plain) -> dict[str, int]:
    """Return the extension modules of the plain wheel that cargo made, with the call of each.

    They are in the order of the calls. Raises `FitError` where there is none.
    """
    if not plain.calls:
        hint = "runtimes are modules of PyO3: a project without Rust, or of programs, has none"
        raise FitError(f"no library is built by cargo for the wheel of {plain.wheel.project}", hint)
    files = [name for name in plain.wheel.files if name.endswith(_NATIVE)]
    found = {}
    for name in files:
        marked = _MARKED.search(plain.wheel.files[name])
        if marked:
            found[name] = int(marked[1])
    if plain.compiled and len(files) == len(plain.calls) == 1:
        found = {files[0]: 0}
    if plain.compiled and not found and files:
        what = f"{len(files)} extension modules in the wheel of {plain.wheel.project}, from "
        what += f"{len(plain.calls)} calls of cargo: which of them the runtimes replace is unknown"
        raise FitError(what, "name the crates in `[tool.rtvariants]` of the project itself")
    if not found:
        what = f"no extension module of cargo in the wheel of {plain.wheel.project}"
        hint = "runtimes are modules of PyO3; a program has none"
        raise FitError(what, hint)
    return dict(sorted(found.items(), key=lambda item: (item[1], item[0])))


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
    table: Mapping[str, Any], found: Mapping[str, Asked], wheel: Wheel, root: Path
) -> dict[str, Any]:
    """Return a table with what it leaves out and no default is: crate, modules, namespace, profile.

    `found` are the extension modules of the wheel, by their files. Raises `ConfigError` where the
    table names another module or crate than the wheel has.
    """
    modules = {module_of(name): asked for name, asked in found.items()}
    first = table.get("module", "")
    if first not in modules:
        first = next(iter(modules))
    made = _of_one(table, first, modules[first], wheel, root)
    others = {name: asked for name, asked in modules.items() if name != first}
    further = list(_further(table.get("modules", ()), others, root))
    return made | ({"modules": further} if further else {})


def _further(
    given: Sequence[Mapping[str, Any]], found: Mapping[str, Asked], root: Path
) -> Iterator[dict[str, Any]]:
    """Yield the tables of further extension modules: those given, and the others of the wheel."""
    said = {str(each.get("module", "")): each for each in given}
    for name in sorted(said.keys() - found.keys()):
        names = ", ".join(f"`{other}`" for other in found) or "none"
        what = f"`module = {name!r}`, and the project's own wheel has {names} as well"
        raise ConfigError(Problem(what, "remove it, or correct it", "tool.rtvariants.modules"))
    for name, asked in found.items():
        own = said.get(name, {})
        features = list(dict.fromkeys([*asked.features, *own.get("features", [])]))
        made = {"module": name, "crate": _place(asked, root), **own}
        yield made | ({"features": features} if features else {})


def _place(asked: Asked, root: Path) -> str:
    return os.path.relpath(asked.crate, root).replace(os.sep, "/")


def _of_one(
    table: Mapping[str, Any], module: str, asked: Asked, wheel: Wheel, root: Path
) -> dict[str, Any]:
    at = _place(asked, root)
    for key, own in (("module", module), ("crate", at)):
        said = table.get(key, own)
        if said != own and (key == "module" or os.path.normpath(said) != os.path.normpath(own)):
            what = f"`{key} = {said!r}`, and the project's own wheel has `{own}`"
            raise ConfigError(Problem(what, f"remove `{key}`, or correct it", "tool.rtvariants"))
    space = _namespace(module, wheel)
    found = {"crate": at, "module": module}
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
        features = list(dict.fromkeys([*asked.features, *each.get("features", ())]))
        more: dict[str, Any] = {"features": features} if features else {}
        more |= {} if asked.default_features else {"default-features": False}
        runtimes.append({**each, **more})
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
