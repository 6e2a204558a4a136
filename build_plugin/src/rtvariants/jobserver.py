"""One jobserver for all cargos of a run, in the form that GNU make of any age understands."""

from __future__ import annotations

import contextlib
import os
import select
from collections.abc import Iterator


class Pool:
    """A jobserver's tokens. Each lane holds one by right; one that is done gives its own away.

    So does a lane that waits, which takes one again before it goes on.
    """

    def __init__(self, env: dict[str, str], pipe: tuple[int, ...]) -> None:
        self.env = env
        self.pipe = pipe

    def give_back(self) -> None:
        """Let others have the token of a lane that is at its end, or waits."""
        if self.pipe:
            os.write(self.pipe[1], b"+")

    def take(self) -> None:
        """Wait for a token: there is one at the latest when another lane is at its end."""
        while self.pipe:
            select.select(self.pipe[:1], [], [])
            # Some compiler may be faster, or have made the pipe one that does not wait.
            with contextlib.suppress(BlockingIOError):
                os.read(self.pipe[0], 1)
                return


@contextlib.contextmanager
def jobserver(cpus: int, width: int) -> Iterator[Pool]:
    """Share `cpus` jobs between `width` cargos, each of which may run one without asking."""
    progress = {"CARGO_TERM_PROGRESS_WHEN": "always", "CARGO_TERM_PROGRESS_WIDTH": "80"}
    if "CARGO_MAKEFLAGS" in os.environ:
        yield Pool(progress, ())  # We are part of a larger build, which shares its own tokens.
        return
    if os.name != "posix":
        yield Pool({**progress, "CARGO_BUILD_JOBS": str(max(1, cpus // width))}, ())
        return
    # A pipe and not a named one: GNU make before 4.4, which C dependencies are built with on
    # Debian 12 and Ubuntu 22.04, ends with an error where it is given `fifo:`.
    pipe = os.pipe()
    try:
        os.write(pipe[1], b"+" * (cpus - width))
        fds = f"{pipe[0]},{pipe[1]}"
        flags = f"-j --jobserver-fds={fds} --jobserver-auth={fds}"
        yield Pool({**progress, "CARGO_MAKEFLAGS": flags}, pipe)
    finally:
        os.close(pipe[0])
        os.close(pipe[1])
