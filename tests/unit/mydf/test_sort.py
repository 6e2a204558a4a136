"""`sort`, `arg_sort` and `gather`: arguments, errors, and a signal while they run."""

import math
import os
import subprocess
import sys

import pytest

import mydf


@pytest.fixture
def frame():
    """Return a frame with a null."""
    return mydf.DataFrame({"a": ["b", "a", None], "k": [1, 2, 3]})


def test_equal_rows_keep_their_order_in_both_directions():
    series = mydf.Series("a", [0.0, None, math.nan, -0.0, None, -1.0])
    assert series.arg_sort().to_list() == [1, 4, 5, 0, 3, 2]
    assert series.arg_sort(descending=True, nulls_last=True).to_list() == [2, 0, 3, 5, 1, 4]
    assert [str(value) for value in series.sort().to_list()[2:]] == ["-1.0", "0.0", "-0.0", "nan"]


def test_row_numbers_are_int64_and_have_a_name(frame):
    assert frame["k"].arg_sort().dtype == mydf.Int64
    assert frame["k"].arg_sort().name == "k"
    assert frame.arg_sort("k").name == "row"


def test_a_frame_is_sorted_by_its_row_numbers(frame):
    rows = frame.arg_sort("a", mydf.col("k") % 2, descending=[True, False])
    assert frame.gather(rows).equals(frame.sort("a", mydf.col("k") % 2, descending=[True, False]))


def test_gather_takes_numbers_from_the_end_and_nulls(frame):
    assert frame.gather([-1, None, 0]).to_dict() == {"a": [None, None, "b"], "k": [3, None, 1]}
    assert frame.gather(mydf.Series("n", [2, 2], mydf.UInt8))["k"].to_list() == [3, 3]
    assert frame.gather([]).shape == (0, 2)


@pytest.mark.parametrize("row", [3, -4, 2**40])
def test_a_row_that_does_not_exist_is_named(frame, row):
    with pytest.raises(mydf.errors.RowNotFoundError, match=f"row {row} of 3 rows") as found:
        frame.gather([0, row])
    assert (found.value.row, found.value.rows) == (row, 3)


@pytest.mark.parametrize("rows", ["abc", 5, None])
def test_gather_refuses_what_is_not_a_list(frame, rows):
    with pytest.raises(mydf.errors.ArgumentTypeError, match="gather: rows of type") as found:
        frame["k"].gather(rows)
    assert "3 rows" in found.value.hint


def test_gather_refuses_fractions(frame):
    with pytest.raises(mydf.errors.DTypeError, match="Float64, expected an integer dtype"):
        frame.gather([0.5])


def test_options_are_bools():
    series = mydf.Series("a", [1])
    for method in (series.sort, series.arg_sort):
        with pytest.raises(mydf.errors.ArgumentTypeError, match="descending"):
            method(descending=1)
        with pytest.raises(mydf.errors.ArgumentTypeError, match="nulls_last"):
            method(nulls_last="yes")


# In a process of its own: what else a test process has loaded may have handlers of signals too.
INTERRUPTED = """
import math, os, signal, threading, time
import numpy as np
import mydf

numbers = np.random.default_rng(1).integers(0, 2**62, 400_000)
frame = mydf.DataFrame({"a": numbers, "b": numbers[::-1]})
sent = []
# A shell that starts a job in the background has the signal ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)

def send():
    time.sleep(0.2)
    sent.append(time.monotonic())
    os.kill(os.getpid(), signal.SIGINT)

threading.Thread(target=send).start()
try:
    while time.monotonic() < (sent or [math.inf])[0] + 60:
        frame.sort("a", "b", descending=True)
except KeyboardInterrupt:
    assert frame.sort("a").height == 400_000
    print("interrupted")
"""


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_a_signal_interrupts_a_sort():
    pytest.importorskip("numpy")
    child = subprocess.run(
        [sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=False
    )
    assert child.stdout == "interrupted\n", child.stdout + child.stderr
