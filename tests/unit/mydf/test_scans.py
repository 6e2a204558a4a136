"""Scans: which parts of files are read, keys in paths, and files that can't be one table."""

import datetime as dt
import math
import struct

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import mydf
from mydf import col


def damage(path, group, column=0):
    """Overwrite the pages of a column in a row group, so that reading them fails."""
    chunk = pq.ParquetFile(path).metadata.row_group(group).column(column)
    start = chunk.dictionary_page_offset or chunk.data_page_offset
    data = bytearray(path.read_bytes())
    data[start : start + chunk.total_compressed_size] = b"\xff" * chunk.total_compressed_size
    path.write_bytes(data)


def written(tmp_path, table, **options):
    path = tmp_path / "x.parquet"
    pq.write_table(table, path, **options)
    return path


@pytest.mark.parametrize(
    "kept",
    [
        col("a") >= 20,
        col("a") > 19,
        col("a") == 25,
        col("a").is_in([25, 26]),
        col("a").is_between(20, 21),
        (col("a") > 19) & (col("t") != "never"),
        (col("a") == 25) | (col("a") == 21),
        col("t") >= "row 20",
        col("d") > "1970-01-20",
        col("f") == 25.0,
        mydf.lit(19) < col("a"),
    ],
)
def test_row_groups_without_a_matching_row_are_not_read(kept, tmp_path):
    rows = list(range(10, 30))
    days = [dt.date(1970, 1, 1) + dt.timedelta(row) for row in rows]
    frame = mydf.DataFrame(
        {"a": rows, "t": [f"row {row}" for row in rows], "d": days, "f": [r / 1 for r in rows]}
    )
    path = tmp_path / "x.parquet"
    frame.write_parquet(path, row_group_size=10)
    expected = frame.filter(kept)
    for column in range(4):
        damage(path, 0, column)
    assert mydf.scan_parquet(path).filter(kept).collect().equals(expected)
    with pytest.raises(mydf.errors.ParquetError):
        mydf.scan_parquet(path).filter(col("a") > 12).collect()


def test_a_count_of_nulls_leaves_row_groups_out(tmp_path):
    path = tmp_path / "x.parquet"
    frame = mydf.DataFrame({"a": [1, 2, None, None, 5, None]})
    frame.write_parquet(path, row_group_size=2)
    scan = mydf.scan_parquet(path)
    for kept in (col("a").is_null(), col("a").is_not_null(), ~col("a").is_null()):
        assert scan.filter(kept).collect().equals(frame.filter(kept))
    damage(path, 0)
    assert scan.filter(col("a").is_null()).collect().height == 3
    damage(path, 1)
    with pytest.raises(mydf.errors.ParquetError):
        scan.filter(col("a").is_null()).collect()


OPERATORS = [
    lambda a, value: a == value,
    lambda a, value: a != value,
    lambda a, value: a < value,
    lambda a, value: a <= value,
    lambda a, value: a > value,
    lambda a, value: a >= value,
    lambda a, value: a.is_in([value]),
    lambda a, value: a.is_between(mydf.lit(value), mydf.lit(value)),
]


def compare(path, values):
    """Check that no filter loses a row that it keeps in memory."""
    frame, scan = mydf.read_parquet(path), mydf.scan_parquet(path)
    for operator in OPERATORS:
        for value in values:
            kept = operator(col("a"), value)
            lazy = scan.filter(kept).collect()
            assert lazy.equals(frame.filter(kept)), kept


def test_nan_is_never_left_out(tmp_path):
    nan = math.nan
    values = [1.0, nan, 2.0, nan, nan, nan, 3.0, -0.0, None, 0.0]
    path = written(tmp_path, pa.table({"a": values}), row_group_size=2)
    compare(path, [0.0, -0.0, 2.0, 2.5, 100.0, nan, math.inf])


def test_missing_statistics_leave_nothing_out(tmp_path):
    table = pa.table({"a": [1, 2, 3, None, 5, 6]})
    path = written(tmp_path, table, row_group_size=2, write_statistics=False)
    compare(path, [0, 1, 4, 7])


def test_texts_that_the_statistics_cut_are_found(tmp_path):
    long = "z" * 200
    last = "\U0010ffff" * 60
    values = [long, long + "a", "é" * 100, last, last + "b", "a", "", None]
    mydf.DataFrame({"a": values}).write_parquet(tmp_path / "x.parquet", row_group_size=2)
    compare(tmp_path / "x.parquet", [*filter(None, values), "z" * 64, "", long + "b"])


def test_statistics_that_contradict_themselves_leave_nothing_out(tmp_path):
    low, high = 1_111_111_111_111, 2_222_222_222_222
    path = written(tmp_path, pa.table({"a": [low, high]}), compression="none", use_dictionary=False)
    data = path.read_bytes()
    footer = len(data) - 8 - struct.unpack("<I", data[-8:-4])[0]
    one, two = struct.pack("<q", low), struct.pack("<q", high)
    swapped = data[footer:].replace(one, b"!" * 8).replace(two, one).replace(b"!" * 8, two)
    assert swapped != data[footer:]
    path.write_bytes(data[:footer] + swapped)
    compare(path, [low, high, 0, 2**60])


