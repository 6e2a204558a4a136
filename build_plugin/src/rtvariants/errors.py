"""The errors of the build plugin: one root, and the problems that an error carries.

Three words for trouble: an *error* is raised. It carries *problems*: of a configuration, of files,
of a machine. A problem that names its rule is a *violation* of that rule.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One fact that stops a build, where it was found, what fixes it, and the rule it breaks.

    >>> print(Problem("unknown level: `x86_64_v9`", hint="did you mean `x86_64_v3`?").render())
    unknown level: `x86_64_v9`
    hint: did you mean `x86_64_v3`?
    """

    what: str
    hint: str = ""
    where: str = ""
    rule: str = ""

    def render(self) -> str:
        """Return the problem as one fact, and its `hint:` line if it has one."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        if self.rule:
            head = f"[{self.rule}] {head}"
        return f"{head}\nhint: {self.hint}" if self.hint else head


def near(name: str, names: tuple[str, ...]) -> str:
    """Return a hint that names the closest spellings of `name`, or all of a short list."""
    import difflib  # Slow to import, and needed only after an error.

    word = name.lower().replace("-", "_")
    close = difflib.get_close_matches(word, names, n=3, cutoff=0.6)
    if not close and len(word) > 1:
        close = [n for n in names if word in n][:3]  # `v3`, or half of a name.
    if close:
        return "did you mean " + " or ".join(f"`{c}`" for c in close) + "?"
    return "known: " + ", ".join(f"`{n}`" for n in names)


class RtvariantsError(Exception):
    """Root of every error that this package raises on purpose; `problems` holds its parts."""

    def __init__(self, problems: Iterable[Problem] | Problem | str, hint: str = "") -> None:
        if isinstance(problems, str):
            problems = Problem(problems, hint)
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(problem.render() for problem in self.problems))


class ConfigError(RtvariantsError):
    """The configuration is wrong; holds every problem of the file at once."""


class MachineError(RtvariantsError):
    """Something that the build needs is missing on this machine, or is set to what it refuses."""


class BuildError(RtvariantsError):
    """cargo failed; `runtime` names the build, `log` is everything that cargo printed."""

    def __init__(self, runtime: str, what: str, hint: str = "", log: str = "") -> None:
        self.runtime = runtime
        self.log = log
        super().__init__(Problem(what, hint))


class VerifyError(RtvariantsError):
    """Built files do not show what the configuration promises; every problem is a violation."""


class WheelError(RtvariantsError):
    """A wheel is not what its name and metadata say; every problem is a violation in a file."""


@contextlib.contextmanager
def exit_on_error() -> Iterator[None]:
    """Exit the process with an error's text alone, because frontends print a traceback otherwise.

    For the outermost function of a build backend. If cargo failed, its output comes first.
    """
    try:
        yield
    except RtvariantsError as error:
        if isinstance(error, BuildError) and error.log:
            sys.stderr.write(error.log + "\n")
        said = "\n".join(f"error: {problem.render()}" for problem in error.problems)
        raise SystemExit(said) from None
    except KeyboardInterrupt:
        raise SystemExit("rtvariants: interrupted") from None
