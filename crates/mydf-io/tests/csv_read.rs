//! Reading CSV: every option and spelling, and every kind of invalid file.

use std::fmt::Write;
use std::io::Read;
use std::path::Path;

use arrow_array::Array;
use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Float64Type, Int64Type, TimestampMicrosecondType, UInt64Type,
};
use mydf_core::{DType, DataFrame, Error};
use mydf_io::Source;
use mydf_io::csv::{ReadOptions, read_csv};

fn read_with(text: impl AsRef<[u8]>, options: &ReadOptions) -> Result<DataFrame<u32>, Error> {
    read_csv(&Source::from_bytes(text.as_ref(), Path::new("t.csv")), options)
}

fn read_file(path: &Path) -> Result<DataFrame<u32>, Error> {
    read_csv(&Source::open(path)?, &ReadOptions::default())
}

fn read(text: impl AsRef<[u8]>) -> DataFrame<u32> {
    read_with(text, &ReadOptions::default()).unwrap()
}

fn fails(text: impl AsRef<[u8]>, options: &ReadOptions) -> String {
    let error = read_with(text, options).unwrap_err();
    format!("{error}\nhint: {}", error.hint().unwrap_or_default())
}

fn names(frame: &DataFrame<u32>) -> Vec<&str> {
    frame.columns().iter().map(mydf_core::Column::name).collect()
}

fn texts<'a>(frame: &'a DataFrame<u32>, column: &str) -> Vec<Option<&'a str>> {
    frame.column(column).unwrap().values().as_string_view().iter().collect()
}

fn ints(frame: &DataFrame<u32>, column: &str) -> Vec<Option<i64>> {
    frame.column(column).unwrap().values().as_primitive::<Int64Type>().iter().collect()
}

fn dtype(frame: &DataFrame<u32>, column: &str) -> DType {
    frame.column(column).unwrap().dtype().clone()
}

#[test]
fn dtypes_are_inferred() {
    let frame = read(
        "i,u,f,b,d,t,z,s,n\n\
         1,18446744073709551615,1,true,2024-02-29,2024-02-29T01:02:03.5,2024-02-29T01:02:03+01:00,x,\n\
         -2,0,0.5,false,1969-12-31,2024-02-29 01:02,1970-01-01T00:00:00Z,\"\",\n",
    );
    assert_eq!(ints(&frame, "i"), [Some(1), Some(-2)]);
    let u = frame.column("u").unwrap().values().as_primitive::<UInt64Type>().values().to_vec();
    assert_eq!(u, [u64::MAX, 0]);
    let f = frame.column("f").unwrap().values().as_primitive::<Float64Type>().values().to_vec();
    assert_eq!(f, [1.0, 0.5]);
    let b = frame.column("b").unwrap().values().as_boolean();
    assert!(b.value(0) && !b.value(1));
    let d = frame.column("d").unwrap().values().as_primitive::<Date32Type>().values().to_vec();
    assert_eq!(d, [19_782, -1]);
    let micros = |name: &str| {
        let array = frame.column(name).unwrap().values();
        array.as_primitive::<TimestampMicrosecondType>().values().to_vec()
    };
    assert_eq!(micros("t"), [1_709_168_523_500_000, 1_709_168_520_000_000]);
    assert_eq!(micros("z"), [1_709_164_923_000_000, 0]);
    assert_eq!(dtype(&frame, "t"), DType::Datetime(None));
    assert_eq!(dtype(&frame, "z"), DType::Datetime(Some("UTC".into())));
    assert_eq!(texts(&frame, "s"), [Some("x"), Some("")]);
    assert_eq!(dtype(&frame, "n"), DType::Null);
    assert_eq!(frame.column("n").unwrap().null_count(), 2);
}

