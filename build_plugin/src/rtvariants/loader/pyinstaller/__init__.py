"""Where PyInstaller finds the hook of this package; the wheel's entry point names the function."""

import importlib
import os


def hook_dirs() -> "list[str]":
    """Return the folder of the hook, and those of the distribution's other native modules."""
    here = os.path.dirname(os.path.abspath(__file__))
    loader = importlib.import_module(str(__package__).rpartition(".")[0])
    site = os.path.dirname(os.path.dirname(here))
    return [here, *(os.path.join(site, peer, "pyinstaller") for peer in loader.PEERS)]
