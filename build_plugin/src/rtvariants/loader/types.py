"""The table of a wheel, and the base of the loader's values.

Plain classes with `__slots__` that refuse assignment: `dataclasses` and `typing` cost more at
import than the whole decision.
"""

# The order of slots is that of reports, not of the alphabet.
# ruff: noqa: RUF023


class Value:
    """Base of the immutable values: equality, hash and repr over `__slots__`."""

    __slots__: "tuple[str, ...]" = ()

    def _fill(self, values: "dict[str, object]") -> None:
        for name in self.__slots__:
            object.__setattr__(self, name, values[name])

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"`{type(self).__name__}` is immutable: `{name}`")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"`{type(self).__name__}` is immutable: `{name}`")

    def as_dict(self) -> "dict[str, object]":
        """Return the fields by name, in order."""
        return {name: getattr(self, name) for name in self.__slots__}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Value) or type(self) is not type(other):
            return NotImplemented
        return self.as_dict() == other.as_dict()

    def __hash__(self) -> int:
        return hash((type(self), *self.as_dict().values()))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.as_dict().items())
        return f"{type(self).__name__}({fields})"

    def __reduce__(self) -> "tuple[object, ...]":
        return _rebuild, (type(self), self.as_dict())


def _rebuild(kind: "type[Value]", values: "dict[str, object]") -> Value:
    return kind(**values)


class Runtime(Value):
    """One native build of the core, as the build plugin wrote it into the wheel.

    `needs` are the level's CPU features in the spelling of the system's own list; `select` is
    `auto`, or `explicit` for a runtime that is only chosen on request. `abi` is that of its file;
    empty where each Python has its own. `index_bits` is `None` in a package without row numbers.
    `install` is the requirement that installs this runtime (`name==version`) where it may be
    absent, else empty. `stamp` is the text of its stamp where it comes with this table, in one
    wheel; it is empty where it may have been built elsewhere, with another compiler or from another
    commit.
    """

    __slots__ = (
        "name", "module", "level", "select", "index_bits", "allocator", "abi", "needs", "install",
        "stamp",
    )  # fmt: skip
    name: str
    module: str
    level: str
    select: str
    index_bits: "int | None"
    allocator: str
    abi: str
    needs: "tuple[str, ...]"
    install: str
    stamp: str

    def __init__(
        self,
        *,
        name: str,
        module: str,
        level: str,
        select: str,
        index_bits: "int | None",
        allocator: str,
        abi: str,
        needs: "tuple[str, ...]",
        install: str = "",
        stamp: str = "",
    ) -> None:
        self._fill(locals())


class Table(Value):
    """The runtimes of a package in order of preference, for the one platform of a wheel.

    `peers` are the loaders of the distribution's other extension modules.
    """

    __slots__ = ("package", "version", "alias", "env", "peers", "machine", "system", "runtimes")
    package: str
    version: str
    alias: str
    env: str
    peers: "tuple[str, ...]"
    machine: str
    system: str
    runtimes: "tuple[Runtime, ...]"

    def __init__(
        self,
        *,
        package: str,
        version: str,
        alias: str,
        env: str,
        machine: str,
        system: str,
        runtimes: "tuple[Runtime, ...]",
        peers: "tuple[str, ...]" = (),
    ) -> None:
        self._fill(locals())

    def names(self) -> "tuple[str, ...]":
        """Return the names of the runtimes, in order of preference."""
        return tuple(runtime.name for runtime in self.runtimes)
