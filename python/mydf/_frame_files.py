"""The methods of a frame that write files."""

from __future__ import annotations

from mydf._frame_base import FrameBase

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal, NoReturn

    from mydf._types import Path, Writable


class FileMethods(FrameBase):
    """A frame as a file."""

    __slots__ = ()

    def write_csv(
        self,
        path: Path | Writable | None = None,
        *,
        separator: str = ",",
        include_header: bool = True,
        null_value: str = "",
        storage_options: Mapping[str, Any] | None = None,
        **unknown: NoReturn,
    ) -> str | None:
        r"""Write a CSV file completely or not at all, or return its text if there is no path.

        Args:
            path: The file, an existing one is replaced; a URL, which fsspec writes; or a file that
                is open for writing, which gets all of it at once.
            separator: The ASCII character between two fields.
            include_header: Whether to write the names first.
            null_value: The text for null. If it is empty, an empty text is written as `""`. Texts
                that equal it are written in quotes; a number or time must not equal it.
            storage_options: What fsspec passes to the client of a URL, such as credentials.
            **unknown: No option has another name.

        Raises:
            FileError: If the operating system or fsspec refuses.
            ArgumentError: If an option has an invalid value.
            ArgumentTypeError: If an option has a type that is not accepted, or is unknown.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None], "b": ["x", "y,z"]}).write_csv()
            'a,b\n1,x\n,"y,z"\n'
        """
        from mydf import _options, _paths, _targets

        _options.refuse(FileMethods.write_csv, unknown)
        separator = _options.character("separator", separator)
        header = _options.flag("include_header", include_header)
        null = _options.text("null_value", null_value)
        storage = _options.mapping("storage_options", storage_options)
        if path is None:
            return self._core.csv_text(separator, header, null)
        if _paths.is_open_text(path):
            _paths.write_text(path, self._core.csv_text(separator, header, null))
            return None
        _paths.check_uncompressed(path)
        _targets.write(
            path, storage, lambda local: self._core.write_csv(local, separator, header, null)
        )
        return None

    def write_parquet(
        self,
        path: Path | Writable,
        *,
        compression: Literal["zstd", "snappy", "lz4", "gzip", "uncompressed"] = "zstd",
        row_group_size: int = 256 * 1024,
        storage_options: Mapping[str, Any] | None = None,
        **unknown: NoReturn,
    ) -> None:
        """Write a Parquet file completely or not at all.

        Args:
            path: The file, an existing one is replaced; a URL, which fsspec writes; or a file that
                is open for writing bytes, which gets all of it at once.
            compression: The compression of each page.
            row_group_size: Rows in each row group; readers decode row groups in parallel.
            storage_options: What fsspec passes to the client of a URL, such as credentials.
            **unknown: No option has another name.

        Raises:
            FileError: If the operating system or fsspec refuses.
            ArgumentError: If an option has an invalid value, e.g. an unknown compression.
            ArgumentTypeError: If an option has a type that is not accepted, or is unknown.

        Examples:
            >>> import mydf
            >>> import tempfile
            >>> from pathlib import Path
            >>> frame = mydf.DataFrame({"a": [1, None], "b": ["x", "y"]})
            >>> with tempfile.TemporaryDirectory() as folder:
            ...     path = Path(folder) / "data.parquet"
            ...     frame.write_parquet(path)
            ...     mydf.read_parquet(path).equals(frame)
            True
        """
        from mydf import _options, _targets

        _options.refuse(FileMethods.write_parquet, unknown)
        rows = _options.number("row_group_size", row_group_size, 1)
        codec = _options.text("compression", compression)
        storage = _options.mapping("storage_options", storage_options)
        _targets.write(path, storage, lambda local: self._core.write_parquet(local, codec, rows))
