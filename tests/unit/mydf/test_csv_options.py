"""Options of CSV: numbers, dates, encodings, comments, lines that are left out, ragged rows."""

import datetime as dt
import gzip
import io

import pandas as pd
import polars as pl
import pytest

import mydf as md
from mydf.errors import ArgumentError, ColumnNotFoundError, CsvError, MydfError


def read(text, **options):
    return md.read_csv(text.encode() if isinstance(text, str) else text, **options)


def refused(text, *parts, error=CsvError, **options):
    with pytest.raises(error) as caught:
        read(text, **options)
    assert isinstance(caught.value, MydfError)
    assert caught.value.hint
    for part in parts:
        assert part in str(caught.value)


def test_decimal_commas_and_thousands():
    text = "a;b;c\n1,5;1.234.567;x\n-0,25;12;y\n;;z\n"
    frame = read(text, separator=";", decimal_comma=True, thousands=".")
    assert frame.to_dict() == {
        "a": [1.5, -0.25, None],
        "b": [1234567, 12, None],
        "c": ["x", "y", "z"],
    }
    other = pd.read_csv(io.StringIO(text), sep=";", decimal=",", thousands=".")
    assert frame["a"].to_list()[:2] == other["a"].to_list()[:2]
    assert read('a,b\n"1,234",2\n"12",3\n', thousands=",")["a"].to_list() == [1234, 12]
    # No number has its marks there.
    assert read('a\n"1,23"\n"12"\n', thousands=",")["a"].to_list() == ["1,23", "12"]
    assert read("a;b\n1.5;1\n", separator=";", decimal_comma=True)["a"].to_list() == ["1.5"]
    assert read("a;b\n2024-01-02;1\n", separator=";", decimal_comma=True)["a"].dtype == md.Date
    options = {"separator": ";", "decimal_comma": True, "schema_overrides": {"a": md.Float32}}
    assert read("a;b\n1,5;1\n", **options).schema == {"a": md.Float32, "b": md.Int64}
    refused("a;b\n1.5;1\n", "`a`", "line 2", "Float32", **options)
    big = "9007199254740993"
    assert read(f"a;b\n{big};1\n0,5;2\n", separator=";", decimal_comma=True)["a"].to_list() == [
        big,
        "0,5",
    ]


def test_dates_in_other_formats():
    text = "day,at,zoned,iso\n31.12.2024,1/2/24 13:05,2024-01-02T00:00:00+0100,2024-01-02\n,,,\n"
    formats = {"day": "%d.%m.%Y", "at": "%d/%m/%y %H:%M", "zoned": "%Y-%m-%dT%H:%M:%S%z"}
    frame = read(text, date_format=formats)
    assert frame.schema == {
        "day": md.Date,
        "at": md.Datetime(),
        "zoned": md.Datetime("UTC"),
        "iso": md.Date,
    }
    assert frame.row(0)[:2] == (dt.date(2024, 12, 31), dt.datetime(2024, 2, 1, 13, 5))  # noqa: DTZ001
    assert frame["zoned"].to_list()[0] == dt.datetime(2024, 1, 1, 23, tzinfo=dt.timezone.utc)
    assert frame.row(1) == (None, None, None, None)
    # With a format, no other one is tried: 01-13 would be another day than 13-01.
    refused("d\n2024-01-13\n", "`d`", "line 2", "date_format", date_format={"d": "%Y-%d-%m"})
    refused("d\n1\n", "format", error=MydfError, date_format={"d": "%Q"})
    refused("d\n1\n", "`x`", error=ColumnNotFoundError, date_format={"x": "%Y-%m-%d"})
    refused("d\n1\n", "date_format", error=MydfError, date_format="%Y-%m-%d")
    options = {"date_format": {"d": "%Y-%m-%d"}, "schema_overrides": {"d": int}}
    refused("d\n1\n", "date_format", "`d`", error=ArgumentError, **options)
    refused("d\n", "date_format", error=MydfError, date_format={"d": 1})


@pytest.mark.parametrize(
    "encoding",
    ["latin-1", "cp1252", "utf-16", "utf-16-le", "utf-32", "UTF8", "shift_jis", "koi8-r"],
)
def test_encodings_are_decoded_exactly(encoding, tmp_path):
    word = {"shift_jis": "日本", "koi8-r": "мир"}.get(encoding, "é")
    text = f"na{word},b\n{word * 9},2\n"
    expected = {f"na{word}": [word * 9], "b": [2]}
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode(encoding))
    assert md.read_csv(path, encoding=encoding).to_dict() == expected
    assert read(gzip.compress(text.encode(encoding)), encoding=encoding).to_dict() == expected
    with open(path, "rb") as file:
        assert md.read_csv(file, encoding=encoding).to_dict() == expected


