//! Frames as text and HTML, compared with what a reader should see.

use std::sync::Arc;

use arrow_array::*;
use mydf_core::display::{Limits, html, text};
use mydf_core::{Column, DataFrame};

const WIDE: Limits = Limits { rows: 10, columns: 20, text: 30, width: 100 };

fn column(name: &str, array: impl Array + 'static) -> Column {
    Column::new(name, Arc::new(array)).expect("a supported array")
}

fn frame(columns: Vec<Column>) -> DataFrame<u32> {
    DataFrame::new(columns).expect("equal lengths")
}

fn mixed() -> DataFrame<u32> {
    let moments = TimestampMicrosecondArray::from(vec![Some(0), Some(1_500_000), None]);
    frame(vec![
        column("n", Int64Array::from(vec![Some(1), None, Some(-300)])),
        column("share", Float64Array::from(vec![0.5, f64::NAN, 2.0 / 3.0])),
        column("ok", BooleanArray::from(vec![Some(true), Some(false), None])),
        column("text", StringArray::from(vec![Some("plain"), Some("two\nlines"), None])),
        column("day", Date32Array::from(vec![0, -1, 15_706])),
        column("at", moments.with_timezone("America/New_York")),
        column("nothing", NullArray::new(3)),
    ])
}

#[test]
fn every_kind_of_dtype() {
    let expected = r"
shape: (3, 7)
┌──────┬──────────┬───────┬────────────┬────────────┬────────────────────────────────┬─────────┐
│    n │    share │ ok    │ text       │ day        │ at                             │ nothing │
│  i64 │      f64 │ bool  │ str        │ date       │ datetime[us, America/New_York] │ null    │
╞══════╪══════════╪═══════╪════════════╪════════════╪════════════════════════════════╪═════════╡
│    1 │      0.5 │ true  │ plain      │ 1970-01-01 │ 1969-12-31 19:00:00            │ null    │
│ null │      NaN │ false │ two\nlines │ 1969-12-31 │ 1969-12-31 19:00:01.500        │ null    │
│ -300 │ 0.666667 │ null  │ null       │ 2013-01-01 │ null                           │ null    │
└──────┴──────────┴───────┴────────────┴────────────┴────────────────────────────────┴─────────┘";
    assert_eq!(text(&mixed(), WIDE), expected.trim_start());
}

#[test]
fn long_frames_lose_their_middle() {
    let rows = frame(vec![column("i", Int32Array::from_iter_values(0..336_776))]);
    let expected = r"
shape: (336_776, 1)
┌────────┐
│      i │
│    i32 │
╞════════╡
│      0 │
│      1 │
│      2 │
│      … │
│ 336774 │
│ 336775 │
└────────┘";
    assert_eq!(text(&rows, Limits { rows: 5, ..WIDE }), expected.trim_start());
}

#[test]
fn wide_frames_lose_their_middle() {
    let columns = (0..2_000).map(|i| column(&format!("c{i}"), UInt8Array::from(vec![7]))).collect();
    let expected = r"
shape: (1, 2_000)
┌────┬────┬───┬───────┐
│ c0 │ c1 │ … │ c1999 │
│ u8 │ u8 │   │    u8 │
╞════╪════╪═══╪═══════╡
│  7 │  7 │ … │     7 │
└────┴────┴───┴───────┘";
    let wide = frame(columns);
    assert_eq!(text(&wide, Limits { width: 30, ..WIDE }), expected.trim_start());
    assert_eq!(text(&wide, Limits { columns: 3, ..WIDE }), expected.trim_start());
}

#[test]
fn no_line_is_wider_than_asked() {
    use unicode_width::UnicodeWidthStr;
    for width in 9..100 {
        let shown = text(&mixed(), Limits { width, ..WIDE });
        let widest = shown.lines().skip(1).map(UnicodeWidthStr::width).max();
        assert!(widest <= Some(width), "width {width}:\n{shown}");
        assert!(shown.lines().skip(1).all(|line| Some(line.width()) == widest), "{shown}");
    }
}

