"""Frames and Series in pickles: in band, out of band, sliced, shared, copied, damaged."""

import gc
import pickle
import sys
import zlib
from datetime import date, datetime, timezone

import pytest

import mydf as md
from mydf._native import core
from mydf.errors import PickleError, RowLimitError

LONG = "a text that is longer than its view"
COLUMNS = {
    "int": [1, None, 3, -4],
    "float": [0.5, float("inf"), None, -0.0],
    "bool": [True, None, False, True],
    "text": ["é", None, LONG, LONG + "!"],
    "nothing": [None, None, None, None],
    "date": [date(2013, 1, 1), None, date(1, 1, 1), date(9999, 12, 31)],
    "time": [datetime(2013, 1, 1, tzinfo=timezone.utc), None, None, None],
}


def frame() -> md.DataFrame:
    return md.DataFrame(COLUMNS)


def sent(value: object) -> tuple[bytes, list[pickle.PickleBuffer]]:
    buffers: list[pickle.PickleBuffer] = []
    return pickle.dumps(value, protocol=5, buffer_callback=buffers.append), buffers


def parts(value: md.DataFrame) -> tuple[bytes, list[bytes]]:
    """Return the header and the buffers as copies, to damage them."""
    _, (header, *buffers) = value.__reduce_ex__(4)
    return header, buffers


def load(header: bytes, buffers: list[bytes]) -> md.DataFrame:
    made, _ = frame().__reduce_ex__(4)
    return made(header, *buffers)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_of_every_protocol_loads_equal(protocol):
    found = pickle.loads(pickle.dumps(frame(), protocol=protocol))
    assert found.schema == frame().schema
    assert found.equals(frame())


@pytest.mark.parametrize("rows", [slice(0, 0), slice(1, 3), slice(3, 4)])
def test_a_slice_loads_equal(rows):
    data, buffers = sent(frame()[rows])
    assert pickle.loads(data, buffers=buffers).equals(frame()[rows])


@pytest.mark.parametrize("made", [md.DataFrame(), md.DataFrame({"a": []}), frame().select("text")])
def test_an_empty_frame_loads_equal(made):
    assert pickle.loads(pickle.dumps(made)).equals(made)


def test_a_series_loads_equal():
    series = frame()["text"]
    data, buffers = sent(series)
    found = pickle.loads(data, buffers=buffers)
    assert (found.name, found.to_list()) == ("text", COLUMNS["text"])


def test_each_buffer_of_a_column_is_sent_out_of_band():
    table = md.DataFrame({"a": list(range(100_000)), "b": [LONG] * 100_000})
    data, buffers = sent(table)
    assert len(data) < 1000
    # The numbers, the views of the texts, and the texts.
    sizes = [buffer.raw().nbytes for buffer in buffers]
    assert sizes[:2] == [800_000, 1_600_000]
    assert all(buffer.raw().readonly for buffer in buffers)


def test_memory_that_nobody_can_write_to_is_shared():
    table = md.DataFrame({"a": list(range(100_000)), "b": [LONG] * 100_000})
    data, buffers = sent(table)
    memory = [bytes(buffer.raw()) for buffer in buffers]
    found = pickle.loads(data, buffers=memory)
    data, again = sent(found)
    assert [address(each) for each in again] == [address(each) for each in memory]
    assert pickle.loads(data, buffers=again).equals(table)


def address(buffer: object) -> int:
    import numpy as np

    return np.frombuffer(buffer, dtype=np.uint8).ctypes.data


@pytest.mark.parametrize("handed", [memoryview, lambda memory: memoryview(memory).toreadonly()])
def test_memory_that_its_owner_can_write_to_is_copied(handed):
    data, buffers = sent(md.DataFrame({"a": list(range(1000))}))
    memory = [bytearray(buffer.raw()) for buffer in buffers]
    found = pickle.loads(data, buffers=[handed(each) for each in memory])
    memory[0][:] = bytes(len(memory[0]))
    assert found["a"].sum() == 499_500


@pytest.mark.parametrize("rows", [1, 7, 8, 262_143, 262_144, 262_145, 524_301])
def test_memory_of_any_length_is_copied(rows):
    made = md.DataFrame({"a": md.Series("a", range(rows)).cast(md.Int8, strict=False)})
    data, buffers = sent(made)
    memory = [bytearray(buffer.raw()) for buffer in buffers]
    assert pickle.loads(data, buffers=memory).equals(made)


def test_memory_of_any_alignment_is_read():
    data, buffers = sent(frame())
    shifted = []
    for buffer in buffers:
        memory = b"x" + bytes(buffer.raw())
        shifted.append(memoryview(memory)[1:])
    assert pickle.loads(data, buffers=shifted).equals(frame())


