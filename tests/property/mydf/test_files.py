"""Round trips of JSON lines and Arrow IPC, here and through polars and pyarrow."""

import datetime as dt
import io
import json

import polars as pl
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

import mydf as md
from mydf.errors import NdjsonError

WHENS = st.datetimes(dt.datetime(1000, 1, 1))  # noqa: DTZ001 - wall-clock times are meant
VALUES = {
    md.String: st.text(max_size=20),
    md.Int64: st.integers(-(2**63), 2**63 - 1),
    md.UInt64: st.integers(2**63, 2**64 - 1),
    md.UInt8: st.integers(0, 255),
    md.Float64: st.floats(allow_nan=False, allow_infinity=False),
    md.Bool: st.booleans(),
    md.Date: st.dates(dt.date(1000, 1, 1)),
    md.Datetime(): WHENS,
    md.Datetime("UTC"): WHENS.map(lambda when: when.replace(tzinfo=dt.timezone.utc)),
}


# Arrow's C interface, through which the other libraries get frames, ends names at NUL.
NAMES = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=5)


@st.composite
def frames(draw):
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    schema = {name: draw(st.sampled_from(list(VALUES))) for name in names}
    rows = draw(st.integers(1, 6))
    data = {
        name: draw(st.lists(st.none() | VALUES[dtype], min_size=rows, max_size=rows))
        for name, dtype in schema.items()
    }
    return md.DataFrame(data, schema)


@given(frames(), st.sampled_from(["uncompressed", "lz4", "zstd"]), st.integers(1, 7))
@settings(max_examples=60, deadline=None)
def test_arrow_ipc_is_the_same_everywhere(frame, compression, rows):
    for writer, reader, opened in [
        ("write_ipc", md.read_ipc, pa.ipc.open_file),
        ("write_ipc_stream", md.read_ipc_stream, pa.ipc.open_stream),
    ]:
        out = io.BytesIO()
        getattr(frame, writer)(out, compression=compression, record_batch_size=rows)
        assert reader(out.getvalue()).equals(frame)
        assert md.DataFrame(opened(out.getvalue()).read_all()).equals(frame)
        other = io.BytesIO()
        getattr(pl.DataFrame(frame), writer)(other, compression=compression)
        assert reader(other.getvalue()).equals(frame)


@given(frames())
@settings(max_examples=60, deadline=None)
def test_json_lines_read_back_equal(frame):
    text = frame.write_ndjson()
    assert md.read_ndjson(text.encode(), schema=frame.schema).equals(frame)
    assert [json.loads(line) for line in text.split("\n")[:-1]] == [
        {name: plain(value) for name, value in row.items()} for row in frame.to_dicts()
    ]


def plain(value):
    """Return a value as JSON has it."""
    if isinstance(value, dt.datetime):
        text = value.replace(tzinfo=None).isoformat()
        return text + ("Z" if value.tzinfo else "")
    return value.isoformat() if isinstance(value, dt.date) else value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2)
    ),
    max_leaves=4,
)


@given(st.lists(st.dictionaries(st.sampled_from("abc"), JSON, max_size=3), max_size=5))
@settings(max_examples=150, deadline=None)
def test_any_objects_become_their_values_or_an_error_with_a_place(objects):
    text = "".join(json.dumps(each) + "\n" for each in objects).replace("Infinity", "1e999")
    found, error = outcome(text)
    if error is not None:
        assert error.hint
        assert (error.row is None) == (error.column is None)
        return
    assert len(found) == len(objects)
    for row, expected in zip(found, objects, strict=True):
        for name, value in row.items():
            assert value == expected.get(name), name
            if value is not None and not isinstance(value, float):
                assert type(value) is type(expected[name])


def outcome(text):
    """Return the rows of JSON lines, or the error."""
    try:
        return md.read_ndjson(text.encode()).to_dicts(), None
    except NdjsonError as error:
        return None, error
