"""The other native modules of a distribution: in a process, all have the same runtime."""

import sys

from .facts import Decision, Need, Request
from .request import other_loaded, read_request
from .types import Table


def request(table: Table, need: "Need | None" = None) -> Request:
    """Return what is asked for here, after what the other modules have decided.

    Raises like `read_request`, and `OtherRuntimeLoadedError` where another runtime is loaded than
    the variable names.
    """
    asked = read_request(table, need_of(table, need))
    decision, by = loaded(table)
    if decision is None or decision.chosen is None:
        return asked
    name = decision.chosen.name
    if asked.name not in (None, name):
        raise other_loaded(table, str(asked.name), decision)
    origin = f"`{by}` has loaded it"
    return Request(name=name, origin=origin, index_bits=asked.index_bits, unsafe=asked.unsafe)


def loaded(table: Table) -> "tuple[Decision | None, str]":
    """Return the decision of a module that is loaded already, and the module's name."""
    for name in table.peers:
        held = sys.modules.get(name)
        if held is not None and held._module is not None:
            return held.decision(), held.ALIAS
    return None, ""


def need_of(table: Table, need: "Need | None") -> "Need | None":
    """Return the need that was stated to this loader or to one of the others."""
    if need is not None:
        return need
    for name in table.peers:
        stated = getattr(sys.modules.get(name), "_need", None)
        if stated is not None:
            return Need(index_bits=stated.index_bits, origin=stated.origin)
    return None
