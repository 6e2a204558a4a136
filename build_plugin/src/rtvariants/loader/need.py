"""What a program needs from the package, stated before the import: the errors of `require`."""

import sys

from .choice import chosen_of, foresee
from .decide import listing
from .facts import Decision, Need
from .request import valid_names
from .types import Table


def stated(table: Table, index: int, loaded: "Decision | None", before: "Need | None") -> Need:
    """Return the need for an index width of `index` bits, after checking that it can be met.

    `loaded` is the decision of this process where a runtime was loaded, `before` an earlier need.
    Errors name the caller's caller.

    Raises `TypeError` for a value that is not an int, `UnmetRequirementError` when no runtime has
    such an index or another request contradicts it, `OtherRuntimeLoadedError` when another runtime
    is loaded, and what `load` raises when the runtime is absent, skewed or can't run here.
    """
    if type(index) is not int:
        raise TypeError(f"`index` of `require` must be a number of bits: `{index!r}`")
    need = Need(index_bits=index, origin=f"`require(index={index})` ({_place()})")
    names = tuple(each.name for each in table.runtimes if each.index_bits == index)
    if not names:
        known = sorted({each.index_bits for each in table.runtimes if each.index_bits})
        widths = ", ".join(map(str, known)) or "none, the package has no row numbers"
        raise _unmet(table, f"no runtime of `{table.package}` has it", f"available: {widths}", need)
    if loaded is not None:
        if chosen_of(loaded).index_bits != index:
            raise _late(table, need, loaded, names)
        return need
    if before is not None and before.index_bits != index:
        hint = "a process has one runtime: run the two parts in separate processes"
        raise _unmet(table, f"contradicts {before.origin}", hint, need)
    foresee(table, need)
    return need


def _place() -> str:
    """Return file and line of the program that calls `require`."""
    frame = sys._getframe(3)
    return f"{frame.f_code.co_filename}, line {frame.f_lineno}"


def _unmet(table: Table, fact: str, hint: str, need: Need) -> Exception:
    from .errors import UnmetRequirementError

    valid = valid_names(table)
    text = f"{need.origin}: {fact}"
    return UnmetRequirementError(text, hint, alias=table.alias, env=table.env, valid=valid)


def _late(table: Table, need: Need, loaded: Decision, names: "tuple[str, ...]") -> Exception:
    from .errors import OtherRuntimeLoadedError

    chosen = chosen_of(loaded)
    fact = (
        f"{need.origin}: this process has already loaded `{chosen.name}`, which has a "
        f"{chosen.index_bits}-bit index"
    )
    hint = (
        f"before the first `import {table.package}`, write `from {__package__} import require; "
        f"require(index={need.index_bits})`, or start Python with `{table.env}` set to "
        f"{listing(names)}"
    )
    return OtherRuntimeLoadedError(
        fact,
        hint,
        alias=table.alias,
        env=table.env,
        valid=valid_names(table),
        runtime=chosen.name,
        decision=loaded,
    )
