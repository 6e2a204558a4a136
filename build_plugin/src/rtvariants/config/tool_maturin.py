"""`[tool.maturin]` of a project that keeps it: the settings that hold for every runtime.

A setting that maturin would follow and this package can't is an error, never ignored.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from rtvariants.errors import ConfigError, Problem
from rtvariants.targets.allocators import by_feature

from . import pyproject, toml, wrapped
from .model import Config
from .pgo import PgoConfig

BACKEND = "rtvariants.backends.maturin"
_WHERE = "tool.maturin"
# The options that maturin adds to its own command in a build; none would reach a runtime.
_ARGUMENTS = "MATURIN_PEP517_ARGS"
# Turns maturin's builds with profiles on, unless it has one of these values.
PGO = "MATURIN_PGO"
_NO = ("", "0", "false", "no", "off", "n", "f")
# The start of the setting's line, and its value.
_CRATE = r"""(?m)^([ \t]*crate[ \t]*=[ \t]*)("[^"\n]*"|'[^'\n]*')"""
_LEVELS = "each runtime is compiled only for its level"
# Settings that would change what is compiled, and what to say instead.
_REFUSED = {
    "all-features": "name the features in `[tool.maturin] features` or in a runtime",
    "cargo-extra-args": "write its options as settings here, or in `.cargo/config.toml`",
    "config": "put it into `.cargo/config.toml`, which every build reads",
    "frozen": (
        "`locked = true`, and `offline = true` in `[net]` of `.cargo/config.toml` or "
        "`CARGO_NET_OFFLINE=true`"
    ),
    "rustc-args": f"{_LEVELS}; put flags for all runtimes into `.cargo/config.toml`",
    "rustc-extra-args": f"{_LEVELS}; put flags for all runtimes into `.cargo/config.toml`",
    "unstable-flags": "put `[unstable]` into `.cargo/config.toml`",
}
# Those of them that would change the code.
_COMPILED = ("all-features", "cargo-extra-args", "rustc-args", "rustc-extra-args")
# cargo's profile of maturin's wheels, and of ours.
_RELEASE = "release"
# Settings with the only values that hold for runtimes anyway.
_USUAL = (
    ("bindings", ("pyo3", "pyo3-ffi"), "runtimes are modules of PyO3"),
    (
        "compatibility",
        ("pypi",),
        "the tag states what the files need; `glibc` in `[tool.rtvariants]` limits it",
    ),
)


def adopt(config: Config, data: Mapping[str, Any]) -> Config:
    """Return the configuration with the features that `[tool.maturin]` gives all runtimes.

    maturin has no extension module outside of packages: a name without a package is that of both.

    Any other build backend does not read the table. Raises `ConfigError` with every setting that
    contradicts `[tool.rtvariants]` or can't be followed.
    """
    settings = data.get("tool", {}).get("maturin", {})
    if wrapped.called(config.root, data) != BACKEND:
        if left := _unread(settings, config):
            raise ConfigError(left)
        return config
    if "." not in config.module:
        config = replace(config, module=f"{config.module}.{config.module}")
    problems = [*_refused(settings), *_contradictions(settings, config)]
    problems += _unlocked(settings, config)
    features = settings.get("features", [])
    if not isinstance(features, list) or not all(isinstance(f, str) for f in features):
        problems.append(
            Problem(
                f"not a list of cargo features: {features!r}",
                "features can't depend on the Python version: with the stable ABI, one build "
                "serves every version",
                where=f"{_WHERE}.features",
            )
        )
        features = []
    # As cargo does, it takes several in one text.
    features = [name for text in features for name in re.split(r"[\s,]+", text) if name]
    problems += _allocators(features)
    pgo, found = _profiles(settings, config.pgo)
    problems += found
    if os.environ.get(_ARGUMENTS, "").strip():
        hint = "write them in `[tool.maturin]` or in a runtime, and unset the variable"
        problems.append(Problem(f"arguments that can't be followed: `{_ARGUMENTS}`", hint))
    if problems:
        raise ConfigError(problems)
    default = not settings.get("no-default-features")
    runtimes = tuple(
        replace(
            r,
            features=tuple(dict.fromkeys((*features, *r.features))),
            default_features=r.default_features and default,
        )
        for r in config.runtimes
    )
    profile = config.profile if config.profile != _RELEASE else settings.get("profile", _RELEASE)
    return replace(config, runtimes=runtimes, pgo=pgo, profile=profile)


