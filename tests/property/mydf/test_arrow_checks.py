"""Arrays of random offsets, keys and views: taken or refused as pyarrow's complete check says."""

import struct

import pyarrow as pa
from hypothesis import given, reject, settings
from hypothesis import strategies as st

import mydf as md

SIZE = 40
DATA = st.lists(st.sampled_from([b"a", b"\xc3\xa9", b"\xff", b"bc"]), min_size=SIZE).map(
    lambda parts: b"".join(parts)[:SIZE]
)
BITMAPS = st.none() | st.binary(min_size=2, max_size=2)


def agree(array, start):
    """Check that mydf takes or refuses the rows from `start` as pyarrow does."""
    array = array[start:]
    try:
        array.validate(full=True)
        right = array.to_pylist()
    except (pa.ArrowInvalid, pa.ArrowIndexError):
        right = None
    for data in (array, array[len(array) // 2 :]) if right is not None else (array,):
        try:
            found = md.Series("a", data).to_list()
        except md.errors.ArrowError:
            found = None
        assert found == (right if right is None else right[len(right) - len(data) :])


def buffers(bitmap, *parts):
    return [None if part is None else pa.py_buffer(part) for part in (bitmap, *parts)]


def offsets():
    rising = st.lists(st.integers(0, SIZE), min_size=2, max_size=12).map(sorted)
    return rising | st.lists(st.integers(-2, SIZE), min_size=2, max_size=12)


@settings(deadline=None, max_examples=60)
@given(offsets(), DATA, BITMAPS, st.booleans(), st.integers(0, 3))
def test_texts(found, data, bitmap, large, start):
    kind, code = (pa.large_string(), "q") if large else (pa.string(), "i")
    packed = struct.pack(f"={len(found)}{code}", *found)
    rows = len(found) - 1
    try:
        made = pa.Array.from_buffers(kind, rows, buffers(bitmap, packed, data))
    except pa.ArrowInvalid:
        # pyarrow makes no array whose ends are negative or contradict each other.
        reject()
    agree(made, min(start, rows))


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.integers(-2, 5), max_size=12),
    st.lists(st.sampled_from(["x", "a text longer than a view", None]), max_size=5),
    BITMAPS,
    st.sampled_from([(pa.int8(), "b"), (pa.int64(), "q"), (pa.uint16(), "H")]),
    st.integers(0, 3),
)
def test_keys(keys, words, bitmap, kind, start):
    arrow, code = kind
    keys = [key for key in keys if key >= 0] if code == "H" else keys
    packed = struct.pack(f"={len(keys)}{code}", *keys)
    made = pa.Array.from_buffers(arrow, len(keys), buffers(bitmap, packed))
    words = pa.array(words, pa.string())
    agree(pa.DictionaryArray.from_arrays(made, words, safe=False), min(start, len(keys)))


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(*[st.integers(low, high) for low, high in ((-1, 30), (-1, 2), (-2, SIZE))])),
    DATA,
    DATA,
    BITMAPS,
    st.integers(0, 3),
)
def test_views(places, first, second, bitmap, start):
    places = places[:12]
    packed = b""
    for length, buffer, offset in places:
        size = struct.pack("=i", length)
        if 0 <= length <= 12:
            packed += size + first[:length].ljust(12, b"\0")
        else:
            # pyarrow also compares the first bytes, which mydf takes from the text itself.
            source = (first, second)[buffer] if 0 <= buffer < 2 else first
            prefix = source[max(offset, 0) :][:4].ljust(4, b"\0")
            packed += size + prefix + struct.pack("=ii", buffer, offset)
    parts = buffers(bitmap, packed, first, second)
    agree(pa.Array.from_buffers(pa.string_view(), len(places), parts), min(start, len(places)))
