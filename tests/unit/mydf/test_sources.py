"""Several files, folders, globs, keys in paths, URLs and open files."""

import datetime as dt
import io
import sys

import fsspec
import polars as pl
import pytest

import mydf as md
from mydf.errors import ArgumentError, DTypeError, FileError, MissingFileError, MydfError


@pytest.fixture
def folder(tmp_path):
    """Files of two years in folders that name them, one of them nested deeper."""
    for year, month, rows in [(2023, "01", [1, 2]), (2024, "01", [3]), (2024, "12", [4, 5])]:
        path = tmp_path / f"year={year}" / f"month={month}"
        path.mkdir(parents=True)
        frame = md.DataFrame({"x": rows, "t": [f"row {x}" for x in rows]})
        frame.write_parquet(path / "part.parquet")
    (tmp_path / "_SUCCESS").write_bytes(b"")
    (tmp_path / ".part.parquet.crc").write_bytes(b"x")
    return tmp_path


def refused(error, parts, call):
    with pytest.raises(error) as caught:
        call()
    assert isinstance(caught.value, MydfError)
    assert caught.value.hint
    for part in parts:
        assert part in str(caught.value)


def test_a_folder_is_one_frame_with_its_keys(folder):
    expected = {
        "x": [1, 2, 3, 4, 5],
        "t": ["row 1", "row 2", "row 3", "row 4", "row 5"],
        "year": [2023, 2023, 2024, 2024, 2024],
        "month": [1, 1, 1, 12, 12],
    }
    for source in (folder, f"{folder}/**/*.parquet", f"{folder}/*/*", f"{folder}/year=*"):
        frame = md.read_parquet(source)
        assert frame.to_dict() == expected, source
        assert frame.equals(
            md.DataFrame(pl.read_parquet(f"{folder}/**/*.parquet", hive_partitioning=True))
        )
    assert md.read_parquet(folder, hive_partitioning=False).columns == ["x", "t"]
    assert md.read_parquet(folder / "year=2024").columns == ["x", "t", "month"]
    one = folder / "year=2024" / "month=12" / "part.parquet"
    assert md.read_parquet(one).columns == ["x", "t"]
    assert md.read_parquet([one]).columns == ["x", "t"]
    assert md.read_parquet([one], hive_partitioning=True).columns == ["x", "t", "year", "month"]


def test_columns_and_rows_of_several_files(folder):
    frame = md.read_parquet(folder, columns=["year", "x"], n_rows=3)
    assert frame.to_dict() == {"year": [2023, 2023, 2024], "x": [1, 2, 3]}
    assert md.read_parquet(folder, columns="month")["month"].to_list() == [1, 1, 1, 12, 12]
    assert md.read_parquet(folder, n_rows=0).columns == ["x", "t", "year", "month"]
    frame = md.read_parquet(folder, row_index_name="n", row_index_offset=7, columns="x")
    assert frame.to_dict() == {"n": [7, 8, 9, 10, 11], "x": [1, 2, 3, 4, 5]}
    frame = md.read_parquet(folder, include_file_paths="file", columns=["file", "x"])
    assert frame["file"].to_list()[2].replace("\\", "/").endswith("year=2024/month=01/part.parquet")


def test_keys_are_decoded_and_may_be_null(tmp_path):
    for value in ("a%2Fb%20c", "__HIVE_DEFAULT_PARTITION__", '"'):
        path = tmp_path / f"k={value}"
        path.mkdir()
        md.DataFrame({"x": [1]}).write_csv(path / "x.csv")
    assert set(md.read_csv(tmp_path)["k"].to_list()) == {"a/b c", None, '"'}
    days = tmp_path / "days"
    for day in ("2024-02-29", "2024-03-01"):
        (days / f"day={day}").mkdir(parents=True)
        md.DataFrame({"x": [1]}).write_csv(days / f"day={day}" / "x.csv")
    found = md.read_csv(f"{days}/*/*.csv")["day"].to_list()
    assert found == [dt.date(2024, 2, 29), dt.date(2024, 3, 1)]


