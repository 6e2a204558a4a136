"""The wheel that a project's own backend makes, with what it asked cargo to build.

pip builds it in an isolated environment with the project's own requirements. cargo is replaced by
a program that compiles nothing (`stand_in`); if a backend needs more of a build than that, the
real cargo builds, which takes longer.
"""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rtvariants.archives import wheel as archives
from rtvariants.archives.wheel import Wheel
from rtvariants.compile.processes import kill
from rtvariants.config import pyproject, tool_maturin, wrapped
from rtvariants.errors import Problem, RtvariantsError
from rtvariants.toolchain import stand_in
from rtvariants.toolchain.cargo_config import target_directory
from rtvariants.toolchain.commands import missing_toolchain

from . import source

# The last lines of a failed build are the ones that say why.
_SHOWN = 40
# Seconds of silence, until one wonders what goes on.
_PATIENCE = 10.0
_STUB = '#!/bin/sh\nexec {python} -I -S {program} "$@"\n'
_STUB_OF_WINDOWS = '@"{python}" -I -S "{program}" %*\r\n'


# The values of maturin's `bindings` for projects without an extension module of Python.
_OTHERS = {"bin": "a program", "cffi": "a library for cffi", "uniffi": "a library for uniffi"}


class PlainError(RtvariantsError):
    """The project's own backend makes no wheel; `log` is what it said."""


@dataclass(frozen=True)
class Call:
    """How the backend called cargo for one library, and what its environment had."""

    argv: tuple[str, ...]
    manifest: Path
    known_features: tuple[str, ...]
    crate_types: tuple[str, ...]
    environ: Mapping[str, str]


@dataclass(frozen=True)
class Plain:
    """The plain wheel; `calls` are in the order in which they were made.

    `compiled` is set where the real cargo made the natives: they do not name their call then.
    """

    wheel: Wheel
    calls: Sequence[Call]
    compiled: bool = False
    variables: Mapping[str, str] = field(default_factory=dict)


def require_module(root: Path) -> None:
    """Raise `PlainError` where `[tool.maturin]` names bindings without an extension module."""
    bindings = pyproject.read(root).get("tool", {}).get("maturin", {}).get("bindings")
    if bindings in _OTHERS:
        raise PlainError(*_no_module(bindings))


def _no_module(bindings: str) -> tuple[str, str]:
    what = f"the project is {_OTHERS[bindings]} and has no extension module"
    return what, "a runtime is a build of an extension module; `pip wheel` builds the project"


def made(root: Path, cargo: str, folder: Path, python: str = "") -> Plain:
    """Build the plain wheel of a copy of the project; raises `PlainError` with the log.

    `python` is the interpreter that the wheel is for, by default this one.
    """
    first = _built(root, cargo, folder / "plain", python, compile_=False)
    if isinstance(first, Plain):
        return first
    if (folder / "plain/bin" / stand_in.PROGRAM).exists():
        raise PlainError(*_no_module("bin"))
    if not any((folder / "plain/bin").glob("call-*.json")):
        raise _failed(root, first)
    sys.stderr.write("rtvariants: the backend needs what cargo makes: compiling once more for it\n")
    second = _built(root, cargo, folder / "compiled", python, compile_=True)
    if isinstance(second, Plain):
        return second
    raise _failed(root, second)


def _failed(root: Path, log: str) -> PlainError:
    if missing := missing_toolchain(log):
        return PlainError(missing)
    lines = log.strip().splitlines()
    sys.stderr.write("\n".join(lines[-_SHOWN:]) + "\n")
    hint = f"see its output above; `pip wheel --no-deps {root.name}` shows all of it"
    return PlainError(Problem("the project's own backend fails to build a wheel", hint))


def _built(root: Path, cargo: str, folder: Path, python: str, *, compile_: bool) -> Plain | str:
    """Return the wheel, or the log of a build that failed."""
    program = folder / "bin"
    program.mkdir(parents=True)
    stub = _installed(program, cargo, compile_=compile_, alone=_is_maturin(root))
    out = folder / "wheel"
    env = {
        **os.environ,
        "CARGO": str(stub),
        # The runtimes are built with profiles; nothing of the plain module stays.
        tool_maturin.PGO: "0",
        "PATH": os.pathsep.join([str(program), os.environ.get("PATH", os.defpath)]),
    }
    # The plain wheel is for this machine; the tag is that of the runtimes.
    env.pop("CARGO_BUILD_TARGET", None)
    if not compile_:
        # What stands in for a library must not replace one that cargo has compiled. In the copy
        # there is none, and some backends look for the library only there.
        env.pop("CARGO_TARGET_DIR", None)
        if not target_directory(cargo, root, root, env).is_relative_to(root):
            env["CARGO_TARGET_DIR"] = str(folder / "target")
    words = ["wheel", "--no-deps", "--wheel-dir", str(out), str(root)]
    argv = source.pip(*(["--python", python] if python else []), *words)
    status, log = _run(argv, root, env, program)
    wheels = sorted(out.glob("*.whl"))
    if status or not wheels:
        return log
    calls = [_call(json.loads(p.read_text("utf-8"))) for p in sorted(program.glob("call-*.json"))]
    return Plain(archives.read(wheels[0]), calls, compile_, env)


def _run(argv: Sequence[str], cwd: Path, env: Mapping[str, str], program: Path) -> tuple[int, str]:
    """Run pip, and return its exit status and its output.

    What takes long is said: that the real cargo compiles, which `program` is the folder of a note
    about. After an interrupt, nothing that pip has started goes on to write into the folders.
    """
    # A session of its own, so that the backend and cargo are killed together with pip.
    process = subprocess.Popen(
        argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    shown = ""
    try:
        while True:
            with contextlib.suppress(subprocess.TimeoutExpired):
                said, _ = process.communicate(timeout=_PATIENCE)
                return process.returncode, said.decode("utf-8", "replace")
            with contextlib.suppress(OSError):
                now = (program / stand_in.COMPILED).read_text("utf-8")
                if now != shown:
                    sys.stderr.write(f"rtvariants: the backend itself compiles: `cargo {now}`\n")
                shown = now
    except BaseException:
        kill(process)
        process.communicate()
        raise


def _is_maturin(root: Path) -> bool:
    """Return whether maturin writes the wheel: it then has one module, or programs alone."""
    return wrapped.called(root, pyproject.read(root)).partition(".")[0] == "maturin"


def _installed(folder: Path, cargo: str, *, compile_: bool, alone: bool) -> Path:
    """Put the program that stands in for cargo into a folder; returns its path."""
    copied = Path(shutil.copy(str(stand_in.__file__), folder / "stand_in.py"))
    settings = {
        "cargo": cargo,
        "rustc": os.environ.get("RUSTC", "rustc"),
        "compile": compile_,
        "alone": alone,
        "environ": {name: os.environ.get(name) for name in ("CARGO", "PATH")},
    }
    (folder / stand_in.SETTINGS).write_text(json.dumps(settings), encoding="utf-8")
    if os.name == "nt":
        stub = folder / "cargo.cmd"
        text = _STUB_OF_WINDOWS.format(python=sys.executable, program=copied)
    else:
        stub = folder / "cargo"
        text = _STUB.format(python=shlex.quote(sys.executable), program=shlex.quote(str(copied)))
    stub.write_bytes(os.fsencode(text))
    stub.chmod(0o755)
    return stub


def _call(said: dict[str, Any]) -> Call:
    return Call(
        argv=tuple(said["argv"]),
        manifest=Path(said["manifest"]),
        known_features=tuple(said["features"]),
        crate_types=tuple(said["crate_types"]),
        environ=said["environ"],
    )