def _profiles(settings: Mapping[str, Any], pgo: PgoConfig) -> tuple[PgoConfig, list[Problem]]:
    """Return the settings of profiles with maturin's command, where a build is to use it.

    As with maturin, its command alone turns nothing on.
    """
    command = settings.get("pgo-command") or ""
    where = f"{_WHERE}.pgo-command"
    if not isinstance(command, str):
        return pgo, [Problem(f"not a text: {command!r}", "write one command", where=where)]
    asked = _asks_for_profiles()
    if asked and not (pgo.command or command or pgo.profiles):
        hint = 'write `command = "…"` in `[tool.rtvariants.pgo]`, or unset the variable'
        return pgo, [Problem(f"`{PGO}` without a command", hint)]
    if asked or pgo.profiles or pgo.mode == "run":
        return replace(pgo, command=pgo.command or command), []
    return pgo, []


def _asks_for_profiles() -> bool:
    return os.environ.get(PGO, "").lower() not in _NO


def command(data: Mapping[str, Any]) -> str:
    """Return maturin's command for profiles, where its own build would use it; else nothing."""
    said = data.get("tool", {}).get("maturin", {}).get("pgo-command")
    return said if isinstance(said, str) and _asks_for_profiles() else ""


def _unread(settings: Mapping[str, Any], config: Config) -> list[Problem]:
    """Report what a table that nobody reads would change in a runtime, such as after a move."""
    features, bare = settings.get("features", []), settings.get("no-default-features")
    asked = {
        "features": not all(feature in r.features for r in config.runtimes for feature in features),
        "no-default-features": bare and any(r.default_features for r in config.runtimes),
        **{key: settings.get(key) for key in _COMPILED},
        "profile": settings.get("profile", _RELEASE) not in (_RELEASE, config.profile),
    }
    return [
        Problem(
            f"setting that the build backend does not read: `{key}`",
            "write it at the runtimes in `[tool.rtvariants]`, or remove it",
            where=f"{_WHERE}.{key}",
        )
        for key, changes in asked.items()
        if changes
    ]


def _refused(settings: Mapping[str, Any]) -> list[Problem]:
    found = [
        Problem(f"setting that can't be followed: `{key}`", hint, where=f"{_WHERE}.{key}")
        for key, hint in _REFUSED.items()
        if settings.get(key)
    ]
    for key, usual, hint in _USUAL:
        if settings.get(key, usual[0]) not in usual:
            what = f"setting that can't be followed: `{key} = {settings[key]!r}`"
            found.append(Problem(what, hint, where=f"{_WHERE}.{key}"))
    profile = settings.get("profile", _RELEASE)
    if not isinstance(profile, str):
        found.append(Problem(f"not a text: {profile!r}", "name one profile", f"{_WHERE}.profile"))
    if settings.get("editable-profile", profile) not in (_RELEASE, profile):
        found.append(
            Problem(
                f"setting that can't be followed: `editable-profile = "
                f"{settings['editable-profile']!r}`",
                "editable installs have the files of a wheel: write the same as `profile`",
                where=f"{_WHERE}.editable-profile",
            )
        )
    for target, table in settings.get("target", {}).items():
        if "macos-deployment-target" in table:
            where = f"{_WHERE}.target.{target}.macos-deployment-target"
            hint = "set `MACOSX_DEPLOYMENT_TARGET` in the environment of the build"
            what = "setting that can't be followed: `macos-deployment-target`"
            found.append(Problem(what, hint, where=where))
    return found


