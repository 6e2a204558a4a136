"""Extension modules of setuptools-rust: what holds for every runtime.

The runtimes take the place of these modules, so setuptools-rust does not build them any more. A
table in pyproject.toml, `[[tool.setuptools-rust.ext-modules]]`, is followed. What setup.py says is
known only while setuptools runs, and `[tool.rtvariants]` must say the same.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from rtvariants.errors import ConfigError, Problem

from . import wrapped
from .model import Config

_WHERE = "tool.setuptools-rust.ext-modules"
_BACKEND = "setuptools.build_meta"
_MANIFEST = "Cargo.toml"
_RELEASE = "release"
_PROFILE = "SETUPTOOLS_RUST_CARGO_PROFILE"
_FLAGS = "put flags for all runtimes into `.cargo/config.toml`"
# Settings that would change what is compiled, and what to say instead.
_REFUSED = {
    "debug": "runtimes are built with the profile that `[tool.rtvariants] profile` names",
    "generated-files": "keep them in the package: a runtime's build script adds none to it",
    "env": "set the variables for the build, or in `[env]` of `.cargo/config.toml`",
    "native": "each runtime is compiled only for its level",
    "rustc-flags": _FLAGS,
}
# With the second one, the crate writes its init function itself.
_BINDINGS = ("PyO3", "NoBinding")


@dataclass(frozen=True)
class ExtModule:
    """An extension module as setuptools-rust would build it; `default` are default features.

    `crate` is relative to the project, and `profile` is empty where nothing names one.
    """

    module: str
    crate: str
    features: tuple[str, ...]
    default: bool
    profile: str


def modules(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the tables of the extension modules; none where they can't be read."""
    table = data.get("tool", {}).get("setuptools-rust", {})
    found = table.get("ext-modules", []) if isinstance(table, Mapping) else []
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def filled(tools: Mapping[str, Any], module: Any) -> dict[str, Any]:
    """Return the crate, the module and further modules that the tables name.

    `module` is the one that `[tool.rtvariants]` names, by default the first one.
    """
    found = [_place(each) for each in modules({"tool": tools})]
    first = next((each for each in found if each["module"] == module or not module), None)
    if first is None:
        return {}
    others = [each for each in found if each is not first]
    return first | ({"modules": others} if others else {})


def _place(table: Mapping[str, Any]) -> dict[str, Any]:
    path = PurePosixPath(str(table.get("path", _MANIFEST)))
    return {"module": str(table.get("target", "")), "crate": path.parent.as_posix()}


def adopt(config: Config, data: Mapping[str, Any]) -> Config:
    """Return the configuration with what setuptools-rust would build the modules with.

    Raises `ConfigError` for settings that no runtime can get, and for other modules.
    """
    tables = modules(data)
    if not tables or wrapped.called(config.root, data) != _BACKEND:
        return config
    found = _read(tables, _WHERE)
    problems = [*_others(config, found, "pyproject.toml"), *_mixed(config, found)]
    if problems := [*problems, *_environment(config)]:
        raise ConfigError(problems)
    return _adopted(config, found)


def require(config: Config, tables: Sequence[Mapping[str, Any]], where: str) -> None:
    """Check that the runtimes get all that setup.py gives setuptools-rust.

    `tables` are its extension modules, as pyproject.toml would have them. Raises `ConfigError` with
    the settings that `[tool.rtvariants]` lacks.
    """
    found = _read(tables, where)
    problems = list(_others(config, found, where)) or list(_lacking(config, found, where))
    if problems := [*problems, *_environment(config)]:
        raise ConfigError(problems)


def _read(tables: Sequence[Mapping[str, Any]], where: str) -> list[ExtModule]:
    problems: list[Problem] = []
    found = [_one(table, where, problems) for table in tables]
    if problems:
        raise ConfigError(problems)
    return found


def _one(table: Mapping[str, Any], where: str, problems: list[Problem]) -> ExtModule:
    at = f"{where}.{{}}" if where == _WHERE else where
    problems += [
        Problem(f"setting that can't be followed: `{key}`", hint, at.format(key))
        for key, hint in _REFUSED.items()
        if table.get(key)
    ]
    if table.get("binding", "PyO3") not in _BINDINGS:
        what = f"setting that can't be followed: `binding = {table['binding']!r}`"
        problems.append(Problem(what, "runtimes are modules of PyO3", at.format("binding")))
    texts = [*table.get("features", [])]
    default, profile = True, ""
    words = iter(table.get("args", []))
    for word in words:
        name, _, value = word.partition("=")
        if name in ("--features", "-F"):
            texts.append(value or next(words, ""))
        elif name == "--profile":
            profile = value or next(words, "")
        elif word == "--no-default-features":
            default = False
        elif word not in ("--release", "--locked"):
            hint = "write features and profile as settings of `[tool.rtvariants]`; " + _FLAGS
            problems.append(Problem(f"argument that can't be followed: `{word}`", hint, where))
    features = [name for text in texts for name in re.split(r"[\s,]+", text) if name]
    return ExtModule(**_place(table), features=tuple(features), default=default, profile=profile)