#[test]
fn line_ends_byte_order_mark_and_the_last_line() {
    let expected = [Some("x"), Some("y")];
    for text in [
        "a,b\n1,x\n2,y\n",
        "a,b\n1,x\n2,y",
        "a,b\r\n1,x\r\n2,y\r\n",
        "a,b\r\n1,x\r\n2,y",
        "\u{feff}a,b\n1,x\n2,y\n",
        "\u{feff}\"a\",b\r\n1,\"x\"\r\n2,y\r\n",
        "\n\r\na,b\n\n\n1,x\r\n\r\n\n2,y\n\n\r\n",
        "a,b\n1,x\r\n\n2,\"y\"\n\n",
        "a,b\r\r\n1,\"x\"\r\r\n2,y\r\r\n",
        "a,b\r1,x\r2,y\r",
        "a,b\r1,x\r2,\"y\"\n",
        "\u{feff}\ra,b\r\r1,x\r2,y\r\n",
        "\u{feff}\u{feff}a,b\n1,x\n2,y",
        "a,b\n1,x\n2,y\r",
        "a,b\r\n1,x\r\n2,y\r\n\x1a",
        "a,b\r1,x\r2,y\r\x1a\x1a",
    ] {
        let frame = read(text);
        assert_eq!(names(&frame), ["a", "b"], "{text:?}");
        assert_eq!(ints(&frame, "a"), [Some(1), Some(2)], "{text:?}");
        assert_eq!(texts(&frame, "b"), expected, "{text:?}");
    }
}

#[test]
fn one_column_has_a_row_for_an_empty_line() {
    let frame = read("a\n1\n\n3\r\n\r\n");
    assert_eq!(ints(&frame, "a"), [Some(1), None, Some(3), None]);
    let options = ReadOptions { has_header: false, ..Default::default() };
    let frame = read_with("\n\n7\n", &options).unwrap();
    assert_eq!(ints(&frame, "column_1"), [None, None, Some(7)]);
    assert_eq!(read_with("\n", &options).unwrap().height(), 1);
}

#[test]
fn quotes_are_removed() {
    let frame =
        read("a,b\n\"x,\"\"y\"\"\nz\",\"\"\n,\"\"\"\"\n\"long text of more than 12, yes\",q\n");
    assert_eq!(
        texts(&frame, "a"),
        [Some("x,\"y\"\nz"), None, Some("long text of more than 12, yes")]
    );
    assert_eq!(texts(&frame, "b"), [Some(""), Some("\""), Some("q")]);
    let plain = ReadOptions { quote: None, separator: b'\t', ..Default::default() };
    let frame = read_with("a\tb\n5\" pipe\t\"x\n", &plain).unwrap();
    assert_eq!(texts(&frame, "a"), [Some("5\" pipe")]);
    assert_eq!(texts(&frame, "b"), [Some("\"x")]);
    let single = ReadOptions { quote: Some(b'\''), separator: b';', ..Default::default() };
    let frame = read_with("a;b\n'it''s; so';\"\n", &single).unwrap();
    assert_eq!(texts(&frame, "a"), [Some("it's; so")]);
    assert_eq!(texts(&frame, "b"), [Some("\"")]);
}

#[test]
fn null_values() {
    let options = ReadOptions {
        null_values: vec!["NA".into(), "-999".into(), "say \"no\"".into()],
        ..Default::default()
    };
    let frame =
        read_with("a,b\nNA,x\n-999,\"NA\"\n5,\"say \"\"no\"\"\"\n6,\"\"\n7,NAN\n8,\n", &options)
            .unwrap();
    assert_eq!(ints(&frame, "a"), [None, None, Some(5), Some(6), Some(7), Some(8)]);
    let no = Some("say \"no\"");
    assert_eq!(texts(&frame, "b"), [Some("x"), Some("NA"), no, Some(""), Some("NAN"), None]);
    // Files that quote every field: in columns of numbers, a quoted null is null.
    let frame = read_with("a,b,c\n\"NA\",\"NA\",\"NA\"\n\"1\",NA,\"x\"\n", &options).unwrap();
    assert_eq!(ints(&frame, "a"), [None, Some(1)]);
    assert_eq!(texts(&frame, "b"), [Some("NA"), None]);
    assert_eq!(texts(&frame, "c"), [Some("NA"), Some("x")]);
    let empty = ReadOptions { null_values: vec![String::new()], ..Default::default() };
    assert_eq!(ints(&read_with("a,b\n\"\",1\n\"2\",1\n", &empty).unwrap(), "a"), [None, Some(2)]);
}

