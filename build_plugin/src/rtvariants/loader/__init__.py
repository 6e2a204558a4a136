"""Chooses the native runtime of a package for this machine and binds it as one module.

This folder is copied into wheels, with the table of the runtimes beside it, and needs nothing but
the standard library. The package's own part is two lines:

    from _sample_loader import load

    core = load()
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from .binding import Loaded
    from .errors import (
        AbsentRuntime,
        MalformedRequest,
        NoRuntime,
        OtherRuntimeLoaded,
        RuntimeSelectionError,
        SkewedRuntime,
        UnknownRuntime,
        UnrunnableRuntime,
    )
    from .types import Decision

__all__ = [
    "AbsentRuntime",
    "MalformedRequest",
    "NoRuntime",
    "OtherRuntimeLoaded",
    "RuntimeSelectionError",
    "SkewedRuntime",
    "UnknownRuntime",
    "UnrunnableRuntime",
    "decision",
    "load",
]

_loaded: "Loaded | None" = None


def load() -> "ModuleType":
    """Return the native module that fits this machine, bound under its public name.

    The first call chooses and imports; each later one returns the same module. Raises a
    `RuntimeSelectionError`, which is an `ImportError`, when the override variable can't be met or
    no runtime can run here, and when the variable asks for another runtime than the loaded one.
    """
    global _loaded  # noqa: PLW0603 - a process holds one runtime
    from .table import TABLE

    if _loaded is None:
        from .binding import load_runtime

        _loaded = load_runtime(TABLE)
    else:
        from .binding import check_same

        check_same(TABLE, _loaded)
    return _loaded.module


def decision() -> "Decision":
    """Return which runtime was chosen and why each other one was not.

    After `load` it is the decision that was made then. Before, it is made without loading native
    code: only the guards' answers are missing. Raises a `RuntimeSelectionError` when the override
    variable can't be read.
    """
    if _loaded is not None:
        return _loaded.decision
    from .binding import survey
    from .table import TABLE

    return survey(TABLE)


def __getattr__(name: str) -> object:
    # The errors load late: an import that succeeds needs none of them.
    if name in __all__:
        from . import errors

        return getattr(errors, name)
    raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
