"""Data of Arrow's C interface that breaks its rules is refused with an error that says why."""

import struct

import pytest
from arrow_c import Data, Producer, frame, metadata

import mydf as md

LONG = b"a text that is longer than a view"


def ints(*values, **changes):
    made = Data(b"l", len(values), [None, struct.pack(f"={len(values)}q", *values)])
    return change(made, changes)


def text(offsets, data, kind=b"u", **changes):
    code = {b"u": "i", b"U": "q"}[kind]
    packed = struct.pack(f"={len(offsets)}{code}", *offsets)
    return change(Data(kind, len(offsets) - 1, [None, packed, data]), changes)


def view(content, buffer=0, offset=0, *, length=None, prefix=None):
    """Return one view: inline if the text is short."""
    size = struct.pack("=i", len(content) if length is None else length)
    if len(content) <= 12:
        return size + content.ljust(12, b"\0")
    return size + (prefix or content[:4]) + struct.pack("=ii", buffer, offset)


def views(parts, *buffers, lengths=None, **changes):
    stated = [len(each) for each in buffers] if lengths is None else lengths
    sizes = struct.pack(f"={len(stated)}q", *stated)
    made = Data(b"vu", len(parts), [None, b"".join(parts), *buffers, sizes])
    return change(made, changes)


def keys(*values, entries, **changes):
    packed = struct.pack(f"={len(values)}b", *values)
    return change(Data(b"c", len(values), [None, packed], dictionary=entries), changes)


def change(made, changes):
    for name, value in changes.items():
        setattr(made, name, value)
    return made


def read(data):
    producer = Producer(data)
    try:
        return md.DataFrame(producer)
    finally:
        assert producer.exported >= 2


XY = text([0, 1, 2], b"xy")
EXTENSION = metadata([(b"ARROW:extension:name", b"pandas.period")])
BITS_5 = b"\x05"

GOOD = {
    "offset": (ints(1, 2, 3, length=2, offset=1), [2, 3]),
    "frame with an offset": (frame(ints(1, 2, 3), length=2, offset=1), [2, 3]),
    "nulls": (
        ints(1, 2, 3, buffers=[BITS_5, struct.pack("=3q", 1, 2, 3)], null_count=1),
        [1, None, 3],
    ),
    "unknown number of nulls": (
        ints(1, 2, 3, buffers=[BITS_5, struct.pack("=3q", 1, 2, 3)], null_count=-1),
        [1, None, 3],
    ),
    "no rows, no buffers": (Data(b"l", 0, [None, None]), []),
    "no texts, no buffers": (Data(b"u", 0, [None, None, None]), []),
    "no views, no buffers": (Data(b"vu", 0, [None, None, None]), []),
    "null without buffers": (Data(b"n", 2, null_count=2), [None, None]),
    "null with a buffer": (Data(b"n", 2, [None], null_count=2), [None, None]),
    "null without a number": (Data(b"n", 2), [None, None]),
    "text with an offset": (text([0, 2, 3, 5], b"abcde", length=2, offset=1), ["c", "de"]),
    "text that starts late": (text([2, 3, 5], b"abcde"), ["c", "de"]),
    "large text": (text([0, 2, 5], "éabc".encode(), b"U"), ["é", "abc"]),
    "garbage in a null text": (
        text(
            [0, 1, 3, 4],
            b"a\xff\xfeb",
            buffers=[BITS_5, struct.pack("=4i", 0, 1, 3, 4), b"a\xff\xfeb"],
            null_count=1,
        ),
        ["a", None, "b"],
    ),
    "views": (views([view(b"short"), view(LONG)], LONG), ["short", LONG.decode()]),
    "few of many bytes": (
        views([view(LONG, 0, 500)], b"\xff" * 500 + LONG + b"\xff" * 500),
        [LONG.decode()],
    ),
    "many views of the same bytes": (views([view(LONG)] * 5, LONG), [LONG.decode()] * 5),
    "inline view without padding": (views([view(b"ab")[:6] + b"\xff" * 10]), ["ab"]),
    "wrong prefix": (views([view(LONG, prefix=b"zzzz")], LONG), [LONG.decode()]),
    "garbage in a null view": (
        views(
            [view(b"a"), b"\xff" * 16, view(b"b")],
            null_count=1,
            buffers=[BITS_5, view(b"a") + b"\xff" * 16 + view(b"b"), b""],
        ),
        ["a", None, "b"],
    ),
    "dictionary": (keys(1, 0, 1, entries=XY), ["y", "x", "y"]),
    "garbage in a null key": (
        keys(1, 99, 0, entries=XY, buffers=[BITS_5, b"\x01\x63\x00"], null_count=1),
        ["y", None, "x"],
    ),
    "only nulls of an empty dictionary": (
        keys(
            7, entries=Data(b"u", 0, [None, None, None]), buffers=[b"\x00", b"\x07"], null_count=1
        ),
        [None],
    ),
    "metadata of any bytes": (ints(1, metadata=metadata([(b"\xff", b"\x80\x04")])), [1]),
    "JSON": (
        text([0, 2], b"{}", metadata=metadata([(b"ARROW:extension:name", b"arrow.json")])),
        ["{}"],
    ),
    "8-bit Booleans": (
        Data(
            b"c",
            3,
            [None, b"\x00\x01\x05"],
            metadata=metadata([(b"ARROW:extension:name", b"arrow.bool8")]),
        ),
        [False, True, True],
    ),
    "no name": (ints(1, name=None), [1]),
}


