"""What cargo says while it works: JSON on stdout, a progress bar and warnings on stderr."""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Callable, Iterable
from typing import IO, Any

from rtvariants.toolchain.metadata import identity

from .artifact import Message
from .progress import Progress

_STEP = re.compile(rb"\s*Building \[[^\]]*\] (\d+)/(\d+)(?:: ([^\r\n\x1b]*))?")
# `CARGO_TERM_COLOR=always`, as CI systems set it, is the user's choice for what is shown.
_COLOUR = re.compile(rb"\x1b\[[0-9;]*m")
_CLEAR = b"\x1b[K"
# cargo's own lines begin with a word that is aligned to the right.
_STATUS = re.compile(r" {2,}[A-Z][a-z]+ ")


def read(
    stdout: Iterable[bytes],
    seen: Callable[[str], None],
    complete: Callable[[str], None] | None = None,
) -> list[Message]:
    """Read all messages of a cargo; `seen` is called for each, with the crate that is ready.

    That may be its build script; `complete` is called with a crate that is ready itself.
    """
    found = []
    for line in stdout:
        message: Any = None
        # A build script or linker may print lines of its own.
        with contextlib.suppress(ValueError):
            message = json.loads(line)
        if not isinstance(message, dict):
            seen("")
            continue
        found.append(message)
        ready = message.get("reason") == "compiler-artifact"
        crate = identity(message["package_id"])[0] if ready else ""
        seen(crate)
        if complete and crate and "custom-build" not in message.get("target", {}).get("kind", ()):
            complete(crate)
    return found


def watch(stderr: IO[bytes], runtime: str, log: list[str], progress: Progress) -> None:
    """Read stderr to its end: cargo's progress bar becomes ours, all else goes to the log."""
    rest = b""
    while chunk := os.read(stderr.fileno(), 65536):
        *lines, rest = re.split(rb"(?<=[\r\n])", rest + chunk)
        for raw in lines:
            line = raw.replace(_CLEAR, b"")
            step = _STEP.match(_COLOUR.sub(b"", line))
            if step:
                names = (step[3] or b"").decode("utf-8", "replace").strip()
                progress.step(runtime, int(step[1]), int(step[2]), names)
            elif line.strip():
                log.append(line.decode("utf-8", "replace").replace("\r", ""))
    log.append(rest.decode("utf-8", "replace"))


def warnings(log: str) -> list[str]:
    r"""Return the compilers' warnings in cargo's log, each with all its lines.

    >>> warnings("   Compiling a v1\nwarning: unused\n --> src/lib.rs:1:1\n    Finished x\n")
    ['warning: unused\n --> src/lib.rs:1:1']
    """
    found: list[list[str]] = []
    inside = False
    for line in log.splitlines():
        plain = _COLOUR.sub(b"", line.encode()).decode()
        if plain.startswith("warning"):
            found.append([])
            inside = True
        elif _STATUS.match(plain):
            inside = False
        if inside:
            found[-1].append(line)
    return ["\n".join(lines) for lines in found]