#[test]
fn a_quoted_null_late_in_a_column_is_a_text() {
    let options = ReadOptions { null_values: vec!["NA".into()], ..Default::default() };
    let text = format!("a,b\n{}\"NA\",\"NA\"\n", "NA,1\n".repeat(1000));
    let frame = read_with(text, &options).unwrap();
    assert_eq!(texts(&frame, "a")[999..], [None, Some("NA")]);
    assert_eq!(ints(&frame, "b")[999..], [Some(1), None]);
}

#[test]
fn null_values_of_one_column() {
    let by_column = |name: &str, values: &[&str]| {
        (name.to_owned(), values.iter().map(|value| (*value).to_owned()).collect())
    };
    let options = ReadOptions {
        null_values: vec!["NA".into()],
        column_null_values: vec![by_column("a", &["-999", "-1"]), by_column("c", &["x"])],
        ..Default::default()
    };
    let frame = read_with("a,b,c\n-999,-999,x\nNA,a,NA\n-1,x,y\n", &options).unwrap();
    assert_eq!(dtype(&frame, "a"), DType::Null);
    assert_eq!(texts(&frame, "b"), [Some("-999"), Some("a"), Some("x")]);
    assert_eq!(texts(&frame, "c"), [None, None, Some("y")]);
    let options =
        ReadOptions { column_null_values: vec![by_column("d", &["x"])], ..Default::default() };
    let error = read_with("a,b\n1,2\n", &options).unwrap_err();
    assert!(matches!(error, Error::ColumnNotFound { name, .. } if name == "d"));
}

#[test]
fn gzip_and_zstd_are_decompressed() {
    let text = "a,b\n1,x\n2,y\n";
    let gzip = |level| {
        let mut bytes = Vec::new();
        let level = flate2::Compression::new(level);
        flate2::read::GzEncoder::new(text.as_bytes(), level).read_to_end(&mut bytes).unwrap();
        bytes
    };
    let zstd = zstd::encode_all(text.as_bytes(), 0).unwrap();
    for bytes in [gzip(6), gzip(0), zstd] {
        assert_eq!(ints(&read(&bytes), "a"), [Some(1), Some(2)]);
        assert_eq!(texts(&read(&bytes), "b"), [Some("x"), Some("y")]);
        let cut = fails(&bytes[..bytes.len() - 3], &ReadOptions::default());
        assert!(cut.contains("cut off or damaged"), "{cut}");
    }
    let members = [gzip(6), gzip(0)].concat();
    let expected = [Some("x"), Some("y"), Some("b"), Some("x"), Some("y")];
    assert_eq!(texts(&read(&members), "b"), expected);
    let mut twice = Vec::new();
    let level = flate2::Compression::fast();
    flate2::read::GzEncoder::new(gzip(6).as_slice(), level).read_to_end(&mut twice).unwrap();
    assert!(fails(&twice, &ReadOptions::default()).contains("within a compressed file"));
}

#[test]
fn without_rows_to_infer_from_columns_are_texts() {
    let options = ReadOptions { infer_rows: Some(0), ..Default::default() };
    let frame = read_with("a,b\n1,\n2,x\n", &options).unwrap();
    assert_eq!(texts(&frame, "a"), [Some("1"), Some("2")]);
    assert_eq!(texts(&frame, "b"), [None, Some("x")]);
}

#[test]
fn special_floats_in_any_case() {
    let frame = read("a,b,c\n1.5,x,-NAN\nnan,nan,Infinity\nInf,inf,-inf\n");
    assert_eq!(dtype(&frame, "a"), DType::Float64);
    assert_eq!(texts(&frame, "b"), [Some("x"), Some("nan"), Some("inf")]);
    let c = frame.column("c").unwrap().values().as_primitive::<Float64Type>().values().to_vec();
    assert!(c[0].is_nan() && c[1..] == [f64::INFINITY, f64::NEG_INFINITY]);
}

