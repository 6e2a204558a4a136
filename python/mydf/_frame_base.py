"""What the groups of a frame's methods share."""

from __future__ import annotations

from mydf._guided import Guided

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing_extensions import Self

    from mydf._native import core


class FrameBase(Guided):
    """The columns of a frame in the core."""

    __slots__ = ("_core",)

    _core: core.Frame

    @classmethod
    def _from_core(cls, inner: core.Frame) -> Self:
        frame = cls.__new__(cls)
        frame._core = inner
        return frame