def test_a_column_that_contradicts_its_folder_is_refused(tmp_path):
    (tmp_path / "k=7").mkdir()
    path = tmp_path / "k=7" / "x.csv"
    path.write_text("k,x\n07,1\n7,2\n")
    assert md.read_csv(tmp_path).to_dict() == {"k": [7, 7], "x": [1, 2]}
    path.write_text("k,x\n7,1\n8,2\n")
    refused(ArgumentError, ["`k`", "`8`", "hive_partitioning=False"], lambda: md.read_csv(tmp_path))
    assert md.read_csv(tmp_path, hive_partitioning=False)["k"].to_list() == [7, 8]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (["1", "2.5"], [1.0, 2.5]),
        (["1", ""], [1, None]),
        (["", "x"], [None, "x"]),
        (["007", "x"], ["007", "x"]),
        (["9007199254740993", "0.5"], ["9007199254740993", "0.5"]),
        (["18446744073709551615", "1"], [18446744073709551615, 1]),
        (["18446744073709551615", "-1"], ["18446744073709551615", "-1"]),
        (["true", "1"], ["true", "1"]),
        (
            ["2024-01-02", "2024-01-02T03:04"],
            [dt.datetime.fromisoformat(text) for text in ("2024-01-02", "2024-01-02T03:04")],
        ),
        (["2024-01-02", "1"], ["2024-01-02", "1"]),
    ],
)
def test_csv_files_have_the_dtypes_of_one_file(tmp_path, parts, expected):
    whole = "a,b\n" + "".join(f"{part},x\n" for part in parts)
    assert md.read_csv(whole.encode())["a"].to_list() == expected
    for number, part in enumerate(parts):
        (tmp_path / f"{number}.csv").write_text(f"a,b\n{part},x\n")
    found = md.read_csv(tmp_path)
    assert found["a"].to_list() == expected
    assert found.schema == md.read_csv(whole.encode()).schema


def test_files_that_do_not_fit_together_are_refused(tmp_path):
    one, two = tmp_path / "1.csv", tmp_path / "2.csv"
    one.write_text("a,b\n1,2\n")
    two.write_text("b,a\n3,4\n")
    assert md.read_csv([one, two]).to_dict() == {"a": [1, 4], "b": [2, 3]}
    two.write_text("a,c\n3,4\n")
    refused(ArgumentError, ["2.csv", "`b`", "1.csv"], lambda: md.read_csv([one, two]))
    two.write_text("a,b,c\n3,4,5\n")
    refused(ArgumentError, ["2.csv", "`c`", "1.csv"], lambda: md.read_csv([one, two]))
    assert md.read_csv([one, two], columns="a").to_dict() == {"a": [1, 3]}
    two.write_text("a,b\n3\n")
    refused(MydfError, ["2.csv", "line 2"], lambda: md.read_csv(tmp_path))
    md.DataFrame({"a": [None]}).write_parquet(tmp_path / "0.parquet")
    md.DataFrame({"a": [1]}).write_parquet(tmp_path / "1.parquet")
    md.DataFrame({"a": ["x"]}).write_parquet(tmp_path / "2.parquet")
    pattern = f"{tmp_path}/*.parquet"
    parts = ["`a`", "1.parquet", "2.parquet", "Int64", "String"]
    refused(DTypeError, parts, lambda: md.read_parquet(pattern))
    assert md.read_parquet(f"{tmp_path}/[01].parquet")["a"].to_list() == [None, 1]


def test_folders_that_are_no_table_are_refused(tmp_path):
    refused(MissingFileError, ["no file in"], lambda: md.read_csv(tmp_path))
    (tmp_path / "a.csv").write_text("a\n1\n")
    (tmp_path / "notes.md").write_text("x\n")
    refused(ArgumentError, ["notes.md", "*.csv"], lambda: md.read_csv(tmp_path))
    assert md.read_csv(f"{tmp_path}/**/*.csv").height == 1
    (tmp_path / "notes.md").unlink()
    (tmp_path / "k=1").mkdir()
    (tmp_path / "k=1" / "b.csv").write_text("a\n2\n")
    refused(ArgumentError, ["no keys", "hive_partitioning=False"], lambda: md.read_csv(tmp_path))
    assert md.read_csv(tmp_path, hive_partitioning=False)["a"].to_list() == [1, 2]
    refused(MydfError, ["`a`"], lambda: md.read_csv(f"{tmp_path}/*.csv", include_file_paths="a"))
    (tmp_path / "x[1].csv").write_text("a\n3\n")
    assert md.read_csv(tmp_path / "x[1].csv")["a"].to_list() == [3]


