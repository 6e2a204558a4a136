"""Parquet files of other libraries: dictionaries, extension types, metadata of any bytes."""

import pickle
import uuid

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import mydf as md

BYTES = pickle.dumps({"unit": "é"})
ZONED = pa.array([0], pa.timestamp("us", "Europe/Berlin"))


def written(folder, table, **options):
    path = folder / "x.parquet"
    pq.write_table(table, path, **options)
    return path


@pytest.mark.parametrize("place", ["column", "table", "key", "both"])
def test_metadata_may_be_of_any_bytes(tmp_path, place):
    own = {b"unit": BYTES, b"more": b"\xff\xfe\xfd"} if place in {"column", "both"} else None
    fields = [pa.field("a", ZONED.type, metadata=own), pa.field("é", pa.int8())]
    whole = {"table": {b"x": BYTES}, "key": {b"\xff": b"x"}, "both": {b"\xff": BYTES}}.get(place)
    table = pa.table([ZONED, pa.array([1], pa.int8())], schema=pa.schema(fields, metadata=whole))
    found = md.read_parquet(written(tmp_path, table))
    # The zone is in the Arrow schema only, which lies next to the bytes.
    assert found.schema == {"a": md.Datetime("Europe/Berlin"), "é": md.Int8}
    assert found.to_dict() == table.to_pydict()


def test_an_extension_type_with_metadata_of_any_bytes_is_refused_by_name(tmp_path):
    metadata = {
        "ARROW:extension:name": "arrow.py_extension_type",
        "ARROW:extension:metadata": BYTES,
    }
    fields = [pa.field("a", pa.int64(), metadata=metadata), pa.field("b", pa.int64())]
    path = written(tmp_path, pa.table([[1], [2]], schema=pa.schema(fields)))
    with pytest.raises(md.errors.UnsupportedTypeError, match=r"py_extension_type"):
        md.read_parquet(path)
    assert md.read_parquet(path, columns=["b"]).to_dict() == {"b": [2]}


EXTENSIONS = {
    "pandas.period": pa.Table.from_pandas(
        pd.DataFrame({"a": pd.period_range("2024-01", periods=2, freq="M")})
    ),
    "arrow.uuid": pa.table({"a": pa.array([uuid.UUID(int=7).bytes], pa.uuid())}),
    "pandas.interval": pa.Table.from_pandas(pd.DataFrame({"a": pd.interval_range(0, 2)})),
}


@pytest.mark.parametrize("name", EXTENSIONS)
def test_an_extension_type_with_another_meaning_is_refused(tmp_path, name):
    with pytest.raises(md.errors.UnsupportedTypeError, match=name) as caught:
        md.read_parquet(written(tmp_path, EXTENSIONS[name]))
    assert caught.value.column == "a"
    assert caught.value.hint


def test_extension_types_whose_meaning_is_known_are_read(tmp_path):
    bits = pa.ExtensionArray.from_storage(pa.bool8(), pa.array([0, 5, None], pa.int8()))
    texts = pa.ExtensionArray.from_storage(pa.json_(), pa.array(["{}", "[1]", None]))
    found = md.read_parquet(written(tmp_path, pa.table({"bits": bits, "texts": texts})))
    assert found.to_dict() == {"bits": [False, True, None], "texts": ["{}", "[1]", None]}
    assert found.schema == {"bits": md.Bool, "texts": md.String}


def test_row_groups_have_dictionaries_of_their_own(tmp_path):
    parts = [
        pa.Table.from_pandas(pd.DataFrame({"a": pd.Categorical(range(start, start + 100))}))
        for start in (0, 100, 200)
    ]
    path = written(tmp_path, pa.concat_tables(parts), row_group_size=100)
    assert md.read_parquet(path).to_dict() == {"a": list(range(300))}


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Enum(["x", "y"])])
def test_categories_of_polars_are_categories(tmp_path, dtype):
    texts = ["x", None, "y"]
    pl.DataFrame({"a": pl.Series(texts, dtype=dtype)}).write_parquet(tmp_path / "x.parquet")
    found = md.read_parquet(tmp_path / "x.parquet")
    assert (found.to_dict(), found.schema) == ({"a": texts}, {"a": md.Categorical})


LONG = b"a text that is longer than a view"


@pytest.mark.parametrize(
    "values", [[b"\xc3", b"\xa9"], [LONG + b"\xc3", b"\xa9" + LONG], [b"\xff", b"a"]]
)
@pytest.mark.parametrize(
    "encoding", ["PLAIN", "DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY", "RLE_DICTIONARY"]
)
def test_text_that_is_not_utf8_is_refused(tmp_path, values, encoding):
    table = pa.table({"a": pa.array(values, pa.binary()).view(pa.string())})
    options = {"column_encoding": encoding, "use_dictionary": False}
    if encoding == "RLE_DICTIONARY":
        options = {"use_dictionary": True}
    path = written(tmp_path, table, write_statistics=False, **options)
    with pytest.raises(md.errors.ParquetError, match=r"column `a`.*(UTF-8|utf-8)"):
        md.read_parquet(path)


@pytest.mark.parametrize("encoding", ["DELTA_LENGTH_BYTE_ARRAY", "DELTA_BYTE_ARRAY"])
def test_text_that_is_utf8_is_read_in_every_encoding(tmp_path, encoding):
    texts = ["é", "€" * 20, None, "", "𝄞" * 5, "a", LONG.decode()] * 50
    path = written(tmp_path, pa.table({"a": texts}), column_encoding=encoding, use_dictionary=False)
    assert md.read_parquet(path)["a"].to_list() == texts


def test_a_name_that_two_columns_have_is_refused_if_it_is_requested(tmp_path):
    twice = pa.table([pa.array([1]), pa.array([2]), pa.array([3])], names=["a", "a", "b"])
    pq.write_table(twice, tmp_path / "twice.parquet")
    for columns in (None, ["a"], ["b", "a"]):
        with pytest.raises(md.errors.ParquetError, match="two columns have this name"):
            md.read_parquet(tmp_path / "twice.parquet", columns=columns)
    assert md.read_parquet(tmp_path / "twice.parquet", columns=["b"]).to_dict() == {"b": [3]}
