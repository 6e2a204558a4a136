"""A frame does not change when the data that it was made of does, nor by what it hands out."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import mydf as md

# Longer than a small array, which a library may copy in any case.
ROWS = 1000


def arrow_over(memory):
    return pa.Array.from_buffers(pa.int64(), ROWS, [None, pa.py_buffer(memory)])


def pandas_frame(memory):
    return pd.DataFrame({"a": memory}, copy=False)


SOURCES = {
    "numpy": lambda memory: {"a": memory},
    "pandas": pandas_frame,
    "column of pandas": lambda memory: {"a": pandas_frame(memory)["a"]},
    "array of pandas": lambda memory: {"a": pd.array(memory, dtype="int64", copy=False)},
    "pyarrow": lambda memory: pa.table({"a": pa.array(memory)}),
    "pyarrow over a buffer": lambda memory: pa.table({"a": arrow_over(memory)}),
    "array of pyarrow": lambda memory: {"a": pa.array(memory)},
    "batch of pyarrow": lambda memory: pa.record_batch({"a": pa.array(memory)}),
    "reader of pyarrow": lambda memory: pa.table({"a": pa.array(memory)}).to_reader(),
    "pyarrow from pandas": lambda memory: pa.Table.from_pandas(pandas_frame(memory)),
    "polars from pyarrow": lambda memory: pl.from_arrow(pa.table({"a": pa.array(memory)})),
    "polars from pandas": lambda memory: pl.from_pandas(pandas_frame(memory)),
    "column of polars": lambda memory: {"a": pl.from_arrow(pa.array(memory))},
}


@pytest.mark.parametrize("source", SOURCES)
def test_a_frame_does_not_change_with_its_source(source):
    memory = np.arange(ROWS)
    data = SOURCES[source](memory)
    frame = md.DataFrame(data)
    memory[:] = -1
    assert frame["a"].to_list() == list(range(ROWS))


def test_text_does_not_change_with_its_source():
    data = bytearray(b"a text that is longer than a view")
    offsets = np.array([0, len(data)], np.int32)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    frame = md.DataFrame({"a": pa.Array.from_buffers(pa.string(), 1, buffers)})
    data[:] = b"\xff" * len(data)
    offsets[:] = 2**30
    assert frame["a"].to_list() == ["a text that is longer than a view"]


def write_first(array):
    array[0] = 99


OUT = {
    "to_numpy": lambda frame: write_first(frame["a"].to_numpy()),
    "numpy": lambda frame: write_first(np.asarray(frame["a"])),
    "matrix": lambda frame: write_first(frame.to_numpy()),
    "to_pandas": lambda frame: write_first(frame.to_pandas()["a"].to_numpy()),
    "cell of pandas": lambda frame: frame.to_pandas().__setitem__("a", 99),
    "pyarrow": lambda frame: write_first(frame.to_arrow()["a"].chunk(0).to_numpy()),
    "buffer": lambda frame: write_first(
        np.frombuffer(frame.to_arrow()["a"].chunk(0).buffers()[1], np.int64)
    ),
    "DLPack": lambda frame: write_first(np.from_dlpack(frame.to_arrow()["a"].chunk(0))),
    "polars": lambda frame: write_first(frame.to_polars()["a"].to_numpy()),
    "cell of polars": lambda frame: frame.to_polars().__setitem__((0, "a"), 99),
    "column of polars": lambda frame: pl.Series(frame["a"]).scatter(0, 99),
}


@pytest.mark.parametrize("door", OUT)
def test_what_a_frame_hands_out_is_a_copy_or_cannot_be_written(door):
    frame = md.DataFrame({"a": list(range(ROWS))})
    try:
        OUT[door](frame)
    except ValueError as error:
        assert "read-only" in str(error)  # noqa: PT017
    assert frame["a"].to_list() == list(range(ROWS))
