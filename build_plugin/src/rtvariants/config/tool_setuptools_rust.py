"""`[tool.setuptools-rust]` of a project that keeps it: what holds for every runtime.

The runtimes take the place of that module, so setuptools-rust does not build it any more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rtvariants.errors import ConfigError, Problem

from . import wrapped
from .model import Config

_WHERE = "tool.setuptools-rust.ext-modules"
_BACKEND = "setuptools.build_meta"
_FLAGS = "put flags for all runtimes into `.cargo/config.toml`"
# Settings that would change what is compiled, and what to say instead.
_REFUSED = {
    "debug": "runtimes are built with the profile that `[tool.rtvariants] profile` names",
    "env": "set the variables for the build, or in `[env]` of `.cargo/config.toml`",
    "native": "each runtime is compiled only for its level",
    "rustc-flags": _FLAGS,
}


def modules(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the tables of the extension modules; none where they can't be read."""
    table = data.get("tool", {}).get("setuptools-rust", {})
    found = table.get("ext-modules", []) if isinstance(table, Mapping) else []
    return [each for each in found if isinstance(each, Mapping)] if isinstance(found, list) else []


def adopt(config: Config, data: Mapping[str, Any]) -> Config:
    """Return the configuration with what setuptools-rust would build the module with.

    Raises `ConfigError` for settings that no runtime can get, and for another module.
    """
    found = modules(data)
    if not found or wrapped.called(config.root, data) != _BACKEND:
        return config
    targets = [str(each.get("target", "")) for each in found]
    if targets != [config.module]:
        named = ", ".join(f"`{target}`" for target in targets)
        raise ConfigError(
            Problem(
                f"two builders of extension modules: setuptools-rust builds {named}, and "
                f"`[tool.rtvariants]` builds `{config.module}`",
                "the runtimes replace the one extension module of `[tool.setuptools-rust]`: use "
                "the same name in both, and remove others",
                where="pyproject.toml",
            )
        )
    return _adopted(config, found[0])


def _adopted(config: Config, module: Mapping[str, Any]) -> Config:
    problems = [
        Problem(f"setting that can't be followed: `{key}`", hint, f"{_WHERE}.{key}")
        for key, hint in _REFUSED.items()
        if module.get(key)
    ]
    if module.get("binding", "PyO3") != "PyO3":
        what = f"setting that can't be followed: `binding = {module['binding']!r}`"
        problems.append(Problem(what, "runtimes are modules of PyO3", f"{_WHERE}.binding"))
    texts = [*module.get("features", [])]
    default, profile = True, config.profile
    words = iter(module.get("args", []))
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
            problems.append(Problem(f"argument that can't be followed: `{word}`", hint, _WHERE))
    if problems:
        raise ConfigError(problems)
    features = [name for text in texts for name in re.split(r"[\s,]+", text) if name]
    runtimes = tuple(
        replace(
            r,
            features=tuple(dict.fromkeys((*features, *r.features))),
            default_features=r.default_features and default,
        )
        for r in config.runtimes
    )
    return replace(config, runtimes=runtimes, profile=profile)
