"""A frame as other things: Python values, other libraries' frames, files, bytes."""

from __future__ import annotations

from mydf._native import core
from mydf.errors import ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    from mydf._types import Path


class Convert:
    """The part of `DataFrame` that hands its data to others."""

    __slots__ = ("_core",)

    _core: core.Frame

    # ------------------------------------------------------------------------- Python's own values

    def to_dict(self) -> dict[str, list[Any]]:
        """Return the columns as lists of Python values, by name; null is None.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None]}).to_dict()
            {'a': [1, None]}
        """
        return {column.name(): column.to_list() for column in self._core.columns()}

    def rows(self) -> list[tuple[Any, ...]]:
        """Return the rows as tuples of Python values; null is None.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2], "b": ["x", None]}).rows()
            [(1, 'x'), (2, None)]
        """
        return list(zip(*(column.to_list() for column in self._core.columns()), strict=True))

    def to_dicts(self) -> list[dict[str, Any]]:
        """Return the rows as dicts of Python values; null is None.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, 2]}).to_dicts()
            [{'a': 1}, {'a': 2}]
        """
        names = self._core.names()
        return [dict(zip(names, row, strict=True)) for row in self.rows()]

    # ------------------------------------------------------------------------------ other libraries

    def __arrow_c_schema__(self) -> object:
        return self._core.arrow_schema()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self._core.arrow_stream(requested_schema)

    def to_arrow(self) -> Any:
        """Return a `pyarrow.Table` that shares the memory. Needs pyarrow."""
        import pyarrow as pa

        return pa.table(self)

    def to_polars(self) -> Any:
        """Return a `polars.DataFrame` that shares the memory where polars can. Needs polars."""
        import polars as pl

        return pl.DataFrame(self)

    def to_pandas(self) -> Any:
        """Return a `pandas.DataFrame`. Needs pandas and pyarrow."""
        return self.to_arrow().to_pandas()

    def to_numpy(self) -> Any:
        """Return a numpy array of two dimensions, of the dtype that holds all columns."""
        import numpy as np

        from mydf.series import Series

        columns = [Series._from_core(column).to_numpy() for column in self._core.columns()]
        if not columns:
            return np.empty((0, 0))
        return np.stack(columns, axis=1)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        if copy is False:
            fact = "numpy array of a frame: `copy=False` can't be met"
            raise ArgumentTypeError(fact, hint="leave `copy` out", what="copy")
        array = self.to_numpy()
        return array if dtype is None else array.astype(dtype)

    # ------------------------------------------------------------------------------------- files

    def write_csv(
        self,
        path: Path | None = None,
        *,
        separator: str = ",",
        include_header: bool = True,
        null_value: str = "",
    ) -> str | None:
        r"""Write a CSV file, whole or not at all, or return its text if there is no path.

        Args:
            path: The file; one that exists is replaced.
            separator: One ASCII character between two fields.
            include_header: Whether the names come first.
            null_value: What stands for null. Where it is empty, an empty text is written as `""`.

        Raises:
            FileError: Where the system refuses.
            ArgumentError: For a separator that is not one ASCII character.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None], "b": ["x", "y,z"]}).write_csv()
            'a,b\n1,x\n,"y,z"\n'
        """
        if path is None:
            return self._core.csv_text(separator, include_header, null_value)
        self._core.write_csv(expanded(path), separator, include_header, null_value)
        return None

    def write_parquet(
        self,
        path: Path,
        *,
        compression: Literal["zstd", "snappy", "lz4", "gzip", "uncompressed"] = "zstd",
        row_group_size: int = 256 * 1024,
    ) -> None:
        """Write a Parquet file, whole or not at all.

        Args:
            path: The file; one that exists is replaced.
            compression: Of each page.
            row_group_size: Rows a row group; readers decode row groups side by side.

        Raises:
            FileError: Where the system refuses.
            ArgumentError: For another compression.
        """
        self._core.write_parquet(expanded(path), compression, row_group_size)

    # ------------------------------------------------------------------------------------ pickling

    def __reduce__(self) -> tuple[Any, ...]:
        from mydf.frame import _unpickled

        return (_unpickled, (self._core.dump(),))


def expanded(path: Path) -> str:
    """Return a path with `~` for a home directory made plain."""
    import os

    if not isinstance(path, (str, os.PathLike)):
        fact = f"path: a value of type `{type(path).__name__}`"
        raise ArgumentTypeError(fact, hint="a path is a text or a `pathlib.Path`", what="path")
    return os.path.expanduser(os.fspath(path))
