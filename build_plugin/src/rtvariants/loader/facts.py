"""What a decision is made of: the host, the request, the rejections.

They are apart from the table's types: a plain import of the preferred runtime needs none of these.
"""

# The order of slots is that of reports, not of the alphabet.
# ruff: noqa: RUF023

from .types import Runtime, Value


class Host(Value):
    """What this process can execute, and which source said so.

    `features` is `None` where no source knows them. `layers` are the sources in the order in which
    they were asked, each with its answer; `notes` are what a person should know about them: a
    source that failed, two that disagree, a CPU that is translated or emulated.
    """

    __slots__ = ("machine", "system", "features", "source", "notes", "layers")
    machine: str
    system: str
    features: "frozenset[str] | None"
    source: str
    notes: "tuple[str, ...]"
    layers: "tuple[tuple[str, str], ...]"

    def __init__(
        self,
        *,
        machine: str,
        system: str,
        features: "frozenset[str] | None",
        source: str,
        notes: "tuple[str, ...]" = (),
        layers: "tuple[tuple[str, str], ...]" = (),
    ) -> None:
        self._fill(locals())

    def but(self, **changes: object) -> "Host":
        """Return a copy with some fields changed."""
        return Host(**{**self.as_dict(), **changes})  # type: ignore[arg-type]


class Need(Value):
    """What a program stated by `require`, and where: meaning, not the name of a runtime."""

    __slots__ = ("index_bits", "origin")
    index_bits: int
    origin: str

    def __init__(self, *, index_bits: int, origin: str) -> None:
        self._fill(locals())


class Request(Value):
    """What the user requested: the name of a runtime, or `None` for the automatic choice.

    `index_bits` is the index width that `require` stated. `unsafe` skips the check of the CPU; the
    guard in the native still checks it.
    """

    __slots__ = ("name", "origin", "index_bits", "unsafe")
    name: "str | None"
    origin: str
    index_bits: "int | None"
    unsafe: bool

    def __init__(
        self,
        *,
        name: "str | None",
        origin: str,
        index_bits: "int | None" = None,
        unsafe: bool = False,
    ) -> None:
        self._fill(locals())


class Rejection(Value):
    """Why one runtime was not chosen.

    `kind` is one of `machine`, `system`, `python`, `absent`, `stamp`, `cpu`, `guard`, `archive`,
    `interpreter`, `load` (it can't run), `request`, `explicit`, `index`, `allocator`, `preferred`
    (it was not wanted).
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
