"""Arrow IPC: round trips with polars and pyarrow, and files that are not what they should be."""

import contextlib
import datetime as dt
import io

import polars as pl
import pyarrow as pa
import pyarrow.feather
import pytest

import mydf as md
from mydf.errors import (
    ArgumentError,
    ColumnNotFoundError,
    IpcError,
    MydfError,
    UnsupportedTypeError,
)

FRAME = md.DataFrame(
    {
        "i": [1, None, -(2**63)],
        "f": [0.5, None, float("inf")],
        "t": ["x", None, "a longer text than twelve bytes 𝄞"],
        "b": [True, None, False],
        "d": [dt.date(2024, 2, 29), None, dt.date(1, 1, 1)],
        "n": [None, None, None],
    }
)


def file_of(table, **options):
    out = io.BytesIO()
    with pa.ipc.new_file(out, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table)
    return out.getvalue()


def written(frame=FRAME, writer="write_ipc", **options):
    out = io.BytesIO()
    getattr(frame, writer)(out, **options)
    return out.getvalue()


def refused(data, *parts, error=IpcError, reader=md.read_ipc, **options):
    with pytest.raises(error) as caught:
        reader(data, **options)
    assert isinstance(caught.value, MydfError)
    assert caught.value.hint
    for part in parts:
        assert part in str(caught.value)


@pytest.mark.parametrize("compression", ["uncompressed", "lz4", "zstd"])
def test_what_is_written_is_read_here_and_elsewhere(compression, tmp_path):
    data = written(compression=compression, record_batch_size=2)
    assert md.read_ipc(data).equals(FRAME)
    assert md.DataFrame(pl.read_ipc(data)).equals(FRAME)
    table = pa.ipc.open_file(data).read_all()
    assert md.DataFrame(table).equals(FRAME)
    assert table.schema.field("t").type == pa.large_string()
    stream = written(writer="write_ipc_stream", compression=compression, record_batch_size=1)
    assert md.read_ipc_stream(stream).equals(FRAME)
    assert md.DataFrame(pl.read_ipc_stream(stream)).equals(FRAME)
    assert md.DataFrame(pa.ipc.open_stream(stream).read_all()).equals(FRAME)
    path = tmp_path / "x.feather"
    FRAME.write_ipc(path, compression=compression)
    assert md.DataFrame(pyarrow.feather.read_table(path)).equals(FRAME)
    assert md.read_ipc(str(tmp_path)).equals(FRAME)


@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
def test_files_of_other_libraries_are_read(compression):
    frame = pl.DataFrame(FRAME)
    out = io.BytesIO()
    frame.write_ipc(out, compression=compression or "uncompressed")
    assert md.read_ipc(out.getvalue()).equals(FRAME)
    table = pa.table(
        {
            "dict": pa.array(["a", "b", None, "a"]).dictionary_encode(),
            "view": pa.array(["a", None, "b" * 20, ""], pa.string_view()),
            "ns": pa.array([0, 1_000, None, 2_000], pa.timestamp("ns", "UTC")),
            "half": pa.array([0.5, None, 1, 2], pa.float16()),
        }
    )
    data = file_of(table, compression=compression)
    expected = md.DataFrame(table)
    assert md.read_ipc(data).equals(expected)
    assert md.read_ipc(data, columns=["half", "dict"]).equals(expected[["half", "dict"]])
    assert md.read_ipc(data, n_rows=2).equals(expected.head(2))
    assert md.read_ipc(data, n_rows=0).schema == expected.schema


def test_a_stream_may_change_its_dictionaries():
    schema = pa.schema([("a", pa.dictionary(pa.int32(), pa.string()))])
    parts = [pa.array(texts).dictionary_encode() for texts in (["x", "y"], ["z"], ["y", "x"])]
    out = io.BytesIO()
    with pa.ipc.new_stream(out, schema) as writer:
        for part in parts:
            writer.write_batch(pa.record_batch([part], schema=schema))
    assert md.read_ipc_stream(out.getvalue())["a"].to_list() == ["x", "y", "z", "y", "x"]


