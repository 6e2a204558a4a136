"""Options of readers and writers that are not what they should be."""

import gzip
import io
import os
from pathlib import Path

import numpy as np
import pytest

import mydf as md
from mydf.errors import FileError, MydfError

DATA = b"ab,b,a\n1,2,3\n"
FRAME = md.DataFrame({"a": [1, 2]})


def refused(call, name, *parts):
    """The call raises an error of mydf, with a hint, that names the option."""
    with pytest.raises(MydfError) as caught:
        call()
    assert name in caught.value.fact
    assert caught.value.hint
    for part in parts:
        assert part in str(caught.value)


def test_one_name_is_one_column(tmp_path):
    assert md.read_csv(DATA, columns="ab").to_dict() == {"ab": [1]}
    md.read_csv(DATA).write_parquet(tmp_path / "x")
    assert md.read_parquet(tmp_path / "x", columns="ab").to_dict() == {"ab": [1]}
    assert md.read_csv(DATA, columns=("a", "ab")).columns == ["a", "ab"]
    assert md.read_csv(DATA, n_rows=np.int64(0)).height == 0


WRONG = [
    ("columns", [-1]), ("columns", 0), ("columns", {"a"}), ("columns", {"a": 1}),
    ("columns", b"a"), ("columns", ["a", "a"]), ("columns", [None]), ("columns", str.isupper),
    ("n_rows", -1), ("n_rows", True), ("n_rows", 1.0), ("n_rows", "1"),
]  # fmt: skip


@pytest.mark.parametrize(("option", "value"), WRONG)
def test_wrong_options_of_both_readers(option, value):
    # The path does not exist: options are checked before a file is touched.
    refused(lambda: md.read_csv("missing", **{option: value}), option)
    refused(lambda: md.read_parquet("missing", **{option: value}), option)


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("separator", "||"), ("separator", ""), ("separator", "é"), ("separator", "\n"),
        ("separator", "\r"), ("separator", "\0"), ("separator", None), ("separator", b","),
        ("separator", "\\t"), ("quote_char", '""'), ("quote_char", "«"), ("quote_char", False),
        ("has_header", "false"), ("has_header", 0), ("has_header", None), ("null_values", [-999]),
        ("null_values", -999), ("null_values", b"NA"), ("null_values", {"a": -999}),
        ("null_values", {0: "NA"}), ("null_values", [None]), ("schema_overrides", [int]),
        ("schema_overrides", md.Int64), ("schema_overrides", {"a": "int"}),
        ("schema_overrides", {0: int}), ("infer_schema_length", -1), ("infer_schema_length", 1.5),
        ("infer_schema_length", False),
    ],
)  # fmt: skip
def test_wrong_options_of_read_csv(option, value):
    refused(lambda: md.read_csv("missing", **{option: value}), option)


@pytest.mark.parametrize("schema", [["a"], "a", [("a", md.Int8)], md.Int8])
def test_a_schema_that_is_no_dict_is_refused(schema):
    refused(lambda: md.DataFrame({"a": [1]}, schema=schema), "schema", "dict")
    refused(lambda: md.DataFrame(None, schema=schema), "schema", "dict")


def test_a_quote_that_is_the_separator_is_refused():
    refused(lambda: md.read_csv(DATA, separator='"'), "quote_char", "also the separator")
    refused(lambda: md.read_csv("missing", separator="'", quote_char="'"), "quote_char")
    refused(lambda: md.read_csv("missing", quote_char="1"), "quote_char", "numbers")
    refused(lambda: FRAME.write_csv(separator='"'), "separator")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("separator", "||"), ("separator", None), ("separator", "\n"), ("separator", "é"),
        ("include_header", "no"), ("include_header", 1), ("null_value", None), ("null_value", 0),
    ],
)  # fmt: skip
def test_wrong_options_of_write_csv(option, value, tmp_path):
    refused(lambda: FRAME.write_csv(**{option: value}), option)
    refused(lambda: FRAME.write_csv(tmp_path / "x.csv", **{option: value}), option)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("compression", None), ("compression", "ZSTD2"), ("compression", 3),
        ("row_group_size", 0), ("row_group_size", -1), ("row_group_size", True),
        ("row_group_size", 2.0), ("row_group_size", None),
    ],
)  # fmt: skip
def test_wrong_options_of_write_parquet(option, value, tmp_path):
    refused(lambda: FRAME.write_parquet(tmp_path / "x", **{option: value}), option)
    assert not list(tmp_path.iterdir())


def test_options_of_other_libraries_are_translated():
    for name, hint in {
        "sep": "`separator`", "delimiter": "`separator`", "header": "`has_header`",
        "usecols": "`columns`", "dtype": "`schema_overrides`", "na_values": "`null_values`",
        "nrows": "`n_rows`", "quotechar": "`quote_char`", "skiprows": "`skip_rows`",
        "comment": "`comment_prefix`", "compression": "recognized", "parse_dates": "ISO 8601",
        "decimal": "`decimal_comma`", "Separator": "did you mean `separator`?",
        "seperator": "did you mean `separator`?", "x": "`separator`",
    }.items():  # fmt: skip
        refused(lambda name=name: md.read_csv("missing", **{name: 1}), name, hint)
    for name, hint in {
        "sep": "`separator`", "header": "`include_header`", "na_rep": "`null_value`",
        "index": "no index", "null_values": "`null_value`", "mode": '"ab"', "columns": "select",
        "quote_style": "leave it out", "compression": "gzip.open",
        "float_format": "`float_precision`",
    }.items():  # fmt: skip
        refused(lambda name=name: FRAME.write_csv(**{name: 1}), name, hint)
    refused(lambda: md.read_parquet("missing", nrows=1), "nrows", "`n_rows`")
    refused(lambda: FRAME.write_parquet("x", codec="zstd"), "codec", "`compression`")