@pytest.mark.parametrize("case", GOOD)
def test_valid_data_is_read(case):
    data, right = GOOD[case]
    producer = Producer(data)
    (found,) = md.DataFrame(producer).to_dict().values()
    assert found == right


BAD = {
    "text": (text([0, 1, 2], b"a\xe9"), "row 1 is not UTF-8"),
    "large text": (text([0, 1, 2], b"a\xe9", b"U"), "row 1 is not UTF-8"),
    "text cut inside a character": (text([0, 1, 2], "é".encode()), "row 0 is not UTF-8"),
    "text with an offset, bad bytes inside": (
        text([0, 1, 2], b"a\xe9", length=1, offset=1),
        "row 0 is not UTF-8",
    ),
    "inline view": (views([view(b"a"), view(b"\xe9")]), "row 1 is not UTF-8"),
    "long view": (views([view(LONG + b"\xe9")], LONG + b"\xe9"), "row 0 is not UTF-8"),
    "view in few of many bytes": (
        views([view(LONG + b"\xe9")], LONG + b"\xe9" + b"a" * 999),
        "row 0 is not UTF-8",
    ),
    "view cut inside a character": (
        views([view(LONG, length=len(LONG) + 1)], LONG + "é".encode()),
        "row 0 is not UTF-8",
    ),
    "dictionary": (keys(0, entries=text([0, 1], b"\xff")), "row 0 is not UTF-8"),
    "falling offsets": (text([0, 3, 1], b"abc"), "row 1 starts at byte 3 and ends at byte 1"),
    "negative offset": (text([-1, 1, 2], b"abc"), "row 0 starts at byte -1"),
    "text without data": (text([0, 1, 2], None), "buffer 2 is missing"),
    "text without offsets": (
        text([0], b"", length=1, buffers=[None, None, b""]),
        "buffer 1 is missing",
    ),
    "view of a missing buffer": (views([view(LONG, 1)], LONG), "row 0 ends at byte 33 of buffer 1"),
    "view of a negative buffer": (views([view(LONG, -1)], LONG), "row 0 ends at byte"),
    "view beyond its buffer": (
        views([view(LONG, 0, 1)], LONG),
        "row 0 ends at byte 34 of buffer 0",
    ),
    "view before its buffer": (views([view(LONG, 0, -1)], LONG), "row 0 ends at byte"),
    "view of a negative length": (views([view(LONG, length=-1)], LONG), "row 0 ends at byte"),
    "buffer of a negative length": (
        views([view(LONG)], LONG, lengths=[-1]),
        "a buffer of -1 bytes",
    ),
    "view buffer missing": (views([view(LONG)], None, lengths=[99]), "buffer 2 is missing"),
    "view lengths missing": (
        views([view(LONG)], buffers=[None, view(LONG), LONG, None]),
        "buffer 3 is missing",
    ),
    "key too large": (keys(0, 2, entries=XY), "row 1 is entry 2 of a dictionary of 2 entries"),
    "negative key": (keys(0, -1, entries=XY), "row 1 is entry -1 of a dictionary of 2 entries"),
    "key of an empty dictionary": (
        keys(0, entries=Data(b"u", 0, [None, None, None])),
        "row 0 is entry 0 of a dictionary of 0",
    ),
    "dictionary missing": (keys(0, entries=XY, array_dictionary=False), "it has no dictionary"),
    "dictionary of dictionaries": (
        keys(0, entries=keys(0, entries=XY)),
        "dictionary of dictionaries",
    ),
    "text as keys": (text([0, 1], b"a", dictionary=XY), "keys of a dictionary of type Utf8"),
    "negative length": (ints(1, length=-1), "an array of -1 rows"),
    "negative offset of rows": (ints(1, offset=-1), "an array of 1 rows from row -1"),
    "enormous offset": (ints(1, offset=2**63 - 1), "1 values from value 9223372036854775807"),
    "enormous offset of values": (ints(1, offset=2**62), "1 values from value"),
    # With a 64-bit index the number of rows is fine, and the memory is missing.
    "enormous length": (
        ints(1, length=2**62),
        "too many rows" if md.runtime().index_bits == 32 else "memory for import of column `a`",
    ),
    "values missing": (ints(1, buffers=[None, None]), "buffer 1 is missing"),
    "Booleans missing": (Data(b"b", 1, [None, None]), "buffer 1 is missing"),
    "no list of buffers": (ints(1, buffers_pointer=False), "buffer 1 is missing"),
    "too few buffers": (ints(1, n_buffers=1), "1 buffers, expected 2"),
    "too many buffers": (ints(1, buffers=[None, b"12345678", b"x"]), "3 buffers, expected 2"),
    "negative number of buffers": (ints(1, n_buffers=-1), "-1 buffers, expected 2"),
    "text with the buffers of integers": (
        text([0], b"", length=1, buffers=[None, b"\0" * 8]),
        "2 buffers, expected 3",
    ),
    "view with too few buffers": (
        Data(b"vu", 1, [None, view(b"a")]),
        "2 buffers, expected at least 3",
    ),
    "nulls without marks": (ints(1, null_count=1), "1 nulls are stated, 0 are marked"),
    "wrong number of nulls": (
        ints(1, 2, 3, buffers=[BITS_5, b"\0" * 24], null_count=2),
        "2 nulls are stated, 1 are marked",
    ),
    "negative number of nulls": (ints(1, null_count=-2), "-2 nulls"),
    "children of a column": (ints(1, array_children=[ints(1)]), "1 child arrays, expected 0"),
    "no format": (ints(1, format=None), "a type without a format"),
    "format that is not UTF-8": (ints(1, format=b"\xff"), "a type whose format is not UTF-8"),
    "unknown format": (ints(1, format=b"?"), "`?` in the C interface"),
    "format of a bad decimal": (ints(1, format=b"d:x,y"), "`d:x,y` in the C interface"),
    "name that is not UTF-8": (ints(1, name=b"\xff"), "the name of column 0 is not UTF-8"),
    "metadata of a negative number": (
        ints(1, metadata=b"\xff" * 4),
        "metadata of a negative length",
    ),
    "metadata of a negative length": (
        ints(1, metadata=b"\1\0\0\0" + b"\xff" * 4),
        "metadata of a negative length",
    ),
    "extension": (ints(1, metadata=EXTENSION), "extension type `pandas.period`"),
    "extension in a dictionary": (
        keys(0, entries=ints(1, metadata=EXTENSION)),
        "extension type `pandas.period`",
    ),
    "8-bit Booleans in text": (
        text([0, 1], b"a", metadata=metadata([(b"ARROW:extension:name", b"arrow.bool8")])),
        "extension type `arrow.bool8`",
    ),
    "list beyond its items": (
        Data(b"+l", 1, [None, b"\0\0\0\0\2\0\0\0"], children=[ints(1)]),
        "2 items from item 0, but there are 1",
    ),
    "list that ends before it starts": (
        Data(b"+l", 1, [None, b"\1\0\0\0\0\0\0\0"], children=[ints(1)]),
        "row 0 starts at item 1 and ends at item 0",
    ),
    "list without a child": (Data(b"+l", 1, [None, b"\0" * 8]), "list"),
    "run-end encoded": (Data(b"+r", 1, children=[ints(1), ints(1)]), "run-end encoded"),
    "union": (Data(b"+us:0", 1, [b"\0"], children=[ints(1)]), "union"),
    "map": (Data(b"+m", 1, [None, b"\0" * 8], children=[ints(1)]), "map"),
}
FRAMES = {
    "struct in a frame": (frame(frame(ints(1), name=b"a")), "struct"),
    "column without a schema": (frame(None), "column 0 of the schema is missing"),
    "released column": (frame(ints(1, released=True)), "its array is released"),
    "column without an array": (frame(ints(1), array_children=[None]), "it has no array"),
    "too few arrays": (frame(ints(1), array_children=[]), "0 child arrays, expected 1"),
    "negative number of columns": (frame(n_children=-1), "a schema of -1 columns"),
    "short column": (frame(ints(1), ints(1, name=b"b"), length=2), "the frame has 2 from row 0"),
    "short column and an offset": (frame(ints(1), offset=1), "the frame has 1 from row 1"),
    "null rows": (frame(ints(1), buffers=[b"\0"], null_count=1), "whole rows are null"),
    "two columns of one name": (frame(ints(1), ints(1)), "duplicate column: `a`"),
    "frame without a list of buffers": (frame(ints(1), buffers=[]), "0 buffers, expected 1"),
}


