"""Times of day, bytes and decimals: in and out unchanged, compared, keys, and what is refused."""

import datetime as dt
import pickle
import sys
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pytest

import mydf
from mydf import col
from mydf.errors import (
    ArgumentError,
    ArgumentTypeError,
    ArrowError,
    CastError,
    DTypeError,
    MixedTypeError,
    MydfError,
)

TIMES = [dt.time(8, 30), None, dt.time(23, 59, 59, 999999), dt.time(0)]
BYTES = [b"\x00\xff", None, b"", b"longer than twelve bytes"]
PRICES = [Decimal("19.99"), None, Decimal("-0.01"), Decimal("5.00")]
BIG = [Decimal("9" * 36 + ".99"), Decimal("-1.00"), None, Decimal("1.00")]
UTC = dt.timezone.utc
HUNDREDS = pa.array([Decimal(100)], pa.decimal128(38, -2))
FRAME = mydf.DataFrame({"t": TIMES, "b": BYTES, "p": PRICES, "big": BIG, "n": [1, 2, 3, 4]})


def raw_times(first, second):
    """An array of times of day, of which the second may be none: only Python's are checked."""
    first = None if first is None else 3_600_000_000
    return pa.array([first, second], pa.int64()).view(pa.time64("us"))


def listed(array):
    return pa.ListArray.from_arrays(pa.array([0, len(array)], pa.int32()), array)


def values(expr, frame=FRAME):
    return next(iter(frame.select(expr).to_dict().values()))


def test_values_come_in_and_go_out_unchanged(tmp_path):
    assert FRAME.schema == {
        "t": mydf.Time, "b": mydf.Binary, "p": mydf.Decimal(38, 2), "big": mydf.Decimal(38, 2),
        "n": mydf.Int64,
    }  # fmt: skip
    assert FRAME.to_dict() == {"t": TIMES, "b": BYTES, "p": PRICES, "big": BIG, "n": [1, 2, 3, 4]}
    for back in (
        mydf.DataFrame(FRAME.to_arrow()),
        mydf.DataFrame(FRAME.to_polars()),
        mydf.DataFrame(FRAME.to_arrow(views=True)),
        pickle.loads(pickle.dumps(FRAME)),
    ):
        assert back.equals(FRAME)
        assert back.schema == FRAME.schema
    path = tmp_path / "a.parquet"
    FRAME.write_parquet(path)
    assert mydf.read_parquet(path).equals(FRAME)
    assert pl.read_parquet(path).rows() == FRAME.rows()
    table = FRAME.to_arrow()
    assert [str(kind) for kind in table.schema.types[:3]] == [
        "time64[us]", "large_binary", "decimal128(38, 2)",
    ]  # fmt: skip
    assert FRAME.to_pandas()["p"][0] == PRICES[0]


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (pa.array([TIMES[0], None], pa.time32("s")), [TIMES[0], None]),
        (pa.array([TIMES[0], None], pa.time32("ms")), [TIMES[0], None]),
        (pa.array(TIMES, pa.time64("us")), TIMES),
        (pa.array(TIMES, pa.time64("ns")), TIMES),
        (pa.array(BYTES), BYTES),
        (pa.array(BYTES, pa.large_binary()), BYTES),
        (pa.array(BYTES, pa.binary_view()), BYTES),
        (pa.array([b"ab", None, b"cd"], pa.binary(2)), [b"ab", None, b"cd"]),
        (pa.array(PRICES, pa.decimal128(9, 2)), PRICES),
        (pa.array(PRICES, pa.decimal256(38, 2)), PRICES),
        (pa.array([[b"x"], None]), [[b"x"], None]),
    ],
)
def test_each_form_of_arrow(array, expected):
    assert mydf.Series("a", array).to_list() == expected
    assert mydf.Series("a", array[1:]).to_list() == expected[1:]


def test_a_table_shows_values():
    text = str(FRAME)
    assert "08:30:00" in text
    assert 'b"\\x00\\xff"' in text
    assert "19.99" in text


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (col("t") > dt.time(8, 30), [False, None, True, False]),
        (col("t").is_in([dt.time(0), dt.time(8, 30)]), [True, None, False, True]),
        (col("t").dt.hour(), [8, None, 23, 0]),
        (col("t").dt.microsecond(), [0, None, 999999, 0]),
        (col("t").max(), [dt.time(23, 59, 59, 999999)]),
        (col("t").cast(mydf.String), ["08:30:00", None, "23:59:59.999999", "00:00:00"]),
        (mydf.lit("08:30").cast(mydf.Time), [dt.time(8, 30)]),
        (mydf.lit(dt.datetime(2024, 1, 1, 7)).cast(mydf.Time), [dt.time(7)]),  # noqa: DTZ001
        (col("p") == col("p"), [True, None, True, True]),
        (col("p") < col("big"), [True, None, None, False]),
        (col("p").min(), [Decimal("-0.01")]),
        (col("big").max(), [BIG[0]]),
        (col("b").max(), [b"longer than twelve bytes"]),
        (col("b") == col("b"), [True, None, True, True]),
        (col("p").cast(mydf.Float64), [19.99, None, -0.01, 5.0]),
        (col("p").cast(mydf.String), ["19.99", None, "-0.01", "5.00"]),
        (col("p").cast(mydf.Int64), [19, None, 0, 5]),
        (col("n").cast(mydf.Decimal(9, 2)), [Decimal(f"{n}.00") for n in (1, 2, 3, 4)]),
        (mydf.lit("1.25").cast(mydf.Decimal(9, 2)), [Decimal("1.25")]),
        (mydf.lit("ink").cast(mydf.Binary), [b"ink"]),
        (col("b").n_unique(), [4]),
        (col("p").shift(1), [None, *PRICES[:3]]),
        (col("p").fill_null(col("big")), [PRICES[0], BIG[1], PRICES[2], PRICES[3]]),
        (col("p").cum_max(), [PRICES[0], None, PRICES[0], PRICES[0]]),
        (mydf.when(col("n") > 2).then(col("b")).otherwise(None), [None, None, b"", BYTES[3]]),
    ],
)
def test_expressions(expr, expected):
    assert values(expr) == expected