/// Two characters that take up one column.
const ACCENTED: &str = "e\u{301}";

#[test]
fn text_is_cut_by_its_width_on_screen() {
    let values = StringViewArray::from(vec!["漢字漢字漢字", "abcdefghij", "e\u{301}", "\u{202e}x"]);
    let expected = format!(
        "
shape: (4, 1)
┌────────┐
│ t      │
│ str    │
╞════════╡
│ 漢字…  │
│ abcde… │
│ {ACCENTED}      │
│ …      │
└────────┘"
    );
    let shown = text(&frame(vec![column("t", values)]), Limits { text: 6, ..WIDE });
    assert_eq!(shown, expected.trim_start());
}

#[test]
fn floats_are_short() {
    let cases = [
        (1.0, "1.0"),
        (-0.0, "-0.0"),
        (0.1, "0.1"),
        (123_456.789, "123456.8"),
        (1_234.567_8, "1234.57"),
        (1e15, "1000000000000000.0"),
        (1e16, "1.0e16"),
        (-1.234_567_89e300, "-1.23457e300"),
        (0.000_123_456_789, "0.000123457"),
        (9.999_999_9, "10.0"),
        (1e-5, "1.0e-5"),
        (f64::INFINITY, "inf"),
    ];
    for (value, expected) in cases {
        let shown = text(&frame(vec![column("f", Float64Array::from(vec![value]))]), WIDE);
        let cell = shown.lines().nth(5).and_then(|line| line.split('│').nth(1)).map(str::trim);
        assert_eq!(cell, Some(expected), "{value:?}\n{shown}");
    }
}

#[test]
fn without_rows_or_columns() {
    assert_eq!(text(&frame(vec![]), WIDE), "shape: (0, 0)");
    let none = frame(vec![column("a", Int8Array::from(Vec::<i8>::new()))]);
    let expected = "shape: (0, 1)\n┌────┐\n│  a │\n│ i8 │\n╞════╡\n└────┘";
    assert_eq!(text(&none, WIDE), expected);
    let rows: DataFrame<u8> =
        DataFrame::new(vec![column("a", Int8Array::from(vec![1, 2]))]).expect("a frame");
    let hidden = text(&rows, Limits { rows: 0, columns: 0, text: 0, width: 0 });
    assert!(hidden.starts_with("shape: (2, 1)\n"), "{hidden}");
}

#[test]
fn html_escapes_everything() {
    let values = StringViewArray::from(vec![Some("<script>'&\"</script>"), None, Some("c")]);
    let shown = html(
        &frame(vec![column("<b>", values), column("n", Int8Array::from(vec![1, 2, 3]))]),
        Limits { rows: 2, ..WIDE },
    );
    let expected = r#"
<div class="mydf-frame">
<small class="mydf-shape">shape: (3, 2)</small>
<table>
<thead>
<tr><th>&lt;b&gt;</th><th>n</th></tr>
<tr><td class="mydf-dtype">str</td><td class="mydf-dtype">i8</td></tr>
</thead>
<tbody>
<tr><td>&lt;script&gt;&#39;&amp;&quot;&lt;/script&gt;</td><td class="mydf-number">1</td></tr>
<tr><td class="mydf-gap">…</td><td class="mydf-gap">…</td></tr>
<tr><td>c</td><td class="mydf-number">3</td></tr>
</tbody>
</table>
</div>"#;
    assert_eq!(shown, expected.trim_start());
}

#[test]
fn sliced_frames_show_their_own_rows() {
    let values = StringViewArray::from(vec![Some("a"), None, Some("c"), Some("d")]);
    let sliced = frame(vec![column("t", values)]).slice(1, 2);
    let expected =
        "shape: (2, 1)\n┌──────┐\n│ t    │\n│ str  │\n╞══════╡\n│ null │\n│ c    │\n└──────┘";
    assert_eq!(text(&sliced, WIDE), expected);
}