def test_buffers_outlive_the_frame_and_what_is_loaded_outlives_the_buffers():
    made = md.DataFrame({"a": list(range(1000))})
    data, buffers = sent(made)
    del made
    gc.collect()
    found = pickle.loads(data, buffers=[memoryview(bytes(buffer)) for buffer in buffers])
    del buffers
    gc.collect()
    assert found["a"].sum() == 499_500


def test_a_view_that_its_owner_releases_stays_valid():
    data, buffers = sent(md.DataFrame({"a": list(range(1000))}))
    views = [memoryview(bytes(buffer.raw())) for buffer in buffers]
    found = pickle.loads(data, buffers=views)
    for view in views:
        view.release()
    gc.collect()
    assert found["a"].sum() == 499_500


def test_a_slice_of_a_large_frame_is_small():
    table = md.DataFrame({"a": list(range(100_000)), "b": [LONG] * 100_000})
    assert len(pickle.dumps(table[5:10])) < 2000


def test_a_frame_weighs_what_its_rows_need():
    table = md.DataFrame({"a": list(range(100_000)), "b": [f"{LONG} {n}" for n in range(100_000)]})
    text = sum(len(f"{LONG} {n}") for n in range(100_000))
    assert sys.getsizeof(table) == pytest.approx(2_400_000 + text, rel=0.01)
    assert sys.getsizeof(table[:1000]) == pytest.approx(sys.getsizeof(table) / 100, rel=0.1)
    assert sys.getsizeof(table["a"]) == pytest.approx(800_000, rel=0.01)


def test_any_flipped_byte_of_the_header_is_an_error():
    header, buffers = parts(frame())
    for place in range(len(header)):
        damaged = bytearray(header)
        damaged[place] ^= 0x11
        # The name of a version is only text, for a message.
        if 13 <= place < 13 + header[12]:
            continue
        with pytest.raises(PickleError, match="pickled"):
            load(bytes(damaged), buffers)


def test_a_header_of_any_other_length_is_an_error():
    header, buffers = parts(frame())
    for length in range(len(header)):
        with pytest.raises(PickleError, match="pickled"):
            load(header[:length], buffers)
    with pytest.raises(PickleError, match="pickled"):
        load(header + b"\0", buffers)


def test_missing_and_exchanged_buffers_are_errors():
    header, buffers = parts(frame())
    with pytest.raises(PickleError, match="column `time`: a buffer of 0 bytes, expected"):
        load(header, buffers[:-1])
    with pytest.raises(PickleError, match="1 buffers and 0 numbers too many"):
        load(header, [*buffers, b"x"])
    with pytest.raises(PickleError, match="column `int`: a buffer of 32 bytes, expected 1"):
        load(header, buffers[::-1] if len(buffers[-1]) == 32 else [buffers[1], buffers[0]])
    with pytest.raises(PickleError, match="column `int`: a buffer of"):
        load(header, [buffer[:-1] for buffer in buffers])


def test_text_that_is_not_utf8_is_an_error():
    header, buffers = parts(md.DataFrame({"a": [LONG] * 3}))
    assert buffers[-1].startswith(LONG.encode())
    wrong = buffers[-1].replace(b"longer", b"\xff\xffnger")
    with pytest.raises(PickleError, match=r"column `a`: .*UTF-8"):
        load(header, [*buffers[:-1], wrong])


def test_views_outside_of_their_buffers_are_an_error():
    header, buffers = parts(md.DataFrame({"a": [LONG] * 3}))
    views = bytearray(buffers[0])
    for place in range(len(views)):
        damaged = bytearray(views)
        damaged[place] ^= 0x80
        try:
            load(header, [bytes(damaged), *buffers[1:]]).to_dict()
        except PickleError as error:
            assert "column `a`" in error.fact  # noqa: PT017


def test_an_object_without_memory_is_refused():
    header, _ = parts(frame())
    with pytest.raises(TypeError):
        load(header, [3])


def test_another_format_names_both_versions():
    header, buffers = parts(frame())
    newer = header[:8] + (2).to_bytes(4, "little") + header[12:]
    with pytest.raises(PickleError, match=r"mydf 0\.1\.0 in format 2, mydf 0\.1\.0 reads format 1"):
        load(newer, buffers)


def test_a_frame_too_long_for_the_index_is_refused_before_anything_else():
    # A column of nulls has no buffers, so the frame is as long as its header says.
    header, buffers = parts(md.DataFrame({"a": [None] * 3}))
    assert not buffers
    limit = 2**32 - 1 if core.build_info()["index_bits"] == 32 else 2**63
    at = 13 + header[12]
    rows = (limit + 5).to_bytes(8, "little")
    rest = rows + header[at + 4 + 8 :]
    rest = rest[:-24] + rows + rest[-16:]
    longer = header[:at] + zlib.crc32(rest).to_bytes(4, "little") + rest
    with pytest.raises(RowLimitError, match=f"too many rows: {limit + 5}"):
        load(longer, buffers)