@pytest.mark.parametrize("name", ["t", "b", "p", "big"])
def test_keys(name):
    twice = mydf.concat([FRAME, FRAME])
    assert twice.group_by(name).len()["len"].to_list() == [2, 2, 2, 2]
    given = FRAME[name].to_list()
    known = sorted(each for each in given if each is not None)
    assert FRAME.sort(name)[name].to_list() == [None, *known]
    assert FRAME.sort(name, descending=True)[name].to_list()[-1] in (known[0], None)
    joined = FRAME.select(name, "n").join(FRAME.select(name, m="n"), on=name)
    assert joined.height == 3
    assert (joined["n"] == joined["m"]).all()
    assert twice.unique(subset=name).height == 4
    assert FRAME.filter(col("n") > 2)[name].to_list() == given[2:]


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: values(col("p") + 1), DTypeError, "cast(mydf.Float64)"),
        (lambda: values(col("p").sum()), DTypeError, "cast(mydf.Float64)"),
        (lambda: values(col("p") > 1), DTypeError, "comparable with Decimal"),
        (lambda: values(col("p").is_in([1])), DTypeError, "Decimal"),
        (lambda: values(col("t") + dt.timedelta(1)), DTypeError, "Duration"),
        (lambda: values(col("t") > "08:30"), DTypeError, "Time"),
        (lambda: values(col("b") == "x"), DTypeError, "comparable with Binary"),
        (lambda: values(col("b").cast(mydf.String)), CastError, "xff"),
        (lambda: FRAME.select("b").write_csv("x.csv"), DTypeError, "cast(mydf.String)"),
        (lambda: mydf.Series("a", [dt.time(1, tzinfo=UTC)]), MixedTypeError, "time zone"),
        (lambda: mydf.Series("a", [Decimal("NaN")]), MixedTypeError, "no number"),
        (lambda: mydf.Series("a", [Decimal("1e40")]), MixedTypeError, "38 digits"),
        (lambda: mydf.Series("a", [Decimal(1), 1]), MixedTypeError, "Decimal"),
        (lambda: mydf.Series("a", [b"x", "x"]), MixedTypeError, "bytes"),
        (lambda: mydf.Series("a", pa.array([1], pa.time64("ns"))), ArrowError, "row 0"),
        (lambda: mydf.Series("a", raw_times(dt.time.max, 86_400_000_000)), ArrowError, "row 1"),
        (lambda: mydf.Series("a", listed(raw_times(None, -1))), ArrowError, "row 1"),
        (lambda: mydf.Series("a", HUNDREDS), MydfError, "Decimal128(38, -2)"),
        (lambda: mydf.Decimal(39, 0), ArgumentError, "38"),
        (lambda: mydf.Decimal(2, 3), ArgumentError, "after the point"),
        (lambda: mydf.Decimal("2"), ArgumentTypeError, "integer"),
        (lambda: mydf.lit(b"x"), MydfError, "bytes"),
        (lambda: values(mydf.lit("x").cast(mydf.Decimal(9, 2))), CastError, "`x`"),
    ],
)  # fmt: skip
def test_what_they_do_not_have_is_an_error(make, error, words):
    with pytest.raises(MydfError) as found:
        make()
    assert isinstance(found.value, error), repr(found.value)
    assert words in str(found.value)
    assert "hint:" in str(found.value)


def test_csv_has_decimals_and_times(tmp_path):
    path = tmp_path / "a.csv"
    FRAME.select("t", "p").write_csv(path)
    assert path.read_text().splitlines()[:3] == ["t,p", "08:30:00,19.99", ","]
    back = mydf.read_csv(path, schema_overrides={"t": mydf.Time})
    assert back["t"].to_list() == TIMES
    for dtype in (mydf.Decimal(9, 2), mydf.Binary, mydf.List(mydf.Int64)):
        with pytest.raises(ArgumentError, match=r"column `p`[^$]*hint: give it `mydf.String`"):
            mydf.read_csv(path, schema_overrides={"p": dtype})
    text = mydf.read_csv(path, schema_overrides={"p": mydf.String})
    assert text.select(col("p").cast(mydf.Decimal(9, 2)))["p"].to_list() == PRICES