@pytest.mark.parametrize("kind", ["uint64", "uint8", "int8"])
def test_unsigned_numbers_are_compared_as_such(kind, tmp_path):
    top = {"uint64": 2**64 - 1, "uint8": 255, "int8": 127}[kind]
    values = pa.array([0, 1, top, top - 1], getattr(pa, kind)())
    path = written(tmp_path, pa.table({"a": values}), row_group_size=2)
    compare(path, [0, 1, top, top // 2])


def test_times_of_other_units_are_compared_in_microseconds(tmp_path):
    first = dt.datetime.fromisoformat("2024-01-01T12:00:00.000001")
    moments = [first + dt.timedelta(day) for day in (1, 2, 3, 4)]
    for unit in ("s", "ms", "us", "ns"):
        table = pa.table(
            {"a": pa.array(moments, pa.timestamp("us")).cast(pa.timestamp(unit), False)}
        )
        path = written(tmp_path, table, row_group_size=2)
        compare(path, moments)


def hive(tmp_path):
    for year in (2023, 2024):
        for city in ("Oslo", "New%20York"):
            folder = tmp_path / "data" / f"year={year}" / f"city={city}"
            folder.mkdir(parents=True)
            mydf.DataFrame({"n": [year, len(city)]}).write_parquet(folder / "x.parquet")
    return tmp_path / "data"


def test_keys_in_paths_are_columns_and_choose_files(tmp_path):
    root = hive(tmp_path)
    scan = mydf.scan_parquet(root)
    assert scan.schema == {"n": mydf.Int64, "year": mydf.Int64, "city": mydf.String}
    assert scan.collect().equals(mydf.read_parquet(root))
    assert scan.select("city").unique().collect()["city"].to_list() == ["New York", "Oslo"]
    assert scan.select(mydf.len()).collect().item() == 8
    sums = scan.group_by("year").agg(col("n").sum()).collect()
    assert sums.equals(mydf.read_parquet(root).group_by("year").agg(col("n").sum()))
    kept = scan.filter(col("year") > 2023, col("city") == "Oslo")
    parts, join = kept.select("n")._split()
    assert len(parts) == 4
    assert join(part.collect() for part in parts)["n"].to_list() == [2024, 4]
    # Files of other keys are not opened.
    (root / "year=2023/city=Oslo/x.parquet").write_bytes(b"")
    assert kept.collect().rows() == [(2024, 2024, "Oslo"), (4, 2024, "Oslo")]
    with pytest.raises(mydf.errors.ParquetError, match="year=2023"):
        scan.collect()


def test_a_key_with_the_name_of_a_column_is_an_error(tmp_path):
    (tmp_path / "n=1").mkdir()
    mydf.DataFrame({"n": [1]}).write_parquet(tmp_path / "n=1" / "x.parquet")
    with pytest.raises(mydf.errors.ArgumentError, match=r"`n` is a key.*n=1") as caught:
        mydf.scan_parquet(tmp_path)
    assert "hive_partitioning=False" in caught.value.hint
    assert mydf.scan_parquet(tmp_path, hive_partitioning=False).collect()["n"].to_list() == [1]


def test_files_with_other_columns_are_an_error_that_names_the_file(tmp_path):
    mydf.DataFrame({"a": [1], "b": ["x"]}).write_parquet(tmp_path / "1.parquet")
    mydf.DataFrame({"b": ["y"], "a": [2]}).write_parquet(tmp_path / "2.parquet")
    assert mydf.scan_parquet(tmp_path / "*.parquet").collect().rows() == [(1, "x"), (2, "y")]
    mydf.DataFrame({"a": ["2"], "b": ["y"]}).write_parquet(tmp_path / "3.parquet")
    with pytest.raises(mydf.errors.ParquetError, match=r"3\.parquet`, column `a`: is String"):
        mydf.scan_parquet(tmp_path / "*.parquet")
    mydf.DataFrame({"a": [2]}).write_parquet(tmp_path / "3.parquet")
    with pytest.raises(mydf.errors.ParquetError, match=r"3\.parquet`, column `b`: is not in"):
        mydf.scan_parquet(tmp_path)
    assert mydf.scan_parquet(tmp_path, columns="a").collect()["a"].to_list() == [1, 2, 2]


def test_missing_files_and_empty_folders_are_errors(tmp_path):
    for scan in (mydf.scan_parquet, mydf.scan_csv):
        with pytest.raises(mydf.errors.MissingFileError):
            scan(tmp_path / "none.parquet")
        with pytest.raises(mydf.errors.MissingFileError):
            scan(tmp_path / "*.none")
        with pytest.raises(mydf.errors.MissingFileError):
            scan(tmp_path)
        with pytest.raises(mydf.errors.ArgumentError, match="empty list"):
            scan([])


def test_a_file_that_changes_after_the_scan_is_an_error(tmp_path):
    path = tmp_path / "x.parquet"
    mydf.DataFrame({"a": [1], "b": [2]}).write_parquet(path)
    scan = mydf.scan_parquet(path)
    mydf.DataFrame({"a": ["x"], "b": [2]}).write_parquet(path)
    for lazy in (scan, scan.filter(col("a") > 0)):
        with pytest.raises(mydf.errors.ParquetError, match="column `a`"):
            lazy.collect()


def csv(tmp_path, rows):
    text = "".join(f'{row},"text, {row}\nmore",{row / 2}\n' for row in range(rows))
    path = tmp_path / "x.csv"
    path.write_text("a,b,c\n" + text)
    return path


def test_a_scan_of_csv_gives_the_rows_of_read_csv(tmp_path):
    # Several blocks, with line ends in quotes.
    path = csv(tmp_path, 400_000)
    frame, scan = mydf.read_csv(path), mydf.scan_csv(path)
    assert scan.schema == frame.schema
    assert scan.collect().equals(frame)
    for chain in (
        lambda f: f.filter(col("a") % 1000 == 7),
        lambda f: f.group_by(r=col("a") % 3).agg(col("c").sum(), mydf.len()),
        lambda f: f.select(mydf.len()),
        lambda f: f.filter(col("c") > 199_990).select("b").head(3),
        lambda f: f.head(2),
    ):
        assert chain(scan).collect().equals(chain(frame))
    assert "1 of 3 columns: `a`" in scan.select("a").explain()


@pytest.mark.parametrize(
    "options",
    [
        {"comment_prefix": "#"},
        {"skip_rows": 3},
        {"skip_rows": 1, "skip_rows_after_header": 2, "comment_prefix": "#"},
        {"ragged_rows": "fill"},
        {"ragged_rows": "truncate", "has_header": False},
    ],
)
def test_options_that_leave_out_lines_or_fields(tmp_path, options):
    path = tmp_path / "x.csv"
    lines = "".join(f"{row},text {row}\n" for row in range(500_000))
    noise = '# a "quote\n' if "comment_prefix" in options else ""
    noise += {"fill": "4\n", "truncate": "4\n1,2,3\n"}.get(options.get("ragged_rows"), "")
    # The first lines decide, and what is odd comes in a later block.
    path.write_text("a,b\n" + lines + noise + lines)
    frame, scan = mydf.read_csv(path, **options), mydf.scan_csv(path, **options)
    assert scan.collect().equals(frame)
    assert scan.head(2).collect().equals(frame.head(2))


def test_options_of_values_and_names(tmp_path):
    path = tmp_path / "x.csv"
    row = "31.12.2024;1.234,50;-\n"
    path.write_text("day;price;note\n31.12.2024;1,5;x\n" + row * 400_000)
    options = {
        "separator": ";",
        "decimal_comma": True,
        "thousands": ".",
        "date_format": {"d": "%d.%m.%Y"},
        "new_columns": ["d", "p", "n"],
        "null_values": {"n": "-"},
    }
    frame, scan = mydf.read_csv(path, **options), mydf.scan_csv(path, **options)
    day = dt.date(2024, 12, 31)
    assert frame.head(2).rows() == [(day, 1.5, "x"), (day, 1234.5, None)]
    assert scan.collect().equals(frame)
    total = scan.select(col("p").sum(), mydf.len()).collect()
    assert total.equals(frame.select(col("p").sum(), mydf.len()))
    with pytest.raises(mydf.errors.ArgumentError, match="thousands"):
        mydf.scan_csv(path, thousands=",,")


def test_an_error_in_a_later_block_names_the_line_of_the_file(tmp_path):
    path = csv(tmp_path, 400_000)
    with path.open("a") as file:
        file.write("x,y,1.5\n")
    for lazy in (mydf.scan_csv(path), mydf.scan_csv(path).filter(col("a") > 0)):
        with pytest.raises(mydf.errors.CsvError) as caught:
            lazy.collect()
        assert (caught.value.row, caught.value.column) == (800_002, "a")


def test_csv_with_keys_in_paths(tmp_path):
    for day in (1, 2):
        (tmp_path / f"day=2024-01-0{day}").mkdir()
        (tmp_path / f"day=2024-01-0{day}" / "x.csv").write_text(f"a\n{day}\n")
    scan = mydf.scan_csv(tmp_path)
    assert scan.schema == {"a": mydf.Int64, "day": mydf.Date}
    assert scan.filter(col("day") == "2024-01-02").collect()["a"].to_list() == [2]
    assert scan.collect().equals(mydf.read_csv(tmp_path))
    (tmp_path / "day=2024-01-02" / "x.csv").write_text("b\n2\n")
    with pytest.raises(mydf.errors.ColumnNotFoundError):
        mydf.scan_csv(tmp_path)


def test_columns_of_foreign_types_can_be_left_out(tmp_path):
    for number in (1, 2):
        table = pa.table({"a": [number], "other": [{"x": 1}]})
        pq.write_table(table, tmp_path / f"{number}.parquet")
    with pytest.raises(mydf.errors.UnsupportedTypeError, match="other"):
        mydf.scan_parquet(tmp_path)
    scan = mydf.scan_parquet(tmp_path, columns=["a"])
    assert scan.filter(col("a") > 0).collect()["a"].to_list() == [1, 2]
