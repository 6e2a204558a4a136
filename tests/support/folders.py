"""Folders in `target` that tests build in, the same in all sessions: what is compiled stays."""

import os
from pathlib import Path

TARGET = Path(__file__).resolve().parents[2] / "target"


def scratch(name):
    """Return the folder of a name; where tests run side by side, each worker has its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    return TARGET / (f"{name}-{worker}" if worker else name)
