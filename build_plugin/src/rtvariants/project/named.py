"""The files that Rust code and build scripts name by a path in the code.

`include_str!("../../README.md")`, `#[path = "…"]`, `#[folder = "assets/"]` and what a build script
compiles or reads lie anywhere. Only rustc and the scripts themselves know all of them, but most are
named by a literal, and can be found without a build.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

# A literal without escapes: a path has none.
_LITERAL = re.compile(r'"([^"\\\n]+)"')
# rustc reads these files itself, wherever they are.
_INCLUDED = re.compile(r'\binclude(?:_str|_bytes)?!\s*[(\[{]\s*"([^"\\\n]+)"')
_FROM_CRATE = re.compile(r'env!\s*\(\s*"CARGO_MANIFEST_DIR"\s*\)\s*,\s*"/?([^"\\\n]+)"')
# Where a pattern or a format begins, the path is known no longer.
_OPEN = re.compile(r"[{*?\[$]")


def by_code(file: Path, crate: Path) -> Iterator[Path]:
    """Yield the files and folders outside of `src` that a Rust file of a crate may read."""
    for literal in _LITERAL.findall(_text(file)):
        # A word alone is hardly a path.
        if "/" in literal or "." in literal[1:]:
            yield from _existing(literal, file.parent)
            yield from _existing(literal, crate)


def included(file: Path, crate: Path) -> Iterator[Path]:
    """Yield the paths that rustc itself reads for a Rust file, whether they exist or not."""
    text = _text(file)
    for literal in _INCLUDED.findall(text):
        yield _join(file.parent, literal)
    for literal in _FROM_CRATE.findall(text):
        yield _join(crate, literal)


def by_script(file: Path, crate: Path) -> Iterator[Path]:
    """Yield the files and folders that a build script may read, or let a compiler read."""
    for literal in _LITERAL.findall(_text(file)):
        # cargo::rerun-if-changed=csrc/sum.c
        yield from _existing(literal.rpartition("=")[2], crate)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""  # What copies the file says why.


def _existing(literal: str, folder: Path) -> Iterator[Path]:
    known = _OPEN.split(literal)[0]
    if known != literal:
        known = known.rpartition("/")[0]
    known = known.strip()
    if not known or os.path.isabs(known) or len(known) > 255:
        return
    path = _join(folder, known)
    # Not what contains the crate itself: `..` and `./` are no sources.
    if path != folder and path not in folder.parents and os.path.exists(path):
        yield path


def _join(folder: Path, path: str) -> Path:
    return Path(os.path.normpath(folder / path))
