"""A build backend over hatchling, for a project that carries this package in its own tree.

```toml
[build-system]
requires = ["hatchling", "archspec", "packaging", "pyelftools", "abi3info", "iced-x86", "capstone"]
build-backend = "rtvariants.backends.in_tree"
backend-path = ["build_plugin/src"]
```

An entry point exists only for an installed package; here the hook is registered and enabled by
hand. Everything else is hatchling's.
"""

from __future__ import annotations

import os
from typing import Any

from hatchling.builders.constants import EDITABLES_REQUIREMENT
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder
from hatchling.metadata.core import ProjectMetadata
from hatchling.plugin.manager import PluginManager

from rtvariants.errors import exit_on_error

from . import hatchling

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "get_requires_for_build_sdist",
    "get_requires_for_build_wheel",
]

Settings = dict[str, Any] | None


def _builder(kind: type[Any]) -> Any:
    root = os.getcwd()
    manager = PluginManager()
    # Reading a register prepares hatchling's manager for plugins.
    manager.build_hook.collect()
    if not manager.manager.is_registered(hatchling):
        manager.manager.register(hatchling)
    raw = ProjectMetadata(root, manager).config
    build = raw.setdefault("tool", {}).setdefault("hatch", {}).setdefault("build", {})
    build.setdefault("hooks", {}).setdefault(hatchling.RtvariantsHook.PLUGIN_NAME, {})
    return kind(root, plugin_manager=manager, config=raw)


def get_requires_for_build_wheel(config_settings: Settings = None) -> list[str]:
    """Return what hatchling's hooks ask for: `puccinialin` where there is no cargo."""
    del config_settings  # They are read, or refused, when something is built.
    return list(_builder(WheelBuilder).config.dependencies)


def get_requires_for_build_editable(config_settings: Settings = None) -> list[str]:
    """Return the same as for a wheel, and what hatchling needs for editable ones."""
    return [*get_requires_for_build_wheel(config_settings), EDITABLES_REQUIREMENT]


def get_requires_for_build_sdist(config_settings: Settings = None) -> list[str]:
    """Return what an sdist needs; never a toolchain."""
    del config_settings  # They are read, or refused, when something is built.
    return list(_builder(SdistBuilder).config.dependencies)


def build_wheel(
    wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None
) -> str:
    """Build every runtime and write one wheel; returns its file name."""
    del metadata_directory  # hatchling writes the same metadata again.
    return _write(WheelBuilder, wheel_directory, "standard", config_settings)


def build_editable(
    wheel_directory: str, config_settings: Settings = None, metadata_directory: str | None = None
) -> str:
    """Build every runtime and write a wheel that points at the tree for everything else."""
    del metadata_directory
    return _write(WheelBuilder, wheel_directory, "editable", config_settings)


def build_sdist(sdist_directory: str, config_settings: Settings = None) -> str:
    """Write the sdist without running cargo; returns its file name."""
    return _write(SdistBuilder, sdist_directory, "standard", config_settings)


def _write(kind: type[Any], directory: str, version: str, settings: Settings) -> str:
    from rtvariants.config import load  # not for those who only ask for requirements

    with exit_on_error(), load.overriding(settings):
        built: str = next(_builder(kind).build(directory=directory, versions=[version]))
    return os.path.basename(built)
