"""The methods of a frame that make frames and arrays of other libraries."""

from __future__ import annotations

from mydf import _arguments, _convert
from mydf._frame_base import FrameBase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _without_views(pa: Any, kind: Any) -> Any:
    """Return the type of pyarrow with offsets instead of views."""
    if pa.types.is_large_list(kind):
        return pa.large_list(_without_views(pa, kind.value_type))
    if pa.types.is_dictionary(kind):
        return pa.dictionary(kind.index_type, _without_views(pa, kind.value_type))
    return {pa.string_view(): pa.large_string(), pa.binary_view(): pa.large_binary()}.get(
        kind, kind
    )


class ExportMethods(FrameBase):
    """A frame for other libraries."""

    __slots__ = ()

    def __arrow_c_schema__(self) -> object:
        return self._core.arrow_schema()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._core.arrow_stream(requested_schema)

    def to_arrow(self, *, views: bool = False) -> Any:
        """Return a `pyarrow.Table`. Needs pyarrow.

        All columns except those of String share the memory.

        Args:
            views: Whether String becomes `string_view`, which shares the memory too. Many of
                pyarrow's functions and other libraries don't accept it, so the default is
                `large_string`.

        Raises:
            MissingPackageError: If pyarrow is not installed.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": ["x"]}).to_arrow().schema.field("a").type
            DataType(large_string)
        """
        pa = _convert.library("pyarrow")
        if _arguments.boolean("views", views):
            return pa.table(self)
        schema = pa.schema(self)
        for place, field in enumerate(schema):
            known = _without_views(pa, field.type)
            if known != field.type:
                schema = schema.set(place, field.with_type(known))
        return pa.table(self, schema=schema)

    def to_polars(self) -> Any:
        """Return a `polars.DataFrame` that shares the memory if polars can. Needs polars.

        Raises:
            MissingPackageError: If polars is not installed.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).to_polars().shape
            (2, 1)
        """
        pl = _convert.library("polars")
        return pl.DataFrame(self)

    def to_pandas(self) -> Any:
        """Return a `pandas.DataFrame`. Needs pandas and pyarrow.

        Integers with nulls become float64 with NaN, as usual in pandas, or its nullable Int64 and
        UInt64 if one is beyond 2**53, where float64 has gaps.

        Raises:
            ArgumentError: If a date lies outside the years 1 to 9999.
            MissingPackageError: If pandas or pyarrow is not installed.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).to_pandas().shape
            (2, 1)
        """
        # pyarrow makes the frame, and its own error would not say how to install pandas.
        _convert.library("pandas")
        return _convert.pandas(self._core, self.to_arrow())

    def to_numpy(self) -> Any:
        """Return a numpy array of two dimensions, with the dtype that holds all columns exactly.

        Numbers, also next to Bool, have a common dtype, and so have dates and datetimes without
        zone. All others make objects, and so do integers beyond 2**53 next to floats.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2], "b": [3, 4]}).to_numpy().tolist()
            [[1, 3], [2, 4]]
        """
        return _convert.matrix(self._core)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        nulls = sum(column.null_count() for column in self._core.columns())
        return _convert.as_array(self.to_numpy(), "frame", nulls, dtype, copy)
