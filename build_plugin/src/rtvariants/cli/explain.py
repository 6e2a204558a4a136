"""Show which runtime an installed package gets on this machine, and why."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from rtvariants.errors import MachineError, Problem

# The current folder is not on the path: no installed package needs it, and it may have any file.
_HERE = "import sys\nif sys.path[:1] == ['']: del sys.path[0]\n"
_REPORT = _HERE + "import runpy; runpy.run_module(sys.argv.pop(1), run_name='__main__')\n"
# The Python in question runs this, without the plugin. It prints the loader of a package, which may
# be named by its import or its distribution, and what there is without a loader.
_FIND = (
    _HERE
    + r"""
import importlib.util, re
from importlib import metadata
name = sys.argv[1]
names = [re.sub(r"[^0-9A-Za-z_]", "_", name)]
try:
    files = (metadata.distribution(name).read_text("RECORD") or "").splitlines()
    names += [m[1] for f in files if (m := re.match(r"_(\w+)_loader/table\.py,", f))]
except (metadata.PackageNotFoundError, ValueError):
    pass
loaders = [f"_{n}_loader" for n in names]
found = [n for n in loaders if importlib.util.find_spec(n)]
there = [n for n in names if importlib.util.find_spec(n)]
print(found[0] if found else "", there[0] if there else "", sep="\n")
"""
)


@dataclass(frozen=True)
class _Said:
    code: int
    out: str
    err: str


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of `rtvariants explain`."""
    parser.add_argument("package", help="name of the package, or of its distribution")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--python", default=sys.executable, metavar="PATH",
        help="the Python that has the package installed, or its environment's folder "
        "(default: this one)",
    )  # fmt: skip
    parser.add_argument(
        "--no-load",
        action="store_true",
        help="do not load the extension module, and leave out what its guard says",
    )


def run(options: argparse.Namespace) -> int:
    """Print the report of the package's own loader; 1 if no runtime can be loaded."""
    python = _python(options.python)
    loader = _loader(python, options.package)
    words = ["--json"] if options.json else []
    quiet = ["--no-load"]
    said = _ask(python, "-c", _REPORT, loader, *words, *(quiet if options.no_load else []))
    if said.code < 0 and not options.no_load:
        # An extension module crashes the process: show what is known without loading it.
        again = shlex.join([python, "-X", "faulthandler", "-m", loader])
        print(f"error: loading ends the process: {_name(-said.code)}", file=sys.stderr)
        print(f"hint: report it together with the output of `{again}`", file=sys.stderr)
        said = _Said(1, _ask(python, "-c", _REPORT, loader, *words, *quiet).out, said.err)
    if said.code not in (0, 1) or not said.out:
        last = said.err.strip().splitlines()[-1:] or [_name(-said.code)]
        hint = "the loader of this package is damaged: reinstall the package"
        raise MachineError(f"`{loader}` can't report: {last[0]}", hint)
    sys.stdout.write(said.out)
    return said.code


def _python(given: str) -> str:
    path = Path(given)
    if path.is_dir():
        places = (path / "bin" / "python", path / "Scripts" / "python.exe")
        path = next((place for place in places if place.exists()), path)
    try:
        # Not resolved: the Python of an environment is a link, and its folder is what matters.
        said = _ask(str(path), "-c", "import sys; print(sys.version_info[0])")
    except OSError as error:
        raise _unusable(given, error.strerror or str(error)) from None
    if said.code or said.out.strip() != "3":
        raise _unusable(given, (said.err.strip().splitlines() or ["no Python 3"])[-1])
    return str(path)


def _unusable(given: str, why: str) -> MachineError:
    hint = "pass a Python that runs here, or the folder of its environment, to `--python`"
    return MachineError(f"can't run this Python: `{given}`: {why}", hint)


def _loader(python: str, package: str) -> str:
    said = _ask(python, "-c", _FIND, package)
    loader, _, there = said.out.strip("\r").partition("\n")
    if loader:
        return loader
    if there.strip():
        hint = "only packages that are built with `[tool.rtvariants]` have runtimes"
        raise MachineError(Problem(f"package without runtimes: `{package}`", hint))
    hint = "pass the Python of the environment that has it to `--python`"
    raise MachineError(Problem(f"`{package}` is not installed for `{python}`", hint))


def _ask(*argv: str) -> _Said:
    done = subprocess.run(
        argv, env={**os.environ, "PYTHONIOENCODING": "utf-8:backslashreplace"}, check=False,
        stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", errors="replace",
    )  # fmt: skip
    return _Said(done.returncode, done.stdout, done.stderr)


def _name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"exit code {-number}"
