"""One jobserver for all cargos of a run, in the form that every GNU make understands."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator


class Pool:
    """A jobserver's tokens, in addition to the one that each lane holds from the start."""

    def __init__(self, env: dict[str, str], pipe: tuple[int, ...]) -> None:
        self.env = env
        self.pipe = pipe


class Job:
    """The job that each lane holds from the start, until it waits or ends.

    A lane that has waited continues without a token: the compilers that waited for one before get
    every token that becomes free, for minutes. So one job too many may run until another lane ends;
    the number of tokens stays right.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._held = True

    def give_back(self) -> None:
        """Give the job to others, once."""
        if self._held and self._pool.pipe:
            os.write(self._pool.pipe[1], b"+")
        self._held = False


@contextlib.contextmanager
def jobserver(cpus: int, width: int) -> Iterator[Pool]:
    """Share `cpus` jobs between `width` cargos, each of which may run one without asking."""
    # Wide, so that the bar names all crates that are being compiled.
    progress = {"CARGO_TERM_PROGRESS_WHEN": "always", "CARGO_TERM_PROGRESS_WIDTH": "300"}
    if "CARGO_MAKEFLAGS" in os.environ:
        yield Pool(progress, ())  # We are part of a larger build, which shares its own tokens.
        return
    if os.name != "posix":
        yield Pool({**progress, "CARGO_BUILD_JOBS": str(max(1, cpus // width))}, ())
        return
    # A pipe and not a named one: GNU make before 4.4, which builds C dependencies on Debian 12 and
    # Ubuntu 22.04, fails on `fifo:`.
    pipe = os.pipe()
    try:
        os.write(pipe[1], b"+" * (cpus - width))
        fds = f"{pipe[0]},{pipe[1]}"
        flags = f"-j --jobserver-fds={fds} --jobserver-auth={fds}"
        yield Pool({**progress, "CARGO_MAKEFLAGS": flags}, pipe)
    finally:
        os.close(pipe[0])
        os.close(pipe[1])