def _unlocked(settings: Mapping[str, Any], config: Config) -> list[Problem]:
    """Report `locked` without a Cargo.lock: every build that has one passes `--locked`."""
    folders = (config.crate, *config.crate.parents)
    if not settings.get("locked") or any((p / "Cargo.lock").is_file() for p in folders):
        return []
    return [Problem("no Cargo.lock", "cargo generate-lockfile", where=f"{_WHERE}.locked")]


def _allocators(features: list[str]) -> list[Problem]:
    return [
        Problem(
            f"allocator among the features: `{feature}`",
            f'write `allocator = "{allocator.name}"` in the runtimes that need it',
            where=f"{_WHERE}.features",
        )
        for feature, allocator in by_feature().items()
        if feature in features
    ]


def _contradictions(settings: Mapping[str, Any], config: Config) -> list[Problem]:
    found = []
    module = settings.get("module-name", config.module)
    # A name without a package is that of the package and of the module in it.
    if config.module not in (module, f"{module}.{module}"):
        what = f"module named `{module}` here, `{config.module}` in `[tool.rtvariants]`"
        found.append(Problem(what, "use the same name in both", where=f"{_WHERE}.module-name"))
    manifest = settings.get("manifest-path")
    if manifest and (config.root / manifest).resolve() != (config.crate / "Cargo.toml").resolve():
        what = f"another crate than in `[tool.rtvariants]`: `{manifest}`"
        crate = os.path.relpath(config.crate, config.root.resolve())
        hint = f'`[tool.rtvariants]` has `crate = "{crate}"`'
        found.append(Problem(what, hint, where=f"{_WHERE}.manifest-path"))
    return found


def python_source(root: Path, data: Mapping[str, Any], package: str) -> Path:
    """Return the folder that holds the Python package, by maturin's own rules (its guide, 1.16)."""
    settings = data.get("tool", {}).get("maturin", {})
    named = settings.get("python-source")
    if named:
        return Path(root, named).resolve()
    with_rust = (root / "rust" / "Cargo.toml").is_file()
    if with_rust and (root / "src" / package.replace(".", "/") / "__init__.py").is_file():
        return root / "src"
    return root


def moved(files: Mapping[str, bytes], data: Mapping[str, Any]) -> str:
    """Return pyproject.toml of an sdist into which maturin has brought crates from outside.

    maturin then moves the whole tree of crates, and writes the crate's new place into its own
    table; this writes it into ours. `data` is the project's own file. The result is empty if
    another tool wrote the sdist, or maturin moved nothing.
    """
    if not may_be_maturins(data):
        return ""
    text = files["pyproject.toml"].decode()
    try:
        manifest = toml.parse(files["pyproject.toml"])["tool"]["maturin"]["manifest-path"]
    except KeyError:
        return ""
    crate = PurePosixPath(manifest).parent.as_posix()
    if "crate" not in data["tool"]["rtvariants"]:
        return text if manifest in files else ""  # It follows maturin's own.
    head, table, rest = text.partition("[tool.rtvariants]")
    new = head + table + re.sub(_CRATE, lambda m: f'{m[1]}"{crate}"', rest, count=1)
    there = toml.parse(new.encode())["tool"]["rtvariants"]["crate"] == crate
    return new if there and manifest in files else ""


def alike(one: bytes, other: bytes) -> bool:
    """Return whether two pyproject.toml with maturin differ only in the places of crates."""
    first, second = (_without_places(toml.parse(text)) for text in (one, other))
    return may_be_maturins(first) and first == second


def may_be_maturins(data: Mapping[str, Any]) -> bool:
    """Return whether maturin may have written an sdist; a module of the tree may call it."""
    return pyproject.backend(data) == BACKEND or "backend-path" in data.get("build-system", {})


def _without_places(data: dict[str, Any]) -> dict[str, Any]:
    tool = dict(data.get("tool", {}))
    for name, key in (("maturin", "manifest-path"), ("rtvariants", "crate")):
        tool[name] = {k: v for k, v in tool.get(name, {}).items() if k != key}
    return {**data, "tool": tool}
