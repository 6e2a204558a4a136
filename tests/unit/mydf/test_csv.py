"""CSV files of other programs, read and written: line ends, contents, nulls, separators."""

import bz2
import datetime as dt
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib

import pytest

import mydf as md
from mydf.errors import ArgumentError, ColumnNotFoundError, CsvError

TWO = {"a": [1, 2], "b": ["x", "y"]}


@pytest.mark.parametrize(
    "data",
    [
        b"a,b\r1,x\r2,y\r",
        b"a,b\r1,x\r2,y\n",
        b"a,b\r\r\n1,x\r\r\n2,y\r\r\n",
        b'\xef\xbb\xbfa,b\r1,"x"\r2,y',
        b"a,b\r\n1,x\r\n2,y\r\n\x1a",
        gzip.compress(b"a,b\n1,x\n2,y\n", mtime=0),
    ],
)
def test_line_ends_and_compression_of_other_programs_are_read(data):
    assert md.read_csv(data).to_dict() == TWO
    assert md.read_csv(io.BytesIO(data)).to_dict() == TWO


def test_line_ends_within_quotes_stay():
    text = b'a,b\r1,"x\ny\r\nz\r"\r'
    assert md.read_csv(text).to_dict() == {"a": [1], "b": ["x\ny\r\nz\r"]}


@pytest.mark.parametrize(
    ("data", "name", "hint"),
    [
        ("a,b\n1,ä\n".encode("utf-16"), "UTF-16", 'encoding="utf-16"'),
        ("a,b\n1,2\n".encode("utf-16-le"), "UTF-16", 'encoding="utf-16-le"'),
        ("a,b\n1,2\n".encode("utf-32"), "UTF-32", 'encoding="utf-32"'),
        ("a,b\n1,ä\n".encode("latin-1"), "invalid UTF-8: 0xe4", "encoding="),
        (bz2.compress(b"a\n1\n"), "bzip2", "bz2.open"),
        (lzma.compress(b"a\n1\n"), "xz", "lzma.open"),
        (
            gzip.compress(gzip.compress(b"a\n1\n", mtime=0), mtime=0),
            "compressed file within",
            "decompress",
        ),
        (gzip.compress(b"a\n1\n", mtime=0)[:-4], "gzip", "cut off or damaged"),
        (zlib.compress(b"a\n1\n"), "zlib", "zlib.decompress"),
        ("a,b\u20281,2\u2028".encode(), "U+2028", "replace the line ends"),
        (b"<!DOCTYPE html>\n<html>\n", "HTML", "read_html"),
        (b"\0" * 512, "NUL byte outside quotes", "damaged"),
        (b'a,b\n5" pipe,2\n', "within an unquoted field", "quote_char=None"),
        (b"a,b\n1,2\r3,4\n", "CR without LF", "tr "),
        (b"", "no data", "neither"),
    ],
)
def test_contents_that_are_not_csv_are_named(data, name, hint):
    with pytest.raises(CsvError) as caught:
        md.read_csv(data)
    assert name in caught.value.fact
    assert hint in caught.value.hint


def test_parquet_and_archives_are_named(tmp_path):
    path = tmp_path / "data.csv"
    md.DataFrame(TWO).write_parquet(path)
    with pytest.raises(CsvError, match="Parquet") as caught:
        md.read_csv(path)
    assert "read_parquet" in caught.value.hint
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as archive:
        archive.add(path, "data.csv")
    with pytest.raises(CsvError, match="tar archive"):
        md.read_csv(tmp_path / "x.tar.gz")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("data.csv", "a,b\n1,x\n2,y\n")
    with pytest.raises(CsvError, match="zip archive"):
        md.read_csv(path)
    with zipfile.ZipFile(path) as archive, archive.open("data.csv") as member:
        assert md.read_csv(member).to_dict() == TWO


def test_the_hint_for_another_encoding_works(tmp_path):
    path = tmp_path / "data.csv"
    for encoding in ("utf-16", "utf-32", "latin-1"):
        path.write_bytes('a,b\r\n1,"ä\r\n"\r\n'.encode(encoding))
        with open(path, encoding=encoding, newline="") as file:
            assert md.read_csv(file).to_dict() == {"a": [1], "b": ["ä\r\n"]}


