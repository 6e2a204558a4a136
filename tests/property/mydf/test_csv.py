"""CSV against Python's own csv module, int and float; and what is written against what is read."""

import csv
import datetime as dt
import io

import pyarrow as pa
import pyarrow.csv
from hypothesis import example, given
from hypothesis import strategies as st

import mydf as md
from mydf.errors import ArgumentError, CsvError

TEXTS = st.one_of(
    st.text("ab,;\"'\r\n\t \x00\x1a\ufeffé0", max_size=6),
    st.sampled_from(
        [
            "",
            "NA",
            "1",
            "-1.5",
            "true",
            "nan",
            "2024-01-01",
            " x ",
            "<html>",
            "%PDF-",
            "sep=,",
            '{"',
            '[{"',
        ]
    ),
    st.text(max_size=20),
)
WHENS = st.datetimes()
VALUES = {
    md.String: TEXTS,
    md.Int64: st.integers(-(2**63), 2**63 - 1),
    md.UInt64: st.integers(0, 2**64 - 1),
    md.Int8: st.integers(-128, 127),
    md.Float64: st.floats(allow_nan=False),
    md.Bool: st.booleans(),
    md.Date: st.dates(),
    md.Datetime(): WHENS,
    md.Datetime("UTC"): WHENS.map(lambda when: when.replace(tzinfo=dt.timezone.utc)),
    md.Null: st.none(),
}


@st.composite
def frames(draw):
    names = draw(st.lists(TEXTS, min_size=1, max_size=4, unique=True))
    schema = {name: draw(st.sampled_from(list(VALUES))) for name in names}
    rows = draw(st.integers(0, 6))
    data = {
        name: draw(st.lists(st.none() | VALUES[dtype], min_size=rows, max_size=rows))
        for name, dtype in schema.items()
    }
    return md.DataFrame(data, schema)


@given(
    frames(),
    st.sampled_from(",;\t|-+.:0129TZefalsn '\x01") | st.characters(max_codepoint=127),
    st.sampled_from(["", "NA", "nan", "-inf", "0", "-1", "true", "2024-01-01", " "]) | TEXTS,
    st.booleans(),
)
@example(md.DataFrame({"a": ["NA", None, "x"]}), ",", "NA", True)
@example(md.DataFrame({"a": [-1], "d": [dt.date(2024, 1, 1)]}), "-", "", True)
@example(md.DataFrame({"a": [None, None]}), ",", "", True)
@example(md.DataFrame({"<html>": ["x"]}), ",", "", True)
@example(md.DataFrame({"sep": [1], ";": [2]}), "=", "", True)
@example(md.DataFrame({"sep=;": [1]}), ",", "", True)
def test_what_is_written_is_read_or_refused(frame, separator, null_value, header):
    try:
        text = frame.write_csv(separator=separator, null_value=null_value, include_header=header)
    except ArgumentError:
        return
    if not text:
        return  # No header and no rows: nothing to read.
    names = frame.columns if header else [f"column_{n + 1}" for n in range(frame.width)]
    found = md.read_csv(
        text.encode(),
        separator=separator,
        null_values=null_value,
        has_header=header,
        schema_overrides=dict(zip(names, frame.dtypes, strict=True)),
    )
    assert found.columns == names
    assert found.rename(dict(zip(names, frame.columns, strict=True))).equals(frame), text
    by_column = md.read_csv(
        text.encode(),
        separator=separator,
        null_values=dict.fromkeys(names, null_value),
        has_header=header,
        schema_overrides=dict(zip(names, frame.dtypes, strict=True)),
    )
    assert by_column.equals(found)


@given(st.text('ab,"\r\n1 \x1c\u2028', max_size=40))
@example("a,b\r1,2\r3,4\r5,6\n")
@example("a,b\r\r\n1,2\r\r\n")
@example('a,b\r1,"x\ny"\r2,z\r')
@example("a\n\n1\n\n")
def test_a_file_has_the_fields_that_the_csv_module_finds(text):
    try:
        found = md.read_csv(text.encode(), has_header=False, infer_schema_length=0)
    except CsvError:
        return
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    if found.width > 1:
        rows = [row for row in rows if row]
    else:
        # An empty line is a row of one column. CR CR LF is one line end for us.
        rows = [row or [""] for row in rows]
        if "\r\r\n" in text or text.endswith("\r\r"):
            return
    assert [[value or "" for value in row] for row in found.rows()] == rows


NUMBERS = st.one_of(
    st.integers(-(2**70), 2**70).map(str),
    st.floats().map(repr),
    st.floats().map(lambda value: f"{value:+e}"),
    st.sampled_from(
        ["nan", "NaN", "-NAN", "inf", "+Inf", "-infinity", "1_000", "0x10", "007", "+1", "1.", ".5",
         "1e5", "1E400", "1e-400", "9007199254740993", "true", "x", "-0", "-0.0", "1,5", " 7 "]
    ),
)  # fmt: skip


@given(st.lists(NUMBERS, min_size=1, max_size=4))
@example(["1.5", "nan", "Inf", "-Infinity"])
@example(["9007199254740993", "nan"])
def test_a_number_has_the_value_that_python_gives_it(texts):
    data = "a\n" + "".join(f'"{text}"\n' for text in texts)
    column = md.read_csv(data.encode())["a"]
    found = column.to_list()
    if column.dtype.is_integer:
        assert found == [int(text) for text in texts]
    elif column.dtype.is_float:
        assert [repr(value) for value in found] == [repr(float(text)) for text in texts]
        for text, value in zip(texts, found, strict=True):
            if text.strip().lstrip("-").isdigit():
                assert int(text) == int(value)
    elif column.dtype == md.String:
        assert found == texts
    else:
        assert column.dtype == md.Bool


@given(frames(), st.sampled_from(",;\t|-:T2"))
def test_pyarrow_reads_what_is_written(frame, separator):
    # Arrow's C interface has no names with NUL.
    frame = frame.rename(
        {name: f"{name}{at}".replace("\0", "") for at, name in enumerate(frame.columns)}
    )
    text = frame.write_csv(separator=separator)
    expected = frame.to_arrow()
    types = {
        field.name: pa.string() if field.type == pa.string_view() else field.type
        for field in expected.schema
    }
    found = pyarrow.csv.read_csv(
        io.BytesIO(text.encode()),
        parse_options=pyarrow.csv.ParseOptions(
            delimiter=separator, newlines_in_values=True, ignore_empty_lines=False
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=types, null_values=[""], strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )  # fmt: skip
    assert found.to_pydict() == expected.to_pydict()
