"""The environment of a cargo process: the ambient one without what the frontend has added."""

from __future__ import annotations

from collections.abc import Mapping

from .build import Command

#: Variables of the frontend's temporary environment; what reads them would be built again every
#: time.
SCRUBBED = ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "PYTHON_SYS_EXECUTABLE")


def environment(command: Command, ambient: Mapping[str, str], path: str) -> dict[str, str]:
    """Return the whole environment of the cargo process, made from the ambient one and a PATH."""
    env = {k: v for k, v in ambient.items() if k not in command.unset}
    env["PATH"] = path
    env.update(command.env)
    return env