@pytest.mark.parametrize("case", [*BAD, *FRAMES])
def test_bad_data_is_refused(case):
    data, text = {**BAD, **FRAMES}[case]
    producer = Producer(data)
    with pytest.raises(md.MydfError) as caught:
        md.DataFrame(producer)
    assert text in str(caught.value)
    assert caught.value.hint
    if case in BAD and "enormous length" not in case and "name that" not in case:
        assert "`a`" in str(caught.value)


@pytest.mark.parametrize("case", GOOD)
def test_every_array_is_released_once(case):
    producer = Producer(GOOD[case][0])
    found = md.DataFrame(producer)
    # The consumer releases the array, not its children, and leaves the schema in its capsule.
    assert producer.released == 1
    assert found.width == 1


def test_a_stream_is_read_to_its_end_and_released():
    producer = Producer(frame(ints(1)), chunks=[frame(ints(1, 2), length=2), frame(ints(3))])
    assert md.DataFrame(producer).to_dict() == {"a": [1, 2, 3]}
    # The stream, its schema, two arrays.
    assert producer.released == 4


def test_a_stream_without_arrays_is_a_frame_without_rows():
    found = md.DataFrame(Producer(frame(keys(entries=XY), ints(name=b"b")), chunks=[]))
    assert found.schema == {"a": md.Categorical, "b": md.Int64}
    assert found.height == 0


@pytest.mark.parametrize(
    ("message", "shown"), [(b"disk on \xff fire", "disk on"), (b"", "error 5")]
)
def test_a_stream_that_fails_reports_its_error(message, shown):
    producer = Producer(frame(ints(1)), chunks=[frame(ints(1))], fails_after=message)
    with pytest.raises(md.errors.ArrowError, match=shown):
        md.DataFrame(producer)
    assert producer.released == 3


def test_every_chunk_has_its_own_dictionary():
    chunks = [
        keys(*range(90), entries=text(range(91), bytes(range(start, start + 90))))
        for start in (0, 30)
    ]
    found = md.Series("a", Producer(chunks[0], chunks=chunks))
    assert found.to_list() == [chr(code) for start in (0, 30) for code in range(start, start + 90)]


def test_a_later_chunk_is_checked_like_the_first():
    producer = Producer(XY, chunks=[XY, text([0, 1], b"\xff")])
    with pytest.raises(md.errors.ArrowError, match="row 0 is not UTF-8"):
        md.Series("a", producer)
