"""JSON lines: values and their dtypes, round trips, and files that are not what they should be."""

import datetime as dt
import gzip
import io
import json

import polars as pl
import pytest

import mydf as md
from mydf.errors import ArgumentError, ColumnNotFoundError, MydfError, NdjsonError


def lines(*objects):
    return "".join(json.dumps(each) + "\n" for each in objects).encode()


def column(*values):
    return md.read_ndjson(lines(*({"a": value} for value in values)))["a"]


def refused(data, *parts, error=NdjsonError, **options):
    with pytest.raises(error) as caught:
        md.read_ndjson(data, **options)
    assert isinstance(caught.value, MydfError)
    assert caught.value.hint
    for part in parts:
        assert part in str(caught.value)


def test_dtypes_follow_from_all_values():
    assert column(1, None, -2).dtype == md.Int64
    assert column(1, 2**64 - 1).to_list() == [1, 2**64 - 1]
    assert column(1, 0.5).to_list() == [1.0, 0.5]
    assert column(*[1] * 100_000, 0.5).dtype == md.Float64
    assert column(True, None).to_list() == [True, None]
    assert column("1", "2024-01-02").to_list() == ["1", "2024-01-02"]
    assert column(None).dtype == md.Null
    assert column('a"\\/\b\f\n\r\t\0ä𝄞').to_list() == ['a"\\/\b\f\n\r\t\0ä𝄞']
    frame = md.read_ndjson(lines({"a": 1}, {"b": "x"}, {}, {"b": "y", "a": 2}))
    assert frame.to_dict() == {"a": [1, None, None, 2], "b": [None, "x", None, "y"]}


def test_options(tmp_path):
    data = lines({"a": 1, "b": "x", "c": 0.5}, {"a": 2, "b": None, "c": 1})
    assert md.read_ndjson(data, columns=["c", "a"], n_rows=1).rows() == [(0.5, 1)]
    assert md.read_ndjson(data, n_rows=0).schema == md.read_ndjson(data).schema
    frame = md.read_ndjson(data, schema_overrides={"a": float, "c": md.String})
    assert frame.to_dict() == {"a": [1.0, 2.0], "b": ["x", None], "c": ["0.5", "1"]}
    schema = {"z": md.Int8, "c": md.Float32, "b": str, "a": md.UInt8}
    frame = md.read_ndjson(data, schema=schema)
    assert frame.schema == {"z": md.Int8, "c": md.Float32, "b": md.String, "a": md.UInt8}
    assert frame["z"].to_list() == [None, None]
    (tmp_path / "x.jsonl.gz").write_bytes(gzip.compress(data))
    (tmp_path / "y.ndjson").write_bytes(lines({"a": 0.5, "b": "y", "c": None}))
    assert md.read_ndjson(tmp_path)["a"].to_list() == [1.0, 2.0, 0.5]
    assert md.read_ndjson(io.StringIO(data.decode())).equals(md.read_ndjson(data))
    assert md.read_ndjson(b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n\n")).height == 2
    texts = lines({"d": "2024-02-29", "t": "2024-02-29T01:02:03Z"})
    frame = md.read_ndjson(texts, schema_overrides={"d": md.Date, "t": md.Datetime("UTC")})
    moment = dt.datetime(2024, 2, 29, 1, 2, 3, tzinfo=dt.timezone.utc)
    assert frame.rows() == [(dt.date(2024, 2, 29), moment)]


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        (b"[1, 2]", ["JSON array", "json.load"]),
        (b"7", ["`7` is not an object"]),
        (b"null", ["not an object"]),
        (b'{"a": 1', ["does not end on its line"]),
        (b'{"a": 1} {"a": 2}', ["text after the object"]),
        (b'{"a": 1},', ["text after the object"]),
        (b'{"a": NaN}', ["character 7", "NaN"]),
        (b"{'a': 1}", ["character"]),
        (b'{"a": 01}', ["character"]),
        (b'{"a": 1,}', ["character"]),
        (b'{"a": "\x01"}', ["character"]),
        (b'{"a": 1, "a": 2}', ["`a`", "name twice"]),
        (b'{"a": [1]}', ["`a`", "`[1]` is an array", "mydf.String"]),
        (b'{"a": {"b": 1}}', ["`a`", "an object", "mydf.String"]),
        (b'{"a": "x"}', ["`a`", '`"x"` is a text', "mydf.String"]),
        (b'{"a": true}', ["`a`", "a Boolean"]),
        (b'{"a": 18446744073709551616}', ["`a`", "exactly", "mydf.String"]),
        (b'{"a": 1e999}', ["`a`", "exactly"]),
        (b'{"a": "\xff"}', ["UTF-8", "0xff"]),
        (b'{"a": 1}\n{"b": "\\ud834"}', ["`b`", "half a character"]),
    ],
)
def test_each_fault_names_file_line_and_column(line, parts, tmp_path):
    path = tmp_path / "faulty.ndjson"
    path.write_bytes(b'{"a": 0}\n\n' + line + b"\n")
    row = 4 if b"\n" in line else 3
    refused(path, "faulty.ndjson", f"line {row}", *parts)
    # Only the encoding is that of the whole file.
    if b"\xff" not in line:
        assert md.read_ndjson(path, n_rows=1).to_dict() == {"a": [0]}


