"""Where PyInstaller finds the hook of this package; the wheel's entry point names the function."""

import os


def hook_dirs() -> "list[str]":
    """Return the folder of the hook."""
    return [os.path.dirname(os.path.abspath(__file__))]
