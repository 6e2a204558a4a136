"""The facts of the Python that runs this file: another Python runs it as a program, with `-I`.

It is read by every Python from 3.3 on, so it imports nothing of this package.
"""

import json
import os
import platform
import struct
import sys
import sysconfig
from importlib.machinery import EXTENSION_SUFFIXES


def facts() -> "dict[str, object]":
    """Return what `Interpreter` has, as plain values."""
    return {
        "executable": _executable(),
        "library": _library(),
        "implementation": sys.implementation.name,
        "version": list(sys.version_info[:2]),
        "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        "bits": struct.calcsize("P") * 8,
        "suffix": sysconfig.get_config_var("EXT_SUFFIX") or "",
        "suffixes": EXTENSION_SUFFIXES,
        "platform": _platform(),
        "libc": _libc(),
        "traced": hasattr(sys, "getobjects"),
    }


def _executable() -> str:
    """Return the program of the installation: that of a temporary environment has another path.

    Its path is an input of the compilation, and a new one would compile everything again.
    """
    base = getattr(sys, "_base_executable", None) or sys.executable
    real = os.path.realpath(base)
    return real if os.access(real, os.X_OK) else base


def _library() -> str:
    """Return the shared library of this Python, if it has one."""
    names = [sysconfig.get_config_var(name) or "" for name in ("LIBDIR", "INSTSONAME")]
    path = os.path.join(*names) if all(names) else ""
    return path if os.path.isfile(path) else ""


def _platform() -> str:
    """Return the platform; programs of macOS may have several machines in one file."""
    name = sysconfig.get_platform()
    if name.startswith("macosx") and platform.machine():
        return name.rpartition("-")[0] + "-" + platform.machine()
    return name


def _libc() -> str:
    if sys.platform != "linux":
        return ""
    # It knows glibc alone on older Pythons: on musl it finds nothing.
    return platform.libc_ver()[0] or "musl"


if __name__ == "__main__":
    sys.stdout.write(json.dumps(facts()))
