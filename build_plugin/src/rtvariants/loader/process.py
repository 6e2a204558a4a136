"""What a program may ask of the loader in addition to the module: what is loaded, and why.

The package itself has these names too, and reads this file when one of them is needed.
"""

import sys

from . import load
from .errors import (
    AbsentRuntimeError,
    LoaderError,
    MalformedRequestError,
    NoRuntimeError,
    OtherPackageError,
    OtherRuntimeLoadedError,
    RuntimeSelectionError,
    SkewedRuntimeError,
    UnknownRuntimeError,
    UnmetRequirementError,
    UnrunnableRuntimeError,
)
from .table import TABLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .facts import Decision

__all__ = [
    "AbsentRuntimeError",
    "LoaderError",
    "MalformedRequestError",
    "NoRuntimeError",
    "OtherPackageError",
    "OtherRuntimeLoadedError",
    "RuntimeSelectionError",
    "SkewedRuntimeError",
    "UnknownRuntimeError",
    "UnmetRequirementError",
    "UnrunnableRuntimeError",
    "decision",
    "load",
    "require",
    "timings",
]

# The package has the loaded module; a process has one.
_held: "Any" = sys.modules[str(__package__)]


def decision() -> "Decision":
    """Return which runtime was chosen and why each other one was not.

    After `load` it is the decision that was made then. Before, it is made without loading native
    code: only the guards' answers are missing. Raises a `RuntimeSelectionError` when the override
    variable can't be read.
    """
    if _held._module is None:
        from .choice import survey
        from .peers import request

        return survey(TABLE, request(TABLE, _held._need))
    if _held._decision is None:
        from .choice import quick_decision

        _held._decision = quick_decision(TABLE, _held._flags)
    made: Decision = _held._decision
    return made


def timings() -> "dict[str, float] | None":
    """Return what the import took in milliseconds: the choice, and the native module itself.

    `None` before `load`. Neither includes the time that Python takes to read the loader.
    """
    if _held._seconds is None:
        return None
    choice, native = _held._seconds
    return {"choice": choice * 1e3, "native": native * 1e3}


def require(*, index: int) -> None:
    """State, before the package is imported, that this program needs an index of `index` bits.

    The import then takes a runtime with such an index, even one that is only chosen on request.
    This fails early where it can't: no runtime has it, it is absent, it can't run here, or the
    override variable or an earlier `require` contradicts it. After the import it only checks, since
    a process has one runtime.

        from _sample_loader import require

        require(index=64)
        import sample

    Raises `TypeError` for a value that is not a number, otherwise a `RuntimeSelectionError` that
    says what to do.
    """
    from .need import stated
    from .peers import loaded, need_of

    made = loaded(TABLE)[0] if _held._module is None else decision()
    _held._need = stated(TABLE, index, made, need_of(TABLE, _held._need))
