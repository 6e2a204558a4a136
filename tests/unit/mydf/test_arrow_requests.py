"""What a consumer requests of a frame's Arrow data, and objects that only look like producers."""

import datetime as dt
import functools
from decimal import Decimal
from types import SimpleNamespace

import pyarrow as pa
import pytest

import mydf as md

NOON = dt.datetime(2024, 1, 1, 12)  # noqa: DTZ001
KEPT = {
    "smaller integers": ([1, None], pa.int8(), [1, None]),
    "floats": ([1, None], pa.float32(), [1.0, None]),
    "half floats": ([1.5, None], pa.float16(), [1.5, None]),
    "decimals": ([1, None], pa.decimal128(5, 2), [Decimal("1.00"), None]),
    "seconds": ([NOON, None], pa.timestamp("s"), [NOON, None]),
    "dates": ([dt.datetime(2024, 1, 1)], pa.date32(), [dt.date(2024, 1, 1)]),  # noqa: DTZ001
    "text": (["é", None], pa.large_string(), ["é", None]),
    "dictionary": (["é", None], pa.dictionary(pa.int8(), pa.string()), ["é", None]),
    "binary": (["é", None], pa.binary(), ["é".encode(), None]),
}


@pytest.mark.parametrize("case", KEPT)
def test_a_requested_type_that_holds_the_values_is_exported(case):
    values, kind, right = KEPT[case]
    frame = md.DataFrame({"a": values})
    # Metadata of any bytes does not matter.
    schema = pa.schema([pa.field("a", kind, metadata={b"\xff": b"\xfe"})])
    assert pa.table(frame, schema=schema).to_pydict() == {"a": right}
    assert pa.chunked_array(frame["a"], type=kind).to_pylist() == right


LOST = {
    "fraction": ([1.5], pa.int64()),
    "large integer": ([2**24 + 1], pa.float32()),
    "time of day": ([NOON], pa.date32()),
    "microseconds": ([NOON.replace(microsecond=5)], pa.timestamp("s")),
    "range of nanoseconds": ([NOON.replace(year=9999)], pa.timestamp("ns")),
    "range of integers": ([300], pa.int8()),
    "range of half floats": ([70000.0], pa.float16()),
    "third decimal": ([1.125], pa.decimal128(5, 2)),
    "keys": ([str(i) for i in range(300)], pa.dictionary(pa.int8(), pa.string())),
    "list": ([1], pa.list_(pa.int64())),
}


@pytest.mark.parametrize("case", LOST)
def test_a_requested_type_that_would_change_values_is_refused(case):
    values, kind = LOST[case]
    with pytest.raises(md.MydfError, match="`a`"):
        pa.table(md.DataFrame({"a": values}), schema=pa.schema([("a", kind)]))


def producer(**methods):
    return SimpleNamespace(
        **{name: functools.partial(dict.get, {0: value}, 0) for name, value in methods.items()}
    )


@pytest.mark.parametrize(
    "data",
    [
        producer(__arrow_c_stream__=None),
        producer(__arrow_c_stream__=pa.array([1]).__arrow_c_array__()[1]),
        producer(__arrow_c_array__=5),
        producer(__arrow_c_array__=(1, 2)),
        producer(__arrow_c_array__=pa.array([1]).__arrow_c_array__()[::-1]),
    ],
    ids=["None", "other capsule", "number", "numbers", "wrong order"],
)
def test_a_method_that_returns_no_capsule_is_refused(data):
    with pytest.raises(md.errors.ArrowError, match="does not return") as caught:
        md.from_arrow(data)
    assert caught.value.hint


@pytest.mark.parametrize(
    "data",
    [
        producer(__arrow_c_stream__=pa.table({"a": [1]}).__arrow_c_stream__()),
        producer(__arrow_c_array__=pa.array([1]).__arrow_c_array__()),
    ],
    ids=["stream", "array"],
)
def test_a_capsule_can_be_read_once(data):
    assert md.from_arrow(data).height == 1
    with pytest.raises(md.errors.ArrowError, match="already been read"):
        md.from_arrow(data)


def test_a_class_is_no_data():
    with pytest.raises(md.errors.ArgumentTypeError, match="type"):
        md.from_arrow(pa.Table)


def test_an_error_of_the_producer_passes():
    def fail():
        yield pa.record_batch({"a": [1]})
        raise ZeroDivisionError("in the producer")

    with pytest.raises(ZeroDivisionError, match="in the producer"):
        md.from_arrow(pa.RecordBatchReader.from_batches(pa.schema([("a", pa.int64())]), fail()))


@pytest.mark.parametrize(
    "batch",
    [
        pa.record_batch({"a": ["x"]}),
        pa.record_batch({"a": pa.array([1], pa.int8())}),
        pa.record_batch({"b": [1]}),
        pa.record_batch({"a": [1], "b": [1]}),
    ],
    ids=["text", "smaller integers", "other name", "one more"],
)
def test_batches_that_are_not_those_of_the_schema_are_refused(batch):
    reader = pa.RecordBatchReader.from_batches(pa.schema([("a", pa.int64())]), iter([batch]))
    with pytest.raises(md.MydfError):
        md.from_arrow(reader)
