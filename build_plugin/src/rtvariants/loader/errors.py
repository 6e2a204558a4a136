"""What `load` raises: one root, an `ImportError`, and a class for each way to go wrong."""

from .facts import Decision


class RuntimeSelectionError(ImportError):
    """No runtime could be bound; the root of everything that the loader raises.

    `hint` says what to do, `valid` are the names that the variable `env` takes, `value` is what it
    holds (`None` when unset), `runtime` is the one in question, and `decision` has a reason for
    every runtime (`None` when the request itself can't be read).
    """

    def __init__(
        self,
        fact: str,
        hint: str,
        *,
        alias: str,
        env: str,
        valid: "tuple[str, ...]",
        value: "str | None" = None,
        runtime: "str | None" = None,
        decision: "Decision | None" = None,
    ) -> None:
        super().__init__(f"{fact}\nhint: {hint}", name=alias)
        self.fact = fact
        self.hint = hint
        self.env = env
        self.valid = valid
        self.value = value
        self.runtime = runtime
        self.decision = decision

    def __reduce__(self) -> "tuple[object, ...]":
        # The default would call the class with the text alone; worker processes pickle errors.
        return _revive, (type(self), self.args, self.name, self.__dict__)


def _revive(
    kind: "type[RuntimeSelectionError]",
    args: "tuple[object, ...]",
    name: "str | None",
    state: "dict[str, object]",
) -> RuntimeSelectionError:
    error = kind.__new__(kind, *args)
    ImportError.__init__(error, *args, name=name)
    error.__dict__.update(state)
    return error


class MalformedRequestError(RuntimeSelectionError):
    """The variable is empty, or holds a name with spaces around it or in the wrong case."""


class UnknownRuntimeError(RuntimeSelectionError):
    """The variable names a runtime that this package does not have."""


class AbsentRuntimeError(RuntimeSelectionError):
    """The runtime that was asked for is not installed."""


class UnrunnableRuntimeError(RuntimeSelectionError):
    """The runtime that was asked for can't run on this machine."""


class SkewedRuntimeError(RuntimeSelectionError):
    """The runtime that was asked for is of another build than the package."""


class NoRuntimeError(RuntimeSelectionError):
    """None of the installed runtimes can run on this machine."""


class OtherRuntimeLoadedError(RuntimeSelectionError):
    """Another runtime is asked for after one was loaded; a process holds one."""


class UnmetRequirementError(RuntimeSelectionError):
    """What `require` states can't be had: no runtime has it, or something else asks otherwise."""
