"""Folders in `target` that tests build in, the same in all sessions, and files in others."""

import os
import tarfile
from pathlib import Path

TARGET = Path(__file__).resolve().parents[2] / "target"


def scratch(name):
    """Return the folder of a name; where tests run side by side, each worker has its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    return TARGET / (f"{name}-{worker}" if worker else name)


def lay_out(root, files):
    """Write texts by their path below a folder, which is returned."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root


def unpack(archive, folder):
    """Unpack a tar file with Python's filter for data."""
    with tarfile.open(archive) as file:
        if hasattr(tarfile, "data_filter"):
            file.extractall(folder, filter="data")
        else:  # Debian 12's Python 3.11.2 and others of its time have no filters yet.
            file.extractall(folder)
