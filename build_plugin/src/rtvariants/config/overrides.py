"""Settings from outside pyproject.toml.

The order, the strongest first: options of the command `rtvariants`, the environment, `-C` settings
of the build frontend, pyproject.toml.

A setting has one name everywhere: `--jobs 2`, `RTVARIANTS_JOBS=2`, `-C jobs=2`, `jobs = 2`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from rtvariants.errors import Problem, near

PREFIX = "RTVARIANTS_"
#: The modules that a build hands to the backend that it calls.
INSTRUMENTED = f"{PREFIX}INSTRUMENTED"
#: Variables of this package that are not settings in pyproject.toml.
VARIABLES = {
    "RTVARIANTS_CACHE": "the folder for prepared toolchains, instead of `~/.cache/rtvariants`",
    "RTVARIANTS_NO_INSTALL_RUST": "if set to any value, a missing cargo is an error: no download",
    "RTVARIANTS_PLATFORM": "the platform to build for, such as `linux-arm64`",
    INSTRUMENTED: (
        "set by a build that runs the command of `[tool.rtvariants.pgo]`: the modules that the "
        "project's backend puts into a wheel for it"
    ),
    "RTVARIANTS_PYTHON": "the Python to build for, such as `3.13`, `3.14t` or a program's path",
    "RTVARIANTS_REBUILDING": "set by a rebuild at import, so that its processes start no other",
}
#: Settings that are given for one build, and are in no pyproject.toml.
GIVEN = ("python",)
# The plan sets them for cargo and the guard's macro reads them; the plugin reads none of them.
_STAMP = ("ABI", "COMMIT", "LEVEL", "PACKAGE", "PAGE_SIZE", "TARGET", "TOOLCHAIN", "VERSION")

# An option that can be repeated is in the singular.
_OPTIONS = {"runtimes": "runtime"}

Value = str | Sequence[str]


@dataclass(frozen=True)
class Override:
    """A value that wins over pyproject.toml; `name` is how the user wrote it, for messages."""

    name: str
    value: Value


class Overrides:
    """The overrides of one run, by the names that settings have in `override=`."""

    def __init__(
        self,
        environ: Mapping[str, str] | None = None,
        settings: Mapping[str, Any] | None = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self._environ = environ or {}
        self._settings = settings or {}
        self._options = {k: v for k, v in (options or {}).items() if v is not None}

    def take(self, name: str) -> Override | None:
        """Return the strongest value for a name; an empty variable counts as not set."""
        if not name:
            return None
        if name in self._options:
            return Override(f"--{_OPTIONS.get(name, name)}", _text(self._options[name]))
        variable = variable_of(name)
        if self._environ.get(variable):
            return Override(variable, self._environ[variable])
        if name in self._settings:
            return Override(f"-C {name}", _text(self._settings[name]))
        return None

    def unknown(self, known: tuple[str, ...]) -> Iterator[Problem]:
        """Yield a problem for each `-C` setting and variable that is not one of the known names.

        An ignored one would be believed. A foreign variable is only refused where it is close to
        one of ours: other programs may use the prefix too.
        """
        for name in self._settings:
            if name not in known:
                yield Problem(f"unknown setting: `-C {name}`", near(name, known))
        variables = tuple(variable_of(name) for name in known)
        fine = {*variables, *VARIABLES, *(PREFIX + name for name in _STAMP)}
        for name in sorted(self._environ):
            if name.startswith(PREFIX) and name not in fine:
                guess = _near(name, (*variables, *VARIABLES))
                if guess:
                    yield Problem(f"unknown variable: `{name}`", guess)


_GIVEN: ContextVar[tuple[Mapping[str, Any], Mapping[str, Any]]] = ContextVar(
    "given", default=({}, {})
)


@contextlib.contextmanager
def given(
    settings: Mapping[str, Any] | None = None, options: Mapping[str, Any] | None = None
) -> Iterator[None]:
    """Let these win over every configuration that is read inside: `-C` settings and options.

    Build backends and the command open it. Frameworks are called between them and the reader, and
    pass nothing on.
    """
    token = _GIVEN.set((settings or {}, options or {}))
    try:
        yield
    finally:
        _GIVEN.reset(token)


def current(environ: Mapping[str, str]) -> Overrides:
    """Return the overrides of this run."""
    settings, options = _GIVEN.get()
    return Overrides(environ, settings, options)


def variable_of(name: str) -> str:
    """Return the environment variable of an override.

    >>> variable_of("max-size")
    'RTVARIANTS_MAX_SIZE'
    """
    return PREFIX + name.upper().replace("-", "_")


def _text(value: Any) -> Value:
    """Return a value as text or texts: frontends give `-C` settings as either, `-C x` as `True`."""
    if isinstance(value, (list, tuple)):
        return [str(v) for v in value]
    return str(value)


def _near(name: str, names: tuple[str, ...]) -> str:
    """Return a hint for a variable that resembles one of ours in more than the prefix."""
    import difflib  # slow to import, and only needed where something is wrong

    bare = {each.removeprefix(PREFIX): each for each in names}
    close = difflib.get_close_matches(name.removeprefix(PREFIX), bare, n=1, cutoff=0.7)
    return f"did you mean `{bare[close[0]]}`?" if close else ""
