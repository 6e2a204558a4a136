"""Rules about the bytes of a file: its instructions, and paths in it."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from rtvariants.verify import above

from .model import BuiltFile, Violation


def build_paths(file: BuiltFile) -> Iterator[Violation]:
    """The file contains no path of the build machine."""
    for path in file.contract.private_paths:
        text = os.fsencode(str(path))
        # Literals follow each other in the file without a byte between them, so anything may stand
        # before a path. A folder such as /root, though, may be the middle of a harmless one. What
        # stands before is checked last: a pattern that begins with plain text is fast to find.
        alone = rb"" if len(path.parts) > 2 else rb"(?<![\w./-]%b)" % re.escape(text)
        found = re.search(re.escape(text) + alone + rb"[/\\][\x20-\x7e]{0,80}", file.shipped)
        if found:
            hint = (
                'a build script or macro puts it there: look for `env!("CARGO_MANIFEST_DIR")` and '
                "generated code"
            )
            yield f"path of the build machine in the file: `{found[0].decode()}`", hint


def instructions(file: BuiltFile) -> Iterator[Violation]:
    """No function needs more than the level, except those that an entry allows."""
    yield from ((problem.what, problem.hint) for problem in above.instructions([_found(file)]))


def constructors(file: BuiltFile) -> Iterator[Violation]:
    """What runs while the file is loaded is at the baseline: no guard is in front of it."""
    yield from ((problem.what, problem.hint) for problem in above.constructors([_found(file)]))


def _found(file: BuiltFile) -> above.Found:
    return above.Found(file.build.runtime, file.contract.level, file.audit)