#[test]
fn years_of_other_than_four_digits_need_their_dtype() {
    let text = "a,b\n+10000-01-01,-0001-12-31T00:00:00Z\n";
    assert_eq!(texts(&read(text), "a"), [Some("+10000-01-01")]);
    assert_eq!(texts(&read(text), "b"), [Some("-0001-12-31T00:00:00Z")]);
    let zone = DType::Datetime(Some("UTC".into()));
    let dtypes = vec![("a".into(), DType::Date), ("b".into(), zone)];
    let frame = read_with(text, &ReadOptions { dtypes, ..Default::default() }).unwrap();
    let days = frame.column("a").unwrap().values().as_primitive::<Date32Type>().value(0);
    assert_eq!(days, 2_932_897);
}

#[test]
fn columns_dtypes_and_rows() {
    let options = ReadOptions {
        columns: Some(vec!["c".into(), "a".into()]),
        dtypes: vec![("a".into(), DType::String), ("b".into(), DType::Int8)],
        n_rows: Some(2),
        ..Default::default()
    };
    // `b` does not fit Int8 but is not requested; the ragged line follows the requested rows.
    let frame = read_with("a,b,c\n007,x,1\n\n8,y,2\n9\n", &options).unwrap();
    assert_eq!(names(&frame), ["c", "a"]);
    assert_eq!(texts(&frame, "a"), [Some("007"), Some("8")]);
    assert_eq!(ints(&frame, "c"), [Some(1), Some(2)]);
    let none = ReadOptions { n_rows: Some(0), ..Default::default() };
    let frame = read_with("a\nx\n", &none).unwrap();
    assert_eq!((frame.height(), dtype(&frame, "a")), (0, DType::String));
    let first = ReadOptions { infer_rows: Some(1), ..none };
    let frame = read_with("a\n1\nx\n", &first).unwrap();
    assert_eq!((frame.height(), dtype(&frame, "a")), (0, DType::Int64));
    let empty = ReadOptions { columns: Some(vec![]), ..Default::default() };
    assert_eq!(read_with("a\nx\n", &empty).unwrap().width(), 0);
}

#[test]
fn given_dtypes() {
    let dtypes = [
        ("a", DType::Int8, "+12"),
        ("b", DType::UInt64, "+18446744073709551615"),
        ("c", DType::Float32, " 1e3"),
        ("d", DType::Float64, "12345678901234567890"),
        ("e", DType::Datetime(Some("UTC".into())), "2024-01-01T00:00:00"),
        ("f", DType::Datetime(Some("Europe/Rome".into())), "2024-01-01T00:00:00+01:00"),
        ("g", DType::String, "1"),
        ("h", DType::Date, "2024-01-01"),
        ("i", DType::Null, ""),
        ("j", DType::UInt8, "255"),
    ];
    let header: Vec<&str> = dtypes.iter().map(|(name, _, _)| *name).collect();
    let line: Vec<&str> = dtypes.iter().map(|(_, _, text)| *text).collect();
    let options = ReadOptions {
        dtypes: dtypes.iter().map(|(name, dtype, _)| ((*name).into(), dtype.clone())).collect(),
        ..Default::default()
    };
    let frame = read_with(format!("{}\n{}\n", header.join(","), line.join(",")), &options).unwrap();
    for (name, expected, _) in &dtypes {
        assert_eq!(dtype(&frame, name), *expected);
        assert_eq!(frame.column(name).unwrap().null_count(), usize::from(*name == "i"));
    }
}