def test_bytes_that_an_encoding_does_not_have_are_refused(tmp_path):
    refused(b"a\nx\n\x81\n", "line 3", "0x81", "cp1252", encoding="cp1252")
    refused("a\nxy\n".encode("utf-16")[:-1], "utf-16", encoding="utf-16")
    refused(b"a\n\xff\n", "line 2", "encoding=")
    for wrong in ("nope", "base64", "rot13", "utf8-lossy", ""):
        refused(b"a\n1\n", "encoding", error=ArgumentError, encoding=wrong)
    refused(b"a\n1\n", "encoding", error=MydfError, encoding=None)
    refused("a\n1\n".encode("utf-16"), "UTF-16", 'encoding="utf-16"')
    missing = tmp_path / "missing.csv"
    with pytest.raises(md.errors.MissingFileError, match=r"missing\.csv"):
        md.read_csv(missing, encoding="latin-1")


def test_lines_that_are_left_out():
    text = 'It\'s "odd\n# one\na,b\n# "two\n1,"#3"\n#\n\n4,5#\n# end'
    frame = read(text, skip_rows=1, comment_prefix="#")
    assert frame.to_dict() == {"a": [1, 4], "b": ["#3", "5#"]}
    options = {"skip_rows": 1, "comment_prefix": "#", "skip_rows_after_header": 1}
    assert read(text, **options).rows() == [(4, "5#")]
    # Lines count as they are in the file.
    refused(text + "\n1,2,3\n", "line 10", skip_rows=1, comment_prefix="#")
    refused("x\na\n1\n", "skip_rows", "lines", skip_rows=4)
    assert read("a\n# b\n\n1\n", comment_prefix="#")["a"].to_list() == [None, 1]
    assert read("a,b\n1,2\n3,4\n", skip_rows_after_header=9).shape == (0, 2)
    assert read("// x\na\r\n//\r\n1\r\n", comment_prefix="//")["a"].to_list() == [1]
    assert read("x\rb\r1\r", skip_rows=1)["b"].to_list() == [1]
    for text in ("#1\na\n1\n#2\n2\n", "a\n1\n2\n#", "#\n#\na\n1\n2\n"):
        assert read(text, comment_prefix="#")["a"].to_list() == [1, 2]


def test_names_for_all_columns():
    assert read("1,2\n3,4\n", has_header=False, new_columns=["x", "y"]).rows() == [(1, 2), (3, 4)]
    frame = read("a,a\n1,2\n", new_columns=["x", "y"], columns="y", schema_overrides={"y": float})
    assert frame.to_dict() == {"y": [2.0]}
    refused("a,b\n1,2\n", "2 columns", "new_columns", new_columns=["x"])
    for wrong in ("xy", {"a": "x"}, ["x", "x"], [1, 2], 7):
        refused("a,b\n1,2\n", "new_columns", error=MydfError, new_columns=wrong)


def test_columns_by_number(tmp_path):
    text = "a,b,c\n1,2,3\n"
    assert read(text, columns=[2, 0]).to_dict() == {"c": [3], "a": [1]}
    assert read(text, columns=range(2)).columns == ["a", "b"]
    refused(text, "columns: 3", "3 columns", error=ArgumentError, columns=[3])
    refused(text, "columns: -1", error=ArgumentError, columns=[-1])
    refused(text, "twice", error=MydfError, columns=[1, 1])
    frame = read(text)
    frame.write_parquet(tmp_path / "x.parquet")
    frame.write_ipc(tmp_path / "x.arrow")
    frame.write_ndjson(tmp_path / "x.ndjson")
    for reader, name in [
        (md.read_parquet, "x.parquet"), (md.read_ipc, "x.arrow"), (md.read_ndjson, "x.ndjson")
    ]:  # fmt: skip
        assert reader(tmp_path / name, columns=[2, 0]).equals(frame[["c", "a"]])