def test_a_text_file_in_which_python_replaced_line_ends_is_refused(tmp_path):
    path = tmp_path / "data.csv"
    path.write_bytes(b'a,b\r\n1,"x\r\ny"\r\n')
    with open(path, encoding="utf-8") as file, pytest.raises(ArgumentError, match="line ends"):
        md.read_csv(file)
    path.write_bytes(b"a,b\r\n1,x\r\n2,y\r\n")
    with open(path, encoding="utf-8") as file:
        assert md.read_csv(file).to_dict() == TWO


def test_null_values_by_column():
    data = b"a,b\n-999,x\n1,a\n"
    assert md.read_csv(data, null_values={"a": "-999"}).to_dict() == {
        "a": [None, 1],
        "b": ["x", "a"],
    }
    assert md.read_csv(data, null_values={"b": ["x", "a"]})["b"].dtype == md.Null
    with pytest.raises(ColumnNotFoundError):
        md.read_csv(data, null_values={"c": "x"})


def test_a_quoted_null_is_a_text_or_null_by_the_dtype_of_its_column():
    data = b'a,b\n"NA","NA"\nNA,"1"\n'
    found = md.read_csv(data, null_values="NA")
    assert found.to_dict() == {"a": ["NA", None], "b": [None, 1]}


def test_special_floats_are_floats_in_any_case():
    found = md.read_csv(b"a,b,c\n1.5,nan,x\nnan,-nan,nan\nInf,Infinity,inf\n")
    assert found.dtypes == [md.Float64, md.Float64, md.String]
    assert found["a"].to_list()[2] == float("inf")
    assert found["c"].to_list() == ["x", "nan", "inf"]


def test_no_rows_to_infer_from_makes_columns_texts():
    found = md.read_csv(b"a,b\n1,\n", infer_schema_length=0)
    assert found.to_dict() == {"a": ["1"], "b": [None]}
    assert found.dtypes == [md.String, md.String]


def test_no_rows_have_the_dtypes_of_the_rows_that_they_are_inferred_from():
    data = b"a,b\n1,x\ny,z\n"
    assert md.read_csv(data, n_rows=0).schema == {"a": md.String, "b": md.String}
    found = md.read_csv(data, n_rows=0, infer_schema_length=1)
    assert (found.height, found.schema) == (0, {"a": md.Int64, "b": md.String})


@pytest.mark.parametrize("separator", ["-", ":", ".", "2", "T", "e", "+", " ", "'"])
def test_values_that_contain_the_separator_are_quoted(separator):
    frame = md.DataFrame(
        {
            "n": [-1, 22],
            "f": [-2.5e-300, 1e22],
            "t": [True, False],
            "d": [dt.date(2024, 1, 2), None],
            "w": [dt.datetime.fromisoformat("1969-12-31T03:04:05.000006"), None],
        }
    )
    text = frame.write_csv(separator=separator)
    assert md.read_csv(text.encode(), separator=separator).equals(frame)


def test_a_text_for_null_that_would_not_be_read_as_null_is_refused():
    frame = md.DataFrame({"a": [0, None], "b": ["0", None], "c": [True, None]})
    for wrong in ("0", "true", "a,b", '"', "\n", "\0", "\ufeff"):
        with pytest.raises(ArgumentError, match="null_value") as caught:
            frame.write_csv(null_value=wrong)
        assert caught.value.hint
    for right in ("1", "false", "NA", " ", "-"):
        text = frame.write_csv(null_value=right)
        assert md.read_csv(text.encode(), null_values=right, schema_overrides=frame.schema).equals(
            frame
        )


def test_far_years_read_back_with_their_dtype():
    frame = md.DataFrame({"d": [2_932_897, -800_000]}).with_columns(md.col("d").cast(md.Int32))
    frame = frame.with_columns(md.col("d").cast(md.Date))
    text = frame.write_csv()
    assert text.startswith("d\n+10000-01-01\n-")
    assert md.read_csv(text.encode(), schema_overrides={"d": md.Date}).equals(frame)