def test_files_of_a_table_without_suffixes(tmp_path):
    for number in range(2):
        md.DataFrame({"a": [number]}).write_parquet(tmp_path / f"00000{number}_0")
    assert md.read_parquet(tmp_path)["a"].to_list() == [0, 1]


def test_open_files_are_written(tmp_path):
    frame = md.DataFrame({"a": [1, 2]})
    text, data = io.StringIO(), io.BytesIO()
    frame.write_csv(text)
    frame.write_csv(data)
    assert text.getvalue().encode() == data.getvalue() == b"a\n1\n2\n"
    data = io.BytesIO()
    frame.write_parquet(data)
    assert md.read_parquet(data.getvalue()).equals(frame)
    with open(tmp_path / "x", "wb") as file:
        frame.write_parquet(file)
    assert md.read_parquet(tmp_path / "x").equals(frame)


def test_urls_are_read_and_written(tmp_path):
    frame = md.DataFrame({"a": [1, 2]})
    system = fsspec.filesystem("memory")
    frame.write_csv("memory://t/k=1/x.csv")
    frame.write_csv("memory://t/k=2/x.csv")
    frame.write_parquet("memory://t.parquet")
    try:
        assert md.read_csv("memory://t/k=1/x.csv").equals(frame)
        assert md.read_parquet("memory://t.parquet").equals(frame)
        for source in ("memory://t", "memory://t/*/x.csv"):
            expected = {"a": [1, 2, 1, 2], "k": [1, 1, 2, 2]}
            assert md.read_csv(source).to_dict() == expected
        found = md.read_csv("memory://t", include_file_paths="p")["p"].to_list()
        assert found[0].startswith("memory://")
    finally:
        system.rm("/t", recursive=True)
    refused(MissingFileError, ["memory://none"], lambda: md.read_csv("memory://none"))
    refused(MissingFileError, ["memory://*.csv"], lambda: md.read_csv("memory://*.csv"))
    url = (tmp_path / "x.csv").as_uri()
    frame.write_csv(url)
    assert md.read_csv(url).equals(frame)


def test_urls_that_cannot_be_used_say_why(monkeypatch):
    refused(ArgumentError, ["source", "nope"], lambda: md.read_csv("nope://x"))
    monkeypatch.setitem(sys.modules, "fsspec", None)
    parts = ["source", "fsspec", "not installed", 'pip install "fsspec[s3]"']
    refused(ArgumentError, parts, lambda: md.read_parquet("s3://bucket/x"))
    parts = ["source", 'pip install "fsspec[http]"', "urlopen"]
    refused(ArgumentError, parts, lambda: md.read_csv("https://example.org/x.csv"))
    parts = ["path", 'pip install "fsspec[gs]"']
    refused(ArgumentError, parts, lambda: md.DataFrame({"a": [1]}).write_csv("gs://x/y"))


def test_an_error_of_a_client_is_an_error_of_files():
    class Broken(fsspec.AbstractFileSystem):
        protocol = "broken"

        def info(self, path, **_):
            return {"name": path, "type": "file", "size": 1}

        def cat_file(self, *_, **__):
            raise RuntimeError("quota")

        put_file = cat_file

    fsspec.register_implementation("broken", Broken)
    refused(FileError, ["broken://x", "quota"], lambda: md.read_csv("broken://x"))
    refused(FileError, ["quota"], lambda: md.DataFrame({"a": [1]}).write_csv("broken://x"))
    options = {"storage_options": [1]}
    refused(MydfError, ["storage_options"], lambda: md.read_csv("broken://x", **options))
