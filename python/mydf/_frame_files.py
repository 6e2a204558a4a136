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
        decimal_comma: bool = False,
        float_precision: int | None = None,
        date_format: str | None = None,
        datetime_format: str | None = None,
        include_bom: bool = False,
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
            decimal_comma: Whether to write `1,5` instead of `1.5`; `separator` must be another one.
            float_precision: Digits after the decimal mark of floats; None for the fewest that
                identify them.
            date_format: The format of dates, such as `%d.%m.%Y`, with the codes of `dt.strftime`;
                None for ISO 8601.
            datetime_format: The same for datetimes, which are shown in their time zones; None for
                ISO 8601, in UTC if there is a zone.
            include_bom: Whether to begin with a byte order mark, without which Excel takes
                UTF-8 for something else.
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
            >>> mydf.DataFrame({"a": [0.5]}).write_csv(decimal_comma=True, separator=";")
            'a\n0,5\n'
        """
        from mydf import _options, _paths, _targets

        _options.refuse(FileMethods.write_csv, unknown)
        places = None
        if float_precision is not None:
            places = _options.number("float_precision", float_precision, 0)
        options = {
            "separator": _options.character("separator", separator),
            "header": _options.flag("include_header", include_header),
            "null_value": _options.text("null_value", null_value),
            "decimal_comma": _options.flag("decimal_comma", decimal_comma),
            "float_precision": None if places is None else min(places, 350),
            "date_format": _options.name("date_format", date_format),
            "datetime_format": _options.name("datetime_format", datetime_format),
            "byte_order_mark": _options.flag("include_bom", include_bom),
        }
        storage = _options.mapping("storage_options", storage_options)
        if path is None:
            return self._core.csv_text(options)
        if _paths.is_open_text(path):
            _paths.write_text(path, self._core.csv_text(options))
            return None
        _paths.check_uncompressed(path, "write_csv")
        _targets.write(path, storage, lambda local: self._core.write_csv(local, options))
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

    def write_ipc(
        self,
        path: Path | Writable,
        *,
        compression: Literal["uncompressed", "lz4", "zstd"] = "uncompressed",
        record_batch_size: int = 256 * 1024,
        storage_options: Mapping[str, Any] | None = None,
        **unknown: NoReturn,
    ) -> None:
        """Write an Arrow IPC file, which is Feather (version 2), completely or not at all.

        Text has 64-bit offsets (`large_string`), which every reader of Arrow accepts.

        Args:
            path: The file, an existing one is replaced; a URL, which fsspec writes; or a file that
                is open for writing bytes, which gets all of it at once.
            compression: The compression of each buffer.
            record_batch_size: Rows in each record batch; readers decode them in parallel.
            storage_options: What fsspec passes to the client of a URL, such as credentials.
            **unknown: No option has another name.

        Raises:
            FileError: If the operating system or fsspec refuses.
            ArgumentError: If an option has an invalid value, e.g. an unknown compression.
            ArgumentTypeError: If an option has a type that is not accepted, or is unknown.

        Examples:
            >>> import io
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, None], "b": ["x", "y"]})
            >>> file = io.BytesIO()
            >>> frame.write_ipc(file, compression="zstd")
            >>> mydf.read_ipc(file.getvalue()).equals(frame)
            True
        """
        from mydf import _options, _targets
        from mydf._native import core

        _options.refuse(FileMethods.write_ipc, unknown)
        rows = _options.number("record_batch_size", record_batch_size, 1)
        codec = _options.text("compression", compression)
        storage = _options.mapping("storage_options", storage_options)
        _targets.write(
            path,
            storage,
            lambda local: core.write_ipc(self._core, local, False, codec, rows),
        )

    def write_ipc_stream(
        self,
        path: Path | Writable,
        *,
        compression: Literal["uncompressed", "lz4", "zstd"] = "uncompressed",
        record_batch_size: int = 256 * 1024,
        storage_options: Mapping[str, Any] | None = None,
        **unknown: NoReturn,
    ) -> None:
        """Write a stream of Arrow IPC completely or not at all.

        Text has 64-bit offsets (`large_string`), which every reader of Arrow accepts.

        Args:
            path: The file, an existing one is replaced; a URL, which fsspec writes; or a file that
                is open for writing bytes, which gets all of it at once.
            compression: The compression of each buffer.
            record_batch_size: Rows in each record batch; readers decode them in parallel.
            storage_options: What fsspec passes to the client of a URL, such as credentials.
            **unknown: No option has another name.

        Raises:
            FileError: If the operating system or fsspec refuses.
            ArgumentError: If an option has an invalid value, e.g. an unknown compression.
            ArgumentTypeError: If an option has a type that is not accepted, or is unknown.

        Examples:
            >>> import io
            >>> import mydf
            >>> frame = mydf.DataFrame({"a": [1, None], "b": ["x", "y"]})
            >>> file = io.BytesIO()
            >>> frame.write_ipc_stream(file, compression="zstd")
            >>> mydf.read_ipc_stream(file.getvalue()).equals(frame)
            True
        """
        from mydf import _options, _targets
        from mydf._native import core

        _options.refuse(FileMethods.write_ipc_stream, unknown)
        rows = _options.number("record_batch_size", record_batch_size, 1)
        codec = _options.text("compression", compression)
        storage = _options.mapping("storage_options", storage_options)
        _targets.write(
            path,
            storage,
            lambda local: core.write_ipc(self._core, local, True, codec, rows),
        )

    def write_ndjson(
        self,
        path: Path | Writable | None = None,
        *,
        storage_options: Mapping[str, Any] | None = None,
        **unknown: NoReturn,
    ) -> str | None:
        r"""Write JSON lines completely or not at all, or return their text if there is no path.

        Each row is an object on a line of its own, with all columns. Dates and datetimes are texts
        in ISO 8601, datetimes with a zone as their instant in UTC.

        Args:
            path: The file, an existing one is replaced; a URL, which fsspec writes; or a file that
                is open for writing, which gets all of it at once.
            storage_options: What fsspec passes to the client of a URL, such as credentials.
            **unknown: No option has another name.

        Raises:
            FileError: If the operating system or fsspec refuses.
            ArgumentError: If a float is NaN or infinite, which JSON does not have.
            ArgumentTypeError: If an option has a type that is not accepted, or is unknown.

        Examples:
            >>> import mydf
            >>> mydf.DataFrame({"a": [1, None], "b": ["x", "y"]}).write_ndjson()
            '{"a":1,"b":"x"}\n{"a":null,"b":"y"}\n'
        """
        from mydf import _options, _paths, _targets
        from mydf._native import core

        _options.refuse(FileMethods.write_ndjson, unknown)
        storage = _options.mapping("storage_options", storage_options)
        if path is None:
            return core.ndjson_text(self._core)
        if _paths.is_open_text(path):
            _paths.write_text(path, core.ndjson_text(self._core))
            return None
        _paths.check_uncompressed(path, "write_ndjson")
        _targets.write(path, storage, lambda local: core.write_ndjson(self._core, local))
        return None
