"""The environment of a cargo process: the ambient one without what the frontend has added."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from .build import Command

#: Variables of the frontend's temporary environment; what reads them would be built again every
#: time.
SCRUBBED = ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "PYTHON_SYS_EXECUTABLE")
_FRONTEND_FOLDERS = ("pip-build-env-", "build-env-", "builds-v")


def environment(command: Command, ambient: Mapping[str, str]) -> dict[str, str]:
    """Return the whole environment of the cargo process, made from the ambient one."""
    env = {k: v for k, v in ambient.items() if k not in command.unset}
    env["PATH"] = stable_path(ambient.get("PATH", ""))
    env.update(command.env)
    return env


def stable_path(path: str) -> str:
    """Return PATH without the folders of temporary build environments.

    A folder that holds a compiler stays: dropping it could change what is built.
    """
    return os.pathsep.join(e for e in path.split(os.pathsep) if e and not _temporary(Path(e)))


def _temporary(folder: Path) -> bool:
    isolated = (folder.parent / "pyvenv.cfg").is_file() or any(
        part.startswith(_FRONTEND_FOLDERS) for part in folder.parts
    )
    tools = ("cargo", "rustc", "rustup", "cc", "gcc", "clang", "ld")
    return isolated and not any(
        (folder / f"{tool}{end}").exists() for tool in tools for end in ("", ".exe")
    )
