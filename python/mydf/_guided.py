"""The base of the public classes: wrong names and wrong arguments get an error with a hint."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn, TypeVar

    F = TypeVar("F", bound=Callable[..., Any])


def guided(function: F) -> F:
    """Return a function that explains arguments which the given one does not take."""

    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except TypeError as error:
            trace = error.__traceback__
            # If the traceback ends here, Python could not bind the arguments to the parameters.
            if trace is not None and trace.tb_next is None:
                from mydf._calls import explained

                raise explained(function, args, kwargs) from None
            raise

    # With the globals of the function's module, doctest and other tools find it there. So `call`
    # must not use a global name of this module.
    like: Any = type(call)
    made = like(call.__code__, function.__globals__, function.__name__, None, call.__closure__)
    made.__doc__ = function.__doc__
    made.__qualname__ = function.__qualname__
    # `inspect.signature` and `help` follow this.
    made.__wrapped__ = function
    return made  # type: ignore[no-any-return]


class Guided:
    """A class whose missing names, and wrong arguments of whose methods, are explained."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        # The classes of other packages, which may inherit from a frame, stay as they are.
        if not cls.__module__.startswith("mydf."):
            return
        for name, known in list(vars(cls).items()):
            if not name.startswith("_") and type(known) is type(guided):
                setattr(cls, name, guided(known))

    # A type checker would believe that the class has every name.
    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> NoReturn:
            from mydf._guesses import refuse

            asked = name.startswith("_") or name == "columns"
            columns = () if asked else getattr(self, "columns", ())
            owners = [each.__name__ for each in type(self).__mro__]
            refuse(owners[0], name, dir(type(self)), columns, owners)