def test_files_without_rows_and_many_batches():
    empty = FRAME.head(0)
    assert md.read_ipc(written(empty)).equals(empty)
    assert md.read_ipc_stream(written(empty, "write_ipc_stream")).equals(empty)
    long = md.DataFrame({"a": list(range(1000))})
    data = written(long, record_batch_size=7)
    assert md.read_ipc(data).equals(long)
    assert md.read_ipc(data, n_rows=30, row_index_name="n")["n"].to_list() == list(range(30))


def test_what_is_not_the_layout_is_named():
    refused(b"", "no data")
    refused(b"a,b\n1,2\n", "not Arrow IPC", "read_csv")
    refused(b"PAR1" + bytes(20), "read_parquet")
    refused(b"FEA1" + bytes(20), "pyarrow.feather")
    refused(b'{"a": 1}', "read_ndjson")
    refused(b"\x1f\x8b\x08\0\0", "gzip.open")
    refused(written(writer="write_ipc_stream"), "read_ipc_stream")
    refused(written(), "read_ipc(", reader=md.read_ipc_stream)
    refused(written()[:-5], "cut off")
    refused(written(writer="write_ipc_stream")[:-30], "cut off", reader=md.read_ipc_stream)
    stream = written(writer="write_ipc_stream")
    refused(stream + b"\0", "after the end", reader=md.read_ipc_stream)
    refused("none.arrow", "none.arrow", error=MydfError)
    refused(written(), "`x`", error=ColumnNotFoundError, columns=["x"])


def test_columns_without_a_dtype_are_refused_by_name():
    table = pa.table({"a": [1], "s": [{"x": 1}]})
    data = file_of(table)
    refused(data, "`s`", error=UnsupportedTypeError)
    assert md.read_ipc(data, columns="a").to_dict() == {"a": [1]}
    twice = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    refused(file_of(twice), "`a`", "two columns")


def test_bytes_that_are_no_arrow_data_are_refused():
    """Text that is not UTF-8 and keys outside their dictionary, which pyarrow can make."""
    offsets = pa.py_buffer(b"\0\0\0\0\x02\0\0\0")
    text = pa.Array.from_buffers(pa.string(), 1, [None, offsets, pa.py_buffer(b"\xff\xfe")])
    refused(file_of(pa.table({"a": [1], "t": text})), "`t`")
    keys = pa.array([7], pa.int8())
    entries = pa.DictionaryArray.from_arrays(keys, pa.array(["x"]), safe=False)
    refused(file_of(pa.table({"k": entries})), "`k`")


@pytest.mark.parametrize("compression", [None, "lz4", "zstd"])
@pytest.mark.parametrize("reader", [md.read_ipc, md.read_ipc_stream])
def test_damaged_bytes_are_an_error_or_read_as_values(compression, reader):
    """Each byte in turn becomes another: an error of mydf, or a frame; never a panic."""
    frame = md.DataFrame({"a": [1, 2, None], "t": ["x", "a longer text than that", None]})
    writer = "write_ipc" if reader is md.read_ipc else "write_ipc_stream"
    data = written(frame, writer, compression=compression or "uncompressed")
    step = max(1, len(data) // 400)
    for place in range(0, len(data), step):
        for value in (0x00, 0x7F, 0xFF):
            damaged = data[:place] + bytes([value]) + data[place + 1 :]
            with contextlib.suppress(MydfError):
                assert reader(damaged).height >= 0
    for length in range(0, len(data), step):
        # A stream may end after any of its messages.
        with contextlib.suppress(MydfError):
            assert reader(data[:length]).height in (0, 3)


def test_wrong_options_of_the_writers(tmp_path):
    for option, value in [
        ("compression", "gzip"), ("compression", None), ("record_batch_size", 0),
        ("record_batch_size", 1.5), ("storage_options", "x"), ("codec", "lz4"), ("chunksize", 5),
    ]:  # fmt: skip
        for writer in ("write_ipc", "write_ipc_stream"):
            with pytest.raises(MydfError) as caught:
                getattr(FRAME, writer)(tmp_path / "x", **{option: value})
            assert option in caught.value.fact
            assert caught.value.hint
    assert not list(tmp_path.iterdir())
    with pytest.raises(ArgumentError):
        FRAME.write_ipc(io.StringIO())
