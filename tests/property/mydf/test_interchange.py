"""Arrow data in every physical form, against pyarrow's and pandas' own reading of it."""

import datetime as dt
import io
import tempfile
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

import mydf as md

TEXTS = st.text("aé𝄞", max_size=20)
VALUES = {
    pa.bool_(): st.booleans(),
    pa.int8(): st.integers(-128, 127),
    pa.uint64(): st.integers(0, 2**64 - 1),
    pa.float32(): st.floats(allow_nan=False, width=32),
    pa.float64(): st.floats(allow_nan=False),
    pa.date32(): st.dates(),
    pa.timestamp("us"): st.datetimes(),
    pa.timestamp("us", "UTC"): st.datetimes(timezones=st.just(dt.timezone.utc)),
    pa.string(): TEXTS,
    pa.large_string(): TEXTS,
    pa.string_view(): TEXTS,
    pa.null(): st.nothing(),
}
KEYS = [pa.int8(), pa.uint8(), pa.int32(), pa.uint64()]


@st.composite
def arrays(draw, kind):
    """Return an array of this type, and perhaps a dictionary array of its values."""
    values = draw(st.lists(st.none() | VALUES[kind], max_size=12))
    made = pa.array(values, kind)
    if draw(st.booleans()):
        keys = (
            draw(st.lists(st.none() | st.integers(0, len(values) - 1), max_size=12))
            if values
            else []
        )
        return made, pa.DictionaryArray.from_arrays(
            pa.array(keys, draw(st.sampled_from(KEYS))), made
        )
    return made, made


@st.composite
def columns(draw):
    """Return a chunked array of one type, the chunks in any form of it."""
    kind = draw(st.sampled_from(list(VALUES)))
    plain = draw(st.booleans())
    chunks = []
    for _ in range(draw(st.integers(0, 3))):
        chunk = draw(arrays(kind))[0 if plain else 1]
        if not plain and not pa.types.is_dictionary(chunk.type):
            continue
        start = draw(st.integers(0, len(chunk)))
        chunks.append(chunk[start : start + draw(st.integers(0, len(chunk)))])
    chunks = [chunk for chunk in chunks if chunk.type == chunks[0].type]
    return pa.chunked_array(chunks, chunks[0].type if chunks else kind)


@settings(deadline=None)
@given(columns(), st.booleans())
def test_a_column_holds_the_values_of_its_chunks(column, through_frame):
    right = column.to_pylist()
    if through_frame:
        assert md.from_arrow(pa.table({"a": column}))["a"].to_list() == right
    else:
        assert md.Series("a", column).to_list() == right


@settings(deadline=None)
@given(st.lists(st.none() | TEXTS, min_size=1, max_size=30), st.data())
def test_a_slice_of_polars_holds_its_rows(texts, data):
    start = data.draw(st.integers(0, len(texts)))
    length = data.draw(st.integers(0, len(texts)))
    source = pl.DataFrame({"a": texts, "b": pl.Series(texts, dtype=pl.Categorical)})
    found = md.DataFrame(source.slice(start, length))
    assert found.to_dict() == source.slice(start, length).to_dict(as_series=False)


CATEGORIES = [
    st.booleans(), st.integers(-(2**40), 2**40), st.floats(allow_nan=False), TEXTS,
    st.dates(dt.date(1700, 1, 1), dt.date(2200, 1, 1)),
    st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2200, 1, 1)),  # noqa: DTZ001
]  # fmt: skip


@settings(deadline=None)
@given(
    st.sampled_from(CATEGORIES).flatmap(
        lambda values: st.lists(
            st.lists(st.none() | values, min_size=1, max_size=9), min_size=1, max_size=3
        )
    ),
    st.booleans(),
)
def test_categories_in_parquet_are_their_values_in_every_row_group(groups, ordered):
    tables = []
    for group in groups:
        known = sorted({value for value in group if value is not None})
        values = pd.Categorical(
            group, categories=pd.Index(known, dtype=object if not known else None), ordered=ordered
        )
        tables.append(pa.Table.from_pandas(pd.DataFrame({"a": values})))
    target = io.BytesIO()
    with pq.ParquetWriter(target, tables[0].schema) as writer:
        for table in tables:
            if table.schema == tables[0].schema:
                writer.write_table(table)
    right = pq.read_table(io.BytesIO(target.getvalue()))["a"].to_pylist()
    assert read(target.getvalue()) == right


def read(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.parquet")
        path.write_bytes(content)
        return md.read_parquet(path)["a"].to_list()