def test_ragged_rows():
    text = 'a,b,c\n1\n1,2,3\n4,"x,y\nz"\n\n7,8,9,10,11\n'
    expected = {"a": [1, 1, 4, 7], "b": [None, "2", "x,y\nz", "8"], "c": [None, 3, None, 9]}
    assert read(text, ragged_rows="truncate").to_dict() == expected
    refused(text, "line 2", 'ragged_rows="fill"')
    refused(text, "line 7", 'ragged_rows="truncate"', ragged_rows="fill")
    short = "".join(text.splitlines(keepends=True)[:-1])
    assert read(short, ragged_rows="fill").height == 3
    assert read("a\n1,2\n\n3\n", ragged_rows="truncate")["a"].to_list() == [1, None, 3]
    refused(text, "ragged_rows", error=ArgumentError, ragged_rows="skip")
    other = pl.read_csv(b"a,b\n1\n2,3,4\n", truncate_ragged_lines=True)
    assert read("a,b\n1\n2,3,4\n", ragged_rows="truncate").equals(md.DataFrame(other))


@pytest.mark.parametrize("rows", [1, 50_000])
def test_long_files_give_the_same_as_short_ones(rows):
    text = "# x\na;b;d\n" + '# "\n1,5;1.000;01.02.2024\n2;3\n' * rows
    frame = read(
        text, separator=";", decimal_comma=True, thousands=".", comment_prefix="#",
        ragged_rows="fill", date_format={"d": "%d.%m.%Y"},
    )  # fmt: skip
    assert frame.shape == (2 * rows, 3)
    assert frame.tail(2).rows() == [(1.5, 1000, dt.date(2024, 2, 1)), (2.0, 3, None)]
    assert frame["b"].sum() == 1003 * rows


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("comment_prefix", ""), ("comment_prefix", "a\nb"), ("comment_prefix", 1),
        ("skip_rows", -1), ("skip_rows", "1"), ("skip_rows_after_header", 1.5),
        ("decimal_comma", ","), ("thousands", ""), ("thousands", ",,"), ("thousands", "1"),
        ("thousands", "."), ("thousands", 1000), ("thousands", "e"), ("ragged_rows", None),
        ("row_index_name", 1), ("row_index_offset", -1), ("include_file_paths", True),
        ("hive_partitioning", 1), ("storage_options", {1: 2}), ("encoding", 1),
    ],
)  # fmt: skip
def test_wrong_options(option, value):
    refused("a\n1\n", option, error=MydfError, **{option: value})


def test_written_numbers_and_dates():
    frame = md.DataFrame(
        {
            "f": [0.5, None, float("nan"), 1e20],
            "d": [dt.date(2024, 1, 2), None, dt.date(1, 1, 1), dt.date(9999, 12, 31)],
            "t": [dt.datetime(2024, 1, 2, 3, 4, 5), None] * 2,  # noqa: DTZ001
        }
    )
    text = frame.write_csv(
        separator=";", decimal_comma=True, float_precision=2, date_format="%d.%m.%Y",
        datetime_format="%H;%M",
    )  # fmt: skip
    assert text.splitlines()[:3] == ["f;d;t", '0,50;02.01.2024;"03;04"', ";;"]
    again = read(text, separator=";", decimal_comma=True, date_format={"d": "%d.%m.%Y"})
    assert again["d"].to_list() == frame["d"].to_list()
    assert again["f"].to_list()[3] == 1e20
    assert frame.write_csv(include_bom=True)[0] == "\ufeff"
    assert read(frame.write_csv(include_bom=True)).columns == ["f", "d", "t"]
    zoned = md.DataFrame(pl.DataFrame({"t": [0]}).select(
        pl.col("t").cast(pl.Datetime("us", "Asia/Kolkata"))
    ))  # fmt: skip
    assert zoned.write_csv(datetime_format="%H:%M %z") == "t\n05:30 +0530\n"
    other = pl.DataFrame({"f": [0.5, 1.25]}).write_csv(float_precision=1)
    assert md.DataFrame({"f": [0.5, 1.25]}).write_csv(float_precision=1) == other


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"decimal_comma": True}, "separator"), ({"float_precision": -1}, "float_precision"),
        ({"float_precision": "2"}, "float_precision"), ({"date_format": "%K"}, "date_format"),
        ({"datetime_format": 7}, "datetime_format"), ({"include_bom": 1}, "include_bom"),
        ({"decimal_comma": ","}, "decimal_comma"),
    ],
)  # fmt: skip
def test_wrong_options_of_the_writer(options, name):
    with pytest.raises(MydfError) as caught:
        md.DataFrame({"a": [0.5]}).write_csv(**options)
    assert name in caught.value.fact
    assert caught.value.hint
