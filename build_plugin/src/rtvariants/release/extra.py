"""Modules of the extra `release`, imported late, with a hint if they are not installed."""

from __future__ import annotations

import importlib
from typing import Any

from rtvariants.errors import MachineError


def needs(module: str) -> Any:
    """Return a module of the extra; raises `MachineError` if it is not installed."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise MachineError(
            f"not installed: `{error.name}`", 'run `pip install "rtvariants[release]"`'
        ) from error