def test_things_that_are_no_path_are_refused(tmp_path):
    path = tmp_path / "data.csv"
    path.write_bytes(DATA)
    refused(lambda: md.read_csv(os.fsencode(path)), "source", "os.fsdecode")
    refused(lambda: md.read_csv("a,b\n1,2\n"), "source", "encode()")
    refused(lambda: md.read_csv([]), "source", "empty list")
    refused(lambda: md.read_csv([path, DATA]), "source", "bytes")
    refused(lambda: md.read_csv([path, 7]), "source", "int")
    refused(lambda: md.read_csv(7), "source")
    refused(lambda: md.read_csv(None), "source")
    refused(lambda: md.read_csv("a\0b"), "source")
    refused(lambda: md.read_parquet(io.StringIO("PAR1")), "source", '"rb"')
    refused(lambda: md.read_parquet(7), "source", "bytes")
    refused(lambda: FRAME.write_csv([path]), "path", "file of its own")
    refused(lambda: FRAME.write_parquet(io.StringIO()), "path", '"wb"')
    refused(lambda: FRAME.write_csv(tmp_path), str(tmp_path), "file")
    refused(lambda: FRAME.write_csv(tmp_path / "none" / "x.csv"), "none", "folder")
    refused(lambda: md.read_csv("no such file.csv"), "no such file.csv", os.getcwd())
    refused(lambda: md.read_csv(io.StringIO("a\n\udc80\n")), "source")
    refused(lambda: md.read_csv(""), "source", "empty path")
    refused(lambda: md.read_csv("\ud800"), "source")
    refused(lambda: md.read_csv(FRAME), "source", "DataFrame")
    refused(lambda: md.read_csv(str(tmp_path / "*.tsv")), "*.tsv", "no file matches")
    refused(lambda: md.read_csv(path / "x"), "x", "not a folder")
    with open(path, "ab") as writing:
        refused(lambda: md.read_csv(writing), "source", "writing")
    closed = io.BytesIO(DATA)
    closed.close()
    refused(lambda: md.read_csv(closed), "source", "closed")
    written = io.StringIO()
    written.write(DATA.decode())
    refused(lambda: md.read_csv(written), "source", "seek(0)")
    refused(lambda: FRAME.write_csv(""), "path", "empty path")
    with open(path, "rb") as reading:
        refused(lambda: FRAME.write_csv(reading), "path", "reading")
    refused(lambda: FRAME.write_csv(reading), "path", "closed")
    refused(lambda: FRAME.write_csv(path / "x"), "x", "not a folder")
    FRAME.write_csv(tmp_path / "a\nb")
    assert md.read_csv(tmp_path / "a\nb").equals(FRAME)


def test_texts_that_utf_8_cannot_encode_are_refused():
    refused(lambda: md.read_csv(DATA, null_values="\ud800"), "null_values")
    refused(lambda: md.read_csv(DATA, columns=["\ud800"]), "columns")
    refused(lambda: FRAME.write_csv(null_value="\ud800"), "null_value")


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="a system without such devices")
def test_a_device_without_end_is_refused():
    with pytest.raises(FileError, match="device"):
        md.read_csv("/dev/zero")


def test_a_suffix_of_a_compression_that_is_not_written_is_refused(tmp_path):
    for suffix in (".gz", ".BZ2", ".xz", ".zst", ".zip"):
        refused(lambda end=suffix: FRAME.write_csv(tmp_path / f"x.csv{end}"), "path", "compress")
    assert not list(tmp_path.iterdir())


def test_parquet_is_read_from_bytes_and_open_files(tmp_path):
    path = tmp_path / "x"
    FRAME.write_parquet(path)
    assert md.read_parquet(path.read_bytes()).equals(FRAME)
    assert md.read_parquet(memoryview(path.read_bytes()), columns="a", n_rows=1).height == 1
    with open(path, "rb") as file:
        assert md.read_parquet(file).equals(FRAME)


def test_what_is_not_parquet_is_named():
    refused(lambda: md.read_parquet(DATA), "not a Parquet file", "read_csv")
    refused(lambda: md.read_parquet(gzip.compress(DATA)), "not a Parquet file", "gzip.open")
    refused(lambda: md.read_parquet(b""), "no data", "empty")
    refused(lambda: md.read_parquet(b"PAR1" + bytes(20)), "cut off", "again")


def test_paths_in_every_form_are_read(tmp_path, monkeypatch):
    path = tmp_path / "data.csv"
    path.write_bytes(DATA)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))

    class InBytes:
        def __fspath__(self):
            return os.fsencode(path)

    for given in (path, str(path), Path("~") / "data.csv", "~/data.csv", InBytes()):
        assert md.read_csv(given).width == 3