#[test]
fn values_that_do_not_fit_are_named() {
    let wrong = [
        (DType::Int8, "128"),
        (DType::UInt8, "-1"),
        (DType::Int64, "1.0"),
        (DType::Int64, "+-1"),
        (DType::Float32, "1e300"),
        (DType::Float64, "x"),
        (DType::Bool, "1"),
        (DType::Date, "2024-02-30"),
        (DType::Datetime(None), "2024-01-01T00:00:00Z"),
        (DType::Datetime(Some("Europe/Rome".into())), "2024-01-01T00:00:00"),
        (DType::Null, "x"),
        (DType::Int64, "\"\""),
    ];
    for (dtype, text) in wrong {
        let options =
            ReadOptions { dtypes: vec![("b".into(), dtype.clone())], ..Default::default() };
        let message = fails(format!("a,b\n\"1\n2\",\n3,{text}\n"), &options);
        let shown = text.trim_matches('"');
        let fact = format!(
            "CSV file `t.csv`, line 4, column `b`: value `{shown}` does not fit {dtype}\nhint: "
        );
        assert!(message.starts_with(&fact), "{message}");
    }
    let options = ReadOptions { infer_rows: Some(1), ..Default::default() };
    let message = fails("a,b\n1,1\n2,x\ny,2\n", &options);
    assert!(message.contains("line 3, column `b`: value `x` does not fit Int64\nhint: infer"));
    assert_eq!(texts(&read("a,b\n1,1\n2,x\ny,2\n"), "b"), [Some("1"), Some("x"), Some("2")]);
}

#[test]
fn invalid_files_are_errors() {
    let default = ReadOptions::default();
    let cases: &[(&[u8], &str)] = &[
        (b"", "CSV file `t.csv`: no data"),
        (b"\xef\xbb\xbf", "CSV file `t.csv`: no data"),
        (b"\n\r\n", "CSV file `t.csv`: no data"),
        (b"a,b\n1,2\n3\n4,5\n", ", line 3: record of 1 field, expected 2 fields"),
        (b"a,b\n\n1,2\n1,2,3\n", ", line 4: record of 3 fields, expected 2 fields"),
        (b"a,b\n\"x\n\ny\",2\n3\n", ", line 5: record of 1 field, expected 2 fields"),
        (b"a\n1\n2,3\n", ", line 3: record of 2 fields, expected 1 field"),
        (b"a,b,c\n1,2,3\n4,5", ", line 3: record of 2 fields, expected 3 fields"),
        (b"a,b\n1,2\n3,\"x\n4,5\n", ", line 3: quoted field without its closing quote"),
        (b"a,b\n1,\"\"\"x\n", ", line 2: quoted field without its closing quote"),
        (b"a,\"b\n", ", line 1: quoted field without its closing quote"),
        (b"a,b\n1,\"x\"y\n", ", line 2: text after the closing quote of a field: `y`"),
        (b"a,b\n1,\"x\" \n", ", line 2: text after the closing quote of a field: ` `"),
        (b"a,b\n1,\"x\n\" z,\"\n", ", line 2: text after the closing quote of a field: ` z,\"`"),
        (b"a,b\n1,2\"\n", ", line 2: quote `\"` within an unquoted field"),
        (b"a,b\n1,x\"\"y\n", ", line 2: quote `\"` within an unquoted field"),
        (b"a,b\n1,2\n1,x\xffy\n", ", line 3, column `b`: invalid UTF-8: 0xff"),
        (b"a,b\n\"1\n\xe2\x82\",2\n", ", line 3, column `a`: invalid UTF-8: 0xe2 0x82"),
        (b"a,b\n1,\xe2\x82", ", line 2, column `b`: invalid UTF-8: 0xe2"),
        (b"a,\xff\n1,2\n", ", line 1: invalid UTF-8: 0xff"),
        (b"a,b,a\n1,2,3\n", ", line 1, column `a`: name twice in the header"),
        (b"a,b\r1,2\n3,4\n", ", line 1: CR without LF outside quotes"),
        (b"a,b\n1,x\ry\n", ", line 2: CR without LF outside quotes"),
        (b"a,b\n\r1,2\n\r3,4\n\r", ", line 2: CR without LF outside quotes"),
        (b"a,b\n1,\"x\"\r2,y\n", ", line 2: CR without LF outside quotes"),
        (b"a,b\n1,2\x1a", ", line 2: Ctrl-Z at the end of the last line"),
        (b"a,b\n1,x\0y\n", ", line 2: NUL byte outside quotes"),
        (b"\0\0\0\0\0\0", ", line 1: NUL byte outside quotes"),
        (b"\xff\xfea\0\n\0", ": UTF-16, not CSV in UTF-8"),
        (b"\0a\0,\0b\0\n", ": UTF-16 without a byte order mark, not CSV in UTF-8"),
        (b"\xff\xfe\0\0a\0\0\0", ": UTF-32, not CSV in UTF-8"),
        (b"\x1f\x8b\x08\0", ": gzip: unexpected end of file"),
        (b"BZh91AY&SYxx", ": bzip2, not CSV in UTF-8"),
        (b"\xfd7zXZ\0\0", ": xz, not CSV in UTF-8"),
        (b"PK\x03\x04 xl/workbook.xml", ": an Excel workbook, not CSV in UTF-8"),
        (b"PK\x03\x04 a.csv", ": a zip archive, not CSV in UTF-8"),
        (b"PAR1\x15\0PAR1", ": Parquet, not CSV in UTF-8"),
        (b"\n<!doctype HTML>\n", ": HTML, not CSV in UTF-8"),
        (b"<?xml version=\"1.0\"?>\n", ": XML, not CSV in UTF-8"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
            ": a pointer of Git LFS, not CSV in UTF-8",
        ),
    ];
    for (text, expected) in cases {
        let message = fails(text, &default);
        let fact = message.split("\nhint: ").next().unwrap();
        let shown = String::from_utf8_lossy(text);
        assert!(fact.ends_with(expected), "{shown:?}: {message}");
        assert!(fact.starts_with("CSV file `t.csv`"), "{message}");
        let hint = message.split("\nhint: ").nth(1).unwrap();
        assert!(!hint.is_empty() && !hint.contains("`quote="), "{message}");
    }
}

