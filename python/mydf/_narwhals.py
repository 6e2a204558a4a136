"""narwhals' plugin: libraries that take frames of any kind, such as altair and plotly, take mydf's.

narwhals finds this module by an entry point. It works on the frame as a `pyarrow.Table`, so it
needs pyarrow, and what narwhals gives back is pyarrow's too; `mydf.DataFrame(...)` takes it.

`python3 dev.py narwhals` runs narwhals' own tests with frames of mydf; those that fail are listed
in tests/narwhals/expected.toml by their reasons.
"""

from __future__ import annotations

from mydf.frame import DataFrame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# The name that narwhals asks for.
NATIVE_PACKAGE = "mydf"


def is_native(native_object: object, /) -> bool:
    """Return whether an object is a frame or a Series of mydf."""
    return isinstance(native_object, DataFrame) or _is_series(native_object)


def _is_series(value: object) -> bool:
    from mydf.series import Series

    return isinstance(value, Series)


def __narwhals_namespace__(version: Any) -> Any:  # noqa: N807 - narwhals' name
    """Return what narwhals calls to wrap a frame or a Series, for one of its versions."""
    from narwhals._arrow.namespace import ArrowNamespace

    class Namespace(ArrowNamespace):
        def from_native(self, data: Any, /) -> Any:
            return super().from_native(data.to_arrow() if is_native(data) else data)

    return Namespace(version=version)