def _others(config: Config, found: Sequence[ExtModule], where: str) -> Iterator[Problem]:
    """Yield what contradicts `[tool.rtvariants]`: other modules, and other crates."""
    units = {unit.module: unit for unit in config.units}
    names = [each.module for each in found]
    for name in sorted({name for name in names if names.count(name) > 1}):
        what = f"extension module named twice: `{name}`"
        yield Problem(what, "keep one: each entry of `runtimes` is a build of it", where)
    if other := [name for name in names if name not in units]:
        theirs, ours = ("`, `".join(each) for each in (other, units))
        yield Problem(
            f"two builders of extension modules: setuptools-rust builds `{theirs}`, and "
            f"`[tool.rtvariants]` builds `{ours}`",
            "the runtimes replace every extension module: use the same names in both, and "
            "`[[tool.rtvariants.modules]]` for further ones",
            where,
        )
    for each in found:
        unit = units.get(each.module)
        crate = (config.root / each.crate).resolve()
        if unit and crate != unit.crate.resolve():
            what = f"another crate of `{each.module}` than in `[tool.rtvariants]`: `{each.crate}`"
            yield Problem(what, f'`[tool.rtvariants]` needs `crate = "{each.crate}"`', where)


def _environment(config: Config) -> Iterator[Problem]:
    asked = os.environ.get(_PROFILE, "")
    if asked not in ("", config.profile):
        what = f"another profile than in `[tool.rtvariants]`: `{_PROFILE}={asked}`"
        yield Problem(what, f'write `profile = "{asked}"` there, or unset the variable')


def _mixed(config: Config, found: Sequence[ExtModule]) -> Iterator[Problem]:
    """Yield what the modules of one distribution must have in common, and have not."""
    for what, values in (
        ("default features", {each.default for each in found}),
        ("profiles", {each.profile or _RELEASE for each in found}),
    ):
        if len(values) > 1:
            hint = "give all of them the same: a runtime has one setting for all its modules"
            yield Problem(f"different {what} of extension modules", hint, f"{_WHERE}.args")
    first = next((each for each in found if each.module == config.module), None)
    for each in found if first else ():
        lost = [f for f in first.features if f not in each.features] if first else []
        if first and lost and each.crate == first.crate:
            what = f"features of `{first.module}` that `{each.module}` of the same crate lacks: "
            hint = "give both the same: a feature of a runtime holds for every module of its crate"
            yield Problem(what + f"`{'`, `'.join(lost)}`", hint, f"{_WHERE}.features")


def _lacking(config: Config, found: Sequence[ExtModule], where: str) -> Iterator[Problem]:
    """Yield what setuptools-rust would build a module with, and the runtimes would not."""
    units = {unit.module: unit for unit in config.units}
    for each in found:
        runtimes = units[each.module].runtimes
        lost = [f for f in each.features if not all(f in r.features for r in runtimes)]
        place = "the module's table" if units[each.module].is_further else "each runtime"
        if lost:
            text = ", ".join(f'"{feature}"' for feature in lost)
            what = f"features of `{each.module}` that `[tool.rtvariants]` lacks: {text}"
            yield Problem(what, f"write `features = [{text}]` in {place}", where)
        if not each.default and any(r.default_features for r in runtimes):
            what = f"`{each.module}` without default features, which `[tool.rtvariants]` has"
            yield Problem(what, "write `default-features = false` in each runtime", where)
        if each.profile not in ("", config.profile):
            what = f"another profile of `{each.module}` than in `[tool.rtvariants]`"
            yield Problem(what, f'write `profile = "{each.profile}"` there', where)


def _adopted(config: Config, found: Sequence[ExtModule]) -> Config:
    own = next((each.features for each in found if each.module == config.module), ())
    default = all(each.default for each in found)
    runtimes = tuple(
        replace(
            r,
            features=tuple(dict.fromkeys((*own, *r.features))),
            default_features=r.default_features and default,
        )
        for r in config.runtimes
    )
    named = {each.module: each.features for each in found}
    further = tuple(
        replace(m, features=tuple(dict.fromkeys((*named.get(m.module, ()), *m.features))))
        for m in config.modules
    )
    profile = next((each.profile for each in found if each.profile), _RELEASE)
    profile = config.profile if config.profile != _RELEASE else profile
    return replace(config, runtimes=runtimes, modules=further, profile=profile)
