"""What a decision is made of: the host, the request, the rejections.

They stand apart from the table's types, which every import reads: a plain import of the preferred
runtime needs none of these.
"""

# The order of slots is that of reports, not of the alphabet.
# ruff: noqa: RUF023

from .types import Runtime, Value


class Host(Value):
    """What this process can execute, and which source said so.

    `features` is `None` where no source told; `notes` are the sources that failed, with reasons.
    """

    __slots__ = ("machine", "system", "features", "source", "notes")
    machine: str
    system: str
    features: "frozenset[str] | None"
    source: str
    notes: "tuple[str, ...]"

    def __init__(
        self,
        *,
        machine: str,
        system: str,
        features: "frozenset[str] | None",
        source: str,
        notes: "tuple[str, ...]" = (),
    ) -> None:
        self._fill(locals())


class Request(Value):
    """What the user asked for: the name of a runtime, or `None` for the automatic choice."""

    __slots__ = ("name", "origin")
    name: "str | None"
    origin: str

    def __init__(self, *, name: "str | None", origin: str) -> None:
        self._fill(locals())


class Rejection(Value):
    """Why one runtime was not chosen.

    `kind` is one of `machine`, `system`, `absent`, `stamp`, `cpu`, `guard`, `load` (it can't run),
    `request`, `explicit`, `index`, `preferred` (it was not wanted).
    """

    __slots__ = ("runtime", "kind", "reason", "missing")
    runtime: str
    kind: str
    reason: str
    missing: "tuple[str, ...]"

    def __init__(
        self, *, runtime: str, kind: str, reason: str, missing: "tuple[str, ...]" = ()
    ) -> None:
        self._fill(locals())


class Decision(Value):
    """The chosen runtime, or `None`, and for every other one the reason."""

    __slots__ = ("chosen", "rejections", "host", "request")
    chosen: "Runtime | None"
    rejections: "tuple[Rejection, ...]"
    host: Host
    request: Request

    def __init__(
        self,
        *,
        chosen: "Runtime | None",
        rejections: "tuple[Rejection, ...]",
        host: Host,
        request: Request,
    ) -> None:
        self._fill(locals())

    def rejection(self, name: str) -> "Rejection | None":
        """Return why the runtime of this name was not chosen; `None` for the chosen one."""
        for rejection in self.rejections:
            if rejection.runtime == name:
                return rejection
        return None
