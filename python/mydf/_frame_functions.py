"""The methods of a frame that call a function."""

from __future__ import annotations

from mydf import _arguments
from mydf._frame_base import FrameBase
from mydf.errors import ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Concatenate, ParamSpec, TypeVar

    from typing_extensions import Self

    P = ParamSpec("P")
    R = TypeVar("R")


class FunctionMethods(FrameBase):
    """A frame as the argument of a function."""

    __slots__ = ()

    def pipe(
        self, function: Callable[Concatenate[Self, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Return `function(frame, *args, **kwargs)`, so that steps read from left to right.

        Examples:
            >>> import mydf
            >>> def above(frame, limit):
            ...     return frame.filter(mydf.col("a") > limit)
            >>> mydf.DataFrame({"a": [1, 2]}).pipe(above, 1).to_dict()
            {'a': [2]}
        """
        return function(self, *args, **kwargs)

    def map_batches(self, function: Callable[[Any], Any], *, arrow: bool = False) -> Self:
        """Return what a function makes of the frame: the way out for what mydf can't do.

        Args:
            function: It takes the frame and returns a frame, of mydf or of any library that
                supports Arrow's PyCapsule interface.
            arrow: Whether it takes a `pyarrow.Table` instead.

        Raises:
            ArgumentTypeError: If the function does not return a frame.

        Examples:
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, 2]})
            >>> frame.map_batches(lambda table: table.slice(1), arrow=True).to_dict()
            {'a': [2]}
        """
        if not callable(function):
            fact = f"map_batches: a value of type `{type(function).__name__}`"
            raise ArgumentTypeError(fact, hint="pass a function of one frame", what="function")
        source: Any = self
        if _arguments.boolean("arrow", arrow):
            source = source.to_arrow()
        made = function(source)
        if isinstance(made, FrameBase):
            return self._from_core(made._core)
        from mydf import _construct

        if not _construct.is_frame(made):
            fact = f"map_batches: the function returns a value of type `{type(made).__name__}`"
            hint = "return a frame of mydf, or of polars, pandas or pyarrow"
            raise ArgumentTypeError(fact, hint=hint, what="function")
        return self._from_core(_construct.from_arrow(made))