def test_what_is_not_json_lines_is_refused():
    refused(b"", "no data")
    refused(b"\n\n", "no data")
    refused(b"{}\n{}\n", "no data")
    refused('{"a": 1}'.encode("utf-16"), "UTF-16")
    refused(b"PAR1" + bytes(9), "read_parquet")
    refused(b"ARROW1\0\0" + bytes(9), "read_ipc")
    refused(gzip.compress(lines({"a": 1}))[:-9], "gzip")
    refused(lines({"a": 1}), "`b`", error=ColumnNotFoundError, columns="b")
    refused(lines({"a": 1}), "`b`", error=ColumnNotFoundError, schema_overrides={"b": int})
    refused(lines({"a": 1}, {"a": 1, "b": 2}), "`b`", "line 2", "schema", schema={"a": int})
    refused(lines({"a": 1}, {"a": 300}), "`300` does not fit Int8", schema={"a": md.Int8})
    refused(lines({"a": "x"}), "does not fit Date", schema={"a": md.Date})
    refused(lines({"a": 1.5}), "does not fit Int64", schema_overrides={"a": int})
    refused(lines({"a": 1}), "`lines`", error=MydfError, lines=True)
    refused(lines({"a": 1}), "schema", error=MydfError, schema=["a"])


def test_nested_values_come_in_as_their_json():
    data = lines({"a": {"b": [1, "x"]}}, {"a": 2**70}, {"a": "text"}, {"a": None})
    frame = md.read_ndjson(data, schema_overrides={"a": md.String})
    assert frame["a"].to_list() == ['{"b": [1, "x"]}', str(2**70), "text", None]


def test_what_is_written_is_read_here_and_elsewhere(tmp_path):
    frame = md.DataFrame(
        {
            "i": [1, None, 2**63 - 1],
            "f": [0.1, None, -1e300],
            "t": ['a"\\\n\t\0ä𝄞', None, ""],
            "b": [True, None, False],
            'na"me': [None, None, None],
        }
    )
    text = frame.write_ndjson()
    rows = [json.loads(line) for line in text.splitlines()]
    assert rows == frame.to_dicts()
    assert md.read_ndjson(text.encode()).equals(frame)
    assert md.DataFrame(pl.read_ndjson(text.encode())).equals(frame)
    out = io.BytesIO()
    pl.DataFrame(frame).write_ndjson(out)
    assert md.read_ndjson(out.getvalue()).equals(frame)
    path = tmp_path / "x.ndjson"
    frame.write_ndjson(path)
    assert path.read_text(encoding="utf-8") == text
    moments = md.DataFrame({"d": [dt.date(2024, 1, 2)], "t": [dt.datetime(2024, 1, 2, 3)]})  # noqa: DTZ001
    assert moments.write_ndjson() == '{"d":"2024-01-02","t":"2024-01-02T03:00:00"}\n'
    assert md.read_ndjson(moments.write_ndjson().encode(), schema=moments.schema).equals(moments)


def test_floats_that_json_does_not_have_are_refused(tmp_path):
    for value in (float("nan"), float("inf")):
        frame = md.DataFrame({"a": [0.5, value]})
        with pytest.raises(ArgumentError) as caught:
            frame.write_ndjson(tmp_path / "x")
        assert "`a`, row 1" in caught.value.fact
        assert caught.value.hint
    assert not list(tmp_path.iterdir())
    assert frame.filter(md.col("a").is_finite()).write_ndjson() == '{"a":0.5}\n'
    with pytest.raises(MydfError, match="orient"):
        frame.write_ndjson(orient="records")
