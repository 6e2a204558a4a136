"""The folder `build/lib`, which setuptools keeps between builds and packs as a whole.

A file that the project has no longer stays there, and a copy that is newer than the project's file
is not replaced, so both would be in the wheel.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


@contextlib.contextmanager
def renewed(command: Any) -> Iterator[None]:
    """Let the command copy every Python file, and name the files that no build has written since.

    They stay in the wheel: a build step of the project's own may have found them up to date.
    """
    command.get_finalized_command("build_py").force = True
    folder = Path(command.get_finalized_command("build").build_lib)
    before = _states(folder)
    yield
    same = {path for path, state in _states(folder).items() if before.get(path) == state}
    left = sorted(same.difference(_outputs(command)))
    if left:
        more = f", and {len(left) - 1} more" if len(left) > 1 else ""
        sys.stderr.write(
            "warning: in the wheel, although only an earlier build has written it: "
            f"`{left[0]}`{more}\n"
            f"hint: remove the folder `{folder}` and build again\n"
        )


def _states(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return what changes about each file when it is written, even with the time of its source."""
    files = (Path(above, name) for above, _, names in os.walk(folder) for name in names)
    return {path: (s.st_mtime_ns, s.st_ctime_ns) for path in files for s in [path.stat()]}


def _outputs(command: Any) -> set[Path]:
    """Return what the steps of the build say that they write."""
    steps = [*command.get_finalized_command("build").get_sub_commands()]
    found = (command.get_finalized_command(name) for name in steps)
    return {Path(f) for step in found if hasattr(step, "get_outputs") for f in step.get_outputs()}