LISTED = FRAME.with_columns(
    lt=mydf.Series("lt", [[TIMES[0], None], None, [], [TIMES[2]]]),
    lb=mydf.Series("lb", [[BYTES[3], None], None, [], [BYTES[3] * 2]]),
    lp=mydf.Series("lp", [[PRICES[0], None], None, [], [PRICES[3]]]),
    ls=mydf.Series("ls", [["longer than twelve bytes", None], None, [], ["x"]]),
    ll=mydf.Series("ll", [[[1], []], None, [None], [[2, None]]]),
)


@pytest.mark.parametrize("rows", [slice(None), slice(1, 3), slice(3, 4), slice(0, 0)])
@pytest.mark.parametrize("protocol", [2, 5])
def test_pickles_keep_them(rows, protocol):
    frame = LISTED[rows]
    buffers: list[pickle.PickleBuffer] = []
    options = {"buffer_callback": buffers.append} if protocol == 5 else {}
    data = pickle.dumps(frame, protocol=protocol, **options)
    back = pickle.loads(data, buffers=buffers)
    assert back.schema == LISTED.schema
    assert back.equals(frame)
    assert back.rows() == frame.rows()


def test_a_pickled_slice_has_only_its_own_bytes():
    frame = mydf.DataFrame({
        "b": [b"x" * 100] * 1000, "l": [["y" * 100]] * 1000, "n": [[1] * 100] * 1000,
    })  # fmt: skip
    assert len(pickle.dumps(frame[5:6])) < 5000
    assert sys.getsizeof(frame[5:6]) < 2000
    assert sys.getsizeof(frame) > 200_000


def test_arrow_files_keep_them(tmp_path):
    path = tmp_path / "a.arrow"
    for write, read in (
        (LISTED.write_ipc, mydf.read_ipc),
        (LISTED.write_ipc_stream, mydf.read_ipc_stream),
        (LISTED.write_parquet, mydf.read_parquet),
    ):
        write(path)
        assert read(path).schema == LISTED.schema
        assert read(path).rows() == LISTED.rows()
    assert pl.read_parquet(path).rows() == LISTED.rows()
    LISTED.write_ipc(path)
    kinds = pa.ipc.open_file(path).schema
    assert str(kinds.field("lb").type) == "large_list<item: large_binary>"
    assert pl.read_ipc(path).rows() == LISTED.rows()


def test_json_lines_have_all_but_bytes(tmp_path):
    path = tmp_path / "a.ndjson"
    frame = LISTED.drop("b", "lb")
    frame.write_ndjson(path)
    first = '{"t":"08:30:00","p":"19.99",'
    assert path.read_text().startswith(first)
    assert '"lt":["08:30:00",null],"lp":["19.99",null]' in path.read_text()
    assert '"ll":[[1],[]]}' in path.read_text()
    back = mydf.read_ndjson(
        path,
        columns=["t", "p", "big"],
        schema_overrides={"t": mydf.Time, "p": mydf.Decimal(38, 2), "big": mydf.Decimal(38, 2)},
    )
    assert back.rows() == frame.select("t", "p", "big").rows()
    for name in ("b", "lb"):
        with pytest.raises(DTypeError, match=f"`{name}`[^$]*hint: "):
            LISTED.select(name).write_ndjson(path)
    with pytest.raises(MydfError, match=r"List\(List\(Int64\)\)[^$]*hint: "):
        mydf.read_ndjson(
            path, columns="ll", schema_overrides={"ll": mydf.List(mydf.List(mydf.Int64))}
        )


def test_lazy_frames_have_them(tmp_path):
    path = tmp_path / "a.parquet"
    many = mydf.concat([LISTED] * 50)
    many.write_parquet(path, row_group_size=7)
    scan = mydf.scan_parquet(path)
    assert scan.schema == LISTED.schema
    assert scan.collect().rows() == many.rows()
    known = scan.filter(col("t") > dt.time(8), col("p") == col("p")).select("t", "lb", "ll")
    assert (
        known.collect().rows()
        == many.filter(col("t") > dt.time(8), col("p") == col("p")).select("t", "lb", "ll").rows()
    )
    for name in ("t", "b", "p", "big"):
        whole = many.group_by(name).agg(
            col("n").sum(), last=col("ll").last(), all=col("n").implode()
        )
        parts = scan.group_by(name).agg(
            col("n").sum(), last=col("ll").last(), all=col("n").implode()
        )
        assert parts.collect().rows() == whole.rows()
        extremes = [col(name).min(), col(name).max().alias("max"), col("lb").null_count()]
        assert scan.select(extremes).collect().rows() == many.select(extremes).rows()
    back = pickle.loads(pickle.dumps(scan.filter(col("t") == dt.time(8, 30))))
    assert back.collect().height == 50