#[test]
fn the_separator_of_a_ragged_file_is_guessed_in_the_hint() {
    for (text, hint) in [
        ("a;b\n1,5;2,5\n", "`separator=\";\"`"),
        ("a,b\n1\t2\n", "`separator=\"\\t\"`"),
        ("a,b\n1,2;3,4\n", "put quotes around"),
        ("a,b\n1\n", "cut off"),
    ] {
        let message = fails(text, &ReadOptions::default());
        assert!(message.contains(hint), "{text:?}: {message}");
    }
}

#[test]
fn the_line_that_names_the_separator_for_excel_is_not_data() {
    let semicolon = ReadOptions { separator: b';', ..Default::default() };
    for text in ["sep=;\na;b\n1;2\n", "\u{feff}SEP=;\r\na;b\r\n1;2\r\n"] {
        let frame = read_with(text, &semicolon).unwrap();
        assert_eq!((names(&frame), ints(&frame, "b")), (vec!["a", "b"], vec![Some(2)]));
        let headless = ReadOptions { has_header: false, ..semicolon.clone() };
        assert_eq!(read_with(text, &headless).unwrap().height(), 2);
        let message = fails(text, &ReadOptions::default());
        assert!(message.contains("line 1: the first line says") && message.contains("`separator="));
    }
    assert_eq!(names(&read("sep=,\na,b\n1,2\n")), ["a", "b"]);
    assert_eq!(names(&read("\"sep=;\"\n1\n")), ["sep=;"]);
}

#[test]
fn json_is_named_unless_quotes_are_text() {
    let text = "{\"a\": 1}\n{\"a\": 2}\n";
    assert!(fails(text, &ReadOptions::default()).contains("JSON"));
    let plain = ReadOptions { quote: None, ..Default::default() };
    assert_eq!(read_with(text, &plain).unwrap().height(), 1);
}

