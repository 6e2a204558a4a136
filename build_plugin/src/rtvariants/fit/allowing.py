"""What allows functions above a level in a project that belongs to somebody else: a file."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rtvariants.config import toml
from rtvariants.errors import Problem, VerifyError

from . import table as tables

if TYPE_CHECKING:
    from rtvariants.verify.above import AboveProblem

_FILE = "allow.toml"


@contextlib.contextmanager
def worded(given: Mapping[str, Any], file: str) -> Iterator[None]:
    """Let violations name a file for `--config`, and the table to write into it.

    `given` is the table that the build was given, and `file` the one that it is from, if that is
    the user's own.
    """
    try:
        yield
    except VerifyError as error:
        raise VerifyError(_problems(error.problems, given, file)) from None


def _problems(
    problems: tuple[Problem, ...], given: Mapping[str, Any], file: str
) -> Iterator[Problem]:
    from rtvariants.verify.above import AboveProblem  # slow to import

    found = [problem for problem in problems if isinstance(problem, AboveProblem)]
    for problem in problems:
        if not isinstance(problem, AboveProblem):
            yield problem
            continue
        cure = f"{problem.cure}; " if problem.rule == "constructors" else ""
        how = "allow it as below" if problem is not found[-1] else _how(given, found, file)
        yield replace(problem, hint=f"{cure}if the code checks the CPU before it runs this, {how}")


def _how(given: Mapping[str, Any], found: list[AboveProblem], file: str) -> str:
    entries = [toml.parse(f"entry = {problem.entry}".encode())["entry"] for problem in found]
    # One entry allows what a crate does early and late.
    new = [entry for at, entry in enumerate(entries) if entry not in entries[:at]]
    table = {**given, "allow-instructions": [*given.get("allow-instructions", []), *new]}
    how = f"write this table to {file}" if file else f"add `--config {_FILE}` with this table in it"
    keep = "" if os.environ.get("CARGO_TARGET_DIR") else (
        "; `CARGO_TARGET_DIR=DIR` keeps what is compiled for the next build"
    )  # fmt: skip
    return f"{how}{keep}:\n{tables.text(table)}".rstrip()
