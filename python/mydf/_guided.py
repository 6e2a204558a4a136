"""The base of the public classes: a name that a class does not have gets an error with a hint."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


class Guided:
    """A class whose missing names are explained."""

    __slots__ = ()

    # A type checker would believe that the class has every name.
    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> NoReturn:
            from mydf._guesses import refuse

            asked = name.startswith("_") or name == "columns"
            columns = () if asked else getattr(self, "columns", ())
            owners = [each.__name__ for each in type(self).__mro__]
            refuse(owners[0], name, dir(type(self)), columns, owners)