#[test]
fn invalid_options_are_errors() {
    let with = |change: fn(&mut ReadOptions)| {
        let mut options = ReadOptions::default();
        change(&mut options);
        read_with("a,b\n1,2\n", &options).unwrap_err()
    };
    let missing = with(|o| o.columns = Some(vec!["x".into()]));
    assert!(matches!(missing, Error::ColumnNotFound { name, .. } if name == "x"));
    let missing = with(|o| o.dtypes = vec![("y".into(), DType::Int8)]);
    assert!(matches!(missing, Error::ColumnNotFound { name, .. } if name == "y"));
    let twice = with(|o| o.columns = Some(vec!["a".into(), "a".into()]));
    assert!(matches!(twice, Error::DuplicateColumn { name } if name == "a"));
    for wrong in [
        with(|o| o.separator = b'"'),
        with(|o| o.separator = b'\n'),
        with(|o| o.separator = 0xe9),
        with(|o| o.quote = Some(b'\r')),
        with(|o| o.quote = Some(b'1')),
    ] {
        assert!(matches!(wrong, Error::InvalidOption { .. }), "{wrong}");
    }
}

#[test]
fn more_rows_than_the_index_can_number_are_an_error() {
    let text = format!("a\n{}", "1\n".repeat(256));
    let name = Path::new("t.csv");
    let error = read_csv::<u8>(&Source::from_bytes(text.as_bytes(), name), &ReadOptions::default())
        .unwrap_err();
    assert!(matches!(error, Error::TooManyRows { rows: 256, limit: 255, bits: 8 }), "{error}");
    let options = ReadOptions { n_rows: Some(255), ..Default::default() };
    assert_eq!(
        read_csv::<u8>(&Source::from_bytes(text.as_bytes(), name), &options).unwrap().height(),
        255
    );
}

#[test]
fn files_are_read_like_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    let error = read_file(&path).unwrap_err();
    assert!(matches!(error, Error::Io { operation: "read", .. }), "{error}");
    // Several chunks, and texts long enough that the columns share the file's bytes.
    let mut text = String::from("number,text\n");
    for number in 0..40_000 {
        let escaped = if number % 1000 == 7 { "\"\"" } else { "" };
        writeln!(text, "{number},\"text {escaped}\nof the row {number}\"").unwrap();
    }
    std::fs::write(&path, &text).unwrap();
    let frame = read_file(&path).unwrap();
    assert_eq!(frame.height(), 40_000);
    let column = frame.column("text").unwrap().values().as_string_view();
    column.to_data().validate_full().unwrap();
    assert!(!column.data_buffers().is_empty());
    for (number, value) in column.iter().enumerate() {
        let escaped = if number % 1000 == 7 { "\"" } else { "" };
        assert_eq!(value, Some(format!("text {escaped}\nof the row {number}").as_str()));
    }
    assert_eq!(ints(&frame, "number")[39_999], Some(39_999));
    // An error in a late chunk names its line.
    text.push_str("1\n");
    std::fs::write(&path, &text).unwrap();
    let error = read_file(&path).unwrap_err().to_string();
    assert!(error.contains(", line 80002: record of 1 field"), "{error}");
}

#[test]
fn a_late_value_changes_only_the_dtype_of_its_column() {
    // The sample has the first rows of a chunk; the values that do not fit come much later.
    let mut text = String::from("a,b,c,d,e\n");
    for row in 0..30_000 {
        let (a, b, c, d) = match row {
            29_990 => ("x", "0.5", "9007199254740993", "2024-01-01T00:00:00"),
            _ => ("1", "2", "1.5", "2024-01-01"),
        };
        writeln!(text, "{a},{b},{c},{d},").unwrap();
    }
    let frame = read(&text);
    assert_eq!(dtype(&frame, "a"), DType::String);
    assert_eq!(dtype(&frame, "b"), DType::Float64);
    assert_eq!(dtype(&frame, "c"), DType::String);
    assert_eq!(dtype(&frame, "d"), DType::Datetime(None));
    assert_eq!(dtype(&frame, "e"), DType::Null);
    assert_eq!(texts(&frame, "a")[29_990], Some("x"));
    assert_eq!(texts(&frame, "c")[29_990], Some("9007199254740993"));
}
