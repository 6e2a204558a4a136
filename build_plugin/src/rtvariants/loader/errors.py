"""What the loader raises: one root, and a class for each way that `load` can fail."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .facts import Decision


class LoaderError(Exception):
    """The root of everything that the loader raises on purpose."""


class RuntimeSelectionError(LoaderError, ImportError):
    """No runtime could be bound; the root of everything that `load` raises.

    `hint` says what to do, `valid` are the names that the variable `env` takes, `value` is what it
    holds (`None` when unset), `runtime` is the one in question, and `decision` has a reason for
    each runtime (`None` when the request itself can't be read).
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
        # The default would call the class with only the text; worker processes pickle errors.
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
    """The requested runtime is not installed."""


class UnrunnableRuntimeError(RuntimeSelectionError):
    """The requested runtime can't run on this machine."""


class SkewedRuntimeError(RuntimeSelectionError):
    """The requested runtime belongs to another build of the package."""


class NoRuntimeError(RuntimeSelectionError):
    """No installed runtime can run on this machine."""


class OtherRuntimeLoadedError(RuntimeSelectionError):
    """Another runtime is requested after one was loaded; a process has one."""


class OtherPackageError(RuntimeSelectionError):
    """The loader belongs to another package than the one that calls it."""


class UnmetRequirementError(RuntimeSelectionError):
    """What `require` states can't be met: no runtime has it, or another request contradicts it."""
