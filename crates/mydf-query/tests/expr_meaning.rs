//! What expressions mean, case by case: lengths, dtypes, text, time, errors and their messages.

mod common;

use std::sync::Arc;

use common::*;
use mydf_core::{Column, DType, DataFrame, Error, Idx};
use mydf_query::Expr;
use mydf_query::exec::{evaluate, filter, group_by, select, with_columns};
use mydf_query::expr::{AggOp, BinaryOp, DtOp, Foreign, Scalar, StrOp, UnaryOp};

fn ints(name: &str, values: &[i128]) -> Column {
    let cells: Vec<Cell> = values.iter().map(|value| Cell::Int(*value)).collect();
    column(name, &DType::Int64, &cells)
}

fn texts(name: &str, values: &[Option<&str>]) -> Column {
    let cell = |text: Option<&str>| text.map_or(Cell::Null, |text| Cell::Text(text.to_owned()));
    column(name, &DType::String, &values.iter().copied().map(cell).collect::<Vec<_>>())
}

fn agg(op: AggOp, input: Expr) -> Expr {
    Expr::Agg { op, input: Box::new(input) }
}

fn apply_str(op: StrOp, input: Expr) -> Expr {
    Expr::Str { op, input: Box::new(input) }
}

fn contains(pattern: &str, literal: bool) -> StrOp {
    StrOp::Contains { pattern: pattern.into(), literal }
}

fn value(data: &DataFrame<u32>, expr: &Expr) -> Vec<Cell> {
    cells(&evaluate(data, expr).expect("a value"))
}

#[track_caller]
fn refused<I: Idx>(data: &DataFrame<I>, expr: &Expr) -> String {
    let error = select(data, std::slice::from_ref(expr)).expect_err("refused");
    error.to_string()
}

fn shape_of<I: Idx>(data: &DataFrame<I>) -> (usize, Vec<&str>) {
    (data.height(), data.columns().iter().map(Column::name).collect())
}

fn lengths<I: Idx>() {
    let data: DataFrame<I> = frame(vec![ints("a", &[1, 2, 3]), ints("b", &[4, 5, 6])]);
    let sum = agg(AggOp::Sum, col("a"));
    let lone = select(&data, &[int(7), sum.clone(), Expr::Len]).expect("scalars");
    assert_eq!(shape_of(&lone), (1, vec!["literal", "a", "len"]));
    assert_cells(&lone.columns()[2], &[Cell::Int(3)]);
    let mixed = select(
        &data,
        &[col("b"), int(7), sum.clone(), string("x")].map(|e| {
            let name = e.to_string();
            alias(e, &name)
        }),
    );
    let mixed = mixed.expect("repeated");
    assert_eq!(mixed.height(), 3);
    assert_cells(&mixed.columns()[1], &[Cell::Int(7), Cell::Int(7), Cell::Int(7)]);
    assert_cells(&mixed.columns()[2], &[Cell::Int(6), Cell::Int(6), Cell::Int(6)]);

    let shares = binary(BinaryOp::Div, col("a"), sum);
    let shares = evaluate(&data, &shares).expect("shares");
    assert_cells(&shares, &[1.0 / 6.0, 2.0 / 6.0, 0.5].map(Cell::Float));

    // All expressions see the frame as it was; a column of the same name is replaced in place.
    let doubled = binary(BinaryOp::Mul, col("a"), int(2));
    let more = with_columns(&data, &[doubled, alias(col("a"), "c"), alias(int(0), "z")]);
    let more = more.expect("columns");
    assert_eq!(shape_of(&more), (3, vec!["a", "b", "c", "z"]));
    assert_cells(&more.columns()[0], &[2, 4, 6].map(Cell::Int));
    assert_cells(&more.columns()[2], &[1, 2, 3].map(Cell::Int));

    let none = data.slice(0, 0);
    let empty =
        with_columns(&none, &[alias(string("x"), "s"), alias(agg(AggOp::Max, col("a")), "m")]);
    assert_eq!(shape_of(&empty.expect("no rows")), (0, vec!["a", "b", "s", "m"]));
    assert_eq!(select(&none, &[int(1)]).expect("a scalar").height(), 1);
    assert_eq!(select(&none, &[col("a"), int(1)]).expect("a column").height(), 0);
    let bare: DataFrame<I> = frame(vec![]);
    assert_eq!(shape_of(&with_columns(&bare, &[int(1)]).expect("a scalar")), (1, vec!["literal"]));
    assert_eq!(shape_of(&select(&bare, &[]).expect("nothing")), (0, vec![]));

    let large = binary(BinaryOp::Gt, col("a"), agg(AggOp::Mean, col("a")));
    let kept = filter(&data, std::slice::from_ref(&large)).expect("a mask");
    assert_cells(&kept.columns()[1], &[Cell::Int(6)]);
    assert_eq!(filter(&data, &[lit(Scalar::Bool(true))]).expect("a mask").height(), 3);
    assert_eq!(filter(&data, &[lit(Scalar::Null)]).expect("a mask").height(), 0);
    assert_eq!(filter(&none, std::slice::from_ref(&large)).expect("a mask").height(), 0);
    // The mean is that of all rows, not that of the rows which the other predicate leaves.
    let small = binary(BinaryOp::Lt, col("a"), int(3));
    assert_eq!(filter(&data, &[small, large]).expect("two masks").height(), 0);
    assert_eq!(filter(&data, &[]).expect("no mask").height(), 3);

    let own = |rows: usize| Expr::Series(Foreign(ints("own", &[1, 2, 3][..rows])));
    let sum = binary(BinaryOp::Add, col("a"), own(3));
    let sums = evaluate(&data, &sum).expect("columns of one length");
    assert_cells(&sums, &[2, 4, 6].map(Cell::Int));
    assert_eq!(refused(&data, &own(2)), "length of column `own`: 2 rows, expected 3");
    let grouped = group_by(&data, &[col("a")], &[own(3)]).expect_err("not aggregated");
    assert_eq!(grouped.to_string(), "column `own` outside any aggregation in group_by");
}

#[test]
fn lengths_whatever_the_index() {
    lengths::<u8>();
    lengths::<u32>();
    lengths::<u64>();
}

#[test]
fn a_plain_column_is_not_copied() {
    let data: DataFrame<u32> = frame(vec![ints("a", &[1, 2])]);
    let filled = Expr::FillNull { input: Box::new(col("a")), value: Box::new(int(0)) };
    let result = select(&data, &[alias(col("a"), "b"), filled]).expect("columns");
    for column in result.columns() {
        assert!(Arc::ptr_eq(column.values(), data.columns()[0].values()), "{}", column.name());
    }
}

#[test]
fn literals_take_the_dtype_next_to_them() {
    let data: DataFrame<u32> = frame(vec![
        column("i8", &DType::Int8, &[Cell::Int(1)]),
        column("u8", &DType::UInt8, &[Cell::Int(1)]),
        column("u64", &DType::UInt64, &[Cell::Int(1)]),
        column("f32", &DType::Float32, &[Cell::Float(0.1_f32.into())]),
        column("null", &DType::Null, &[Cell::Null]),
    ]);
    let float = |value| lit(Scalar::Float(value));
    let cases = [
        ("i8", int(100), DType::Int8),
        ("i8", int(300), DType::Int16),
        ("i8", float(1.0), DType::Float64),
        ("u8", int(-1), DType::Int16),
        ("u8", int(300), DType::UInt16),
        ("u64", int(-1), DType::Int64),
        ("u64", int(i128::from(u64::MAX) - 1), DType::UInt64),
        ("f32", int(1), DType::Float32),
        ("f32", float(0.1), DType::Float32),
        ("f32", float(1e300), DType::Float64),
        ("null", int(1), DType::Int64),
        ("i8", lit(Scalar::Null), DType::Int8),
    ];
    for (name, literal, dtype) in cases {
        let expr = binary(BinaryOp::Add, col(name), literal);
        let column = evaluate(&data, &expr).expect("a sum");
        assert_eq!(column.dtype(), &dtype, "{expr}");
    }
    assert_eq!(value(&data, &binary(BinaryOp::Eq, col("f32"), float(0.1))), [Cell::Bool(true)]);
    let huge = int(i128::MAX);
    assert_eq!(value(&data, &binary(BinaryOp::Lt, col("u64"), huge.clone())), [Cell::Bool(true)]);
    assert_eq!(
        refused(&data, &binary(BinaryOp::Add, col("i8"), huge)),
        format!("integer literal in col(\"i8\") + {0}: {0} needs more than 64 bits", i128::MAX)
    );
    assert_eq!(
        refused(&data, &Expr::Literal(Scalar::Int(-(1 << 64)))),
        "integer literal in lit(-18446744073709551616): -18446744073709551616 needs more than 64 bits"
    );
}

#[test]
fn python_rules_of_division() {
    let floats = |name: &str, values: &[f64]| {
        column(name, &DType::Float64, &values.iter().map(|v| Cell::Float(*v)).collect::<Vec<_>>())
    };
    // Each row as CPython computes it, except the divisions by zero, which are errors in Python.
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    let rows = [
        (7.0, 2.0, 3.0, 1.0),
        (-7.0, 2.0, -4.0, 1.0),
        (7.0, -2.0, -4.0, -1.0),
        (-7.0, -2.0, 3.0, -1.0),
        (1.0, 0.1, 9.0, 0.099_999_999_999_999_95),
        (-1.0, 0.1, -10.0, 5.551_115_123_125_783e-17),
        (0.0, -3.0, -0.0, -0.0),
        (-0.5, inf, -1.0, inf),
        (5.0, inf, 0.0, 5.0),
        (inf, 2.0, nan, nan),
        (1.0, 0.0, inf, nan),
        (-1.0, 0.0, -inf, nan),
        (nan, 1.0, nan, nan),
    ];
    let pick = |f: fn(&(f64, f64, f64, f64)) -> f64| rows.iter().map(f).collect::<Vec<_>>();
    let data: DataFrame<u32> =
        frame(vec![floats("a", &pick(|r| r.0)), floats("b", &pick(|r| r.1))]);
    let quotients = evaluate(&data, &binary(BinaryOp::FloorDiv, col("a"), col("b")));
    let rests = evaluate(&data, &binary(BinaryOp::Mod, col("a"), col("b")));
    let expected = |values: Vec<f64>| values.into_iter().map(Cell::Float).collect::<Vec<_>>();
    assert_cells(&quotients.expect("floats"), &expected(pick(|r| r.2)));
    assert_cells(&rests.expect("floats"), &expected(pick(|r| r.3)));

    let data: DataFrame<u32> = frame(vec![ints("a", &[7, -7, 7, -7]), ints("b", &[2, 2, -2, 0])]);
    let n = Cell::Null;
    let of = |op| value(&data, &binary(op, col("a"), col("b")));
    assert_eq!(of(BinaryOp::FloorDiv), [Cell::Int(3), Cell::Int(-4), Cell::Int(-4), n.clone()]);
    assert_eq!(of(BinaryOp::Mod), [Cell::Int(1), Cell::Int(1), Cell::Int(-1), n]);
    assert_eq!(of(BinaryOp::Div), [3.5, -3.5, -3.5, -inf].map(Cell::Float));
    let by_zero = binary(BinaryOp::FloorDiv, col("a"), int(0));
    assert_eq!(value(&data, &by_zero), vec![Cell::Null; 4]);
}

#[test]
fn signs_and_distances() {
    let data: DataFrame<u32> = frame(vec![
        column("i8", &DType::Int8, &[Cell::Int(-127), Cell::Null, Cell::Int(127)]),
        column("low", &DType::Int8, &[Cell::Int(-128), Cell::Null, Cell::Int(1)]),
        column("u8", &DType::UInt8, &[Cell::Int(255), Cell::Null, Cell::Int(0)]),
        column("f", &DType::Float64, &[Cell::Float(-0.0), Cell::Null, Cell::Float(-1.5)]),
    ]);
    let of = |op, name| evaluate(&data, &unary(op, col(name)));
    let n = Cell::Null;
    let negated = of(UnaryOp::Neg, "u8").expect("wider");
    assert_eq!(negated.dtype(), &DType::Int16);
    assert_cells(&negated, &[Cell::Int(-255), n.clone(), Cell::Int(0)]);
    assert_cells(
        &of(UnaryOp::Abs, "i8").expect("fits"),
        &[Cell::Int(127), n.clone(), Cell::Int(127)],
    );
    assert_cells(
        &of(UnaryOp::Neg, "f").expect("float"),
        &[Cell::Float(0.0), n.clone(), Cell::Float(1.5)],
    );
    assert_cells(&of(UnaryOp::Abs, "f").expect("float"), &[Cell::Float(0.0), n, Cell::Float(1.5)]);
    for (op, words) in [
        (UnaryOp::Neg, "negation of `-col(\"low\")`"),
        (UnaryOp::Abs, "abs of `col(\"low\").abs()`"),
    ] {
        let error = of(op, "low").expect_err("128 is no Int8");
        assert_eq!(error.to_string(), format!("integer overflow in {words} (Int8)"));
        assert!(error.hint().is_some());
    }
}

#[test]
fn text_operators() {
    let long = "Die Straße ist länger als zwölf Bytes";
    let data: DataFrame<u32> = frame(vec![texts(
        "t",
        &[Some("  Ab c\u{a0}"), Some(""), None, Some(long), Some("ΟΔΟΣ"), Some("a.c")],
    )]);
    let of = |op| value(&data, &apply_str(op, col("t")));
    let truth = |values: [i8; 6]| {
        values.map(|v| if v < 0 { Cell::Null } else { Cell::Bool(v == 1) }).to_vec()
    };
    assert_eq!(of(contains("a.c", true)), truth([0, 0, -1, 0, 0, 1]));
    assert_eq!(of(contains("", true)), truth([1, 1, -1, 1, 1, 1]));
    assert_eq!(of(contains("(?i)a.?[ c]", false)), truth([1, 0, -1, 0, 0, 1]));
    assert_eq!(of(contains("ß.*ö", false)), truth([0, 0, -1, 1, 0, 0]));
    assert_eq!(of(StrOp::StartsWith("Die Str".into())), truth([0, 0, -1, 1, 0, 0]));
    assert_eq!(of(StrOp::EndsWith("c".into())), truth([0, 0, -1, 0, 0, 1]));
    let words = |values: [&str; 5]| {
        let mut cells: Vec<Cell> = values.iter().map(|v| Cell::Text((*v).to_owned())).collect();
        cells.insert(2, Cell::Null);
        cells
    };
    assert_eq!(of(StrOp::Lower), words(["  ab c\u{a0}", "", &long.to_lowercase(), "οδος", "a.c"]));
    assert_eq!(of(StrOp::Upper), words(["  AB C\u{a0}", "", &long.to_uppercase(), "ΟΔΟΣ", "A.C"]));
    assert_eq!(of(StrOp::Strip), words(["Ab c", "", long, "ΟΔΟΣ", "a.c"]));
    let counts = |values: [i128; 5]| {
        let mut cells: Vec<Cell> = values.iter().map(|v| Cell::Int(*v)).collect();
        cells.insert(2, Cell::Null);
        cells
    };
    assert_eq!(of(StrOp::LenChars), counts([7, 0, 37, 4, 3]));
    assert_eq!(of(StrOp::LenBytes), counts([8, 0, 40, 8, 3]));
    let joined = binary(BinaryOp::Add, col("t"), string("!"));
    let joined = binary(BinaryOp::Add, string("<"), joined);
    assert_eq!(value(&data, &joined)[1..3], [Cell::Text("<!".into()), Cell::Null]);

    let error = evaluate(&data, &apply_str(contains("a(b", false), col("t"))).expect_err("a group");
    assert_eq!(
        error.to_string(),
        "pattern of str.contains: `a(b` is not a regular expression: unclosed group"
    );
    assert_eq!(
        refused(&data, &apply_str(StrOp::Lower, agg(AggOp::Count, col("t")))),
        "dtype of `col(\"t\").count()` in str.to_lowercase: Int64, expected String"
    );
}

#[test]
fn parts_of_time() {
    const HOUR: i64 = 3_600_000_000;
    let at = |day: i64, hour: i64| Cell::Moment((day * 24 + hour) * HOUR + 61_000_001);
    let moments = [at(15_706, 3), Cell::Null, at(-1, 23), Cell::Moment(i64::MAX)];
    let zone = DType::Datetime(Some("America/New_York".into()));
    let data: DataFrame<u32> = frame(vec![
        column("naive", &DType::Datetime(None), &moments),
        column("zoned", &zone, &moments),
        column(
            "day",
            &DType::Date,
            &[Cell::Day(15_706), Cell::Null, Cell::Day(-1), Cell::Day(i32::MAX)],
        ),
    ]);
    let of = |op, name| value(&data, &Expr::Dt { op, input: Box::new(col(name)) });
    let row = |values: [i128; 3]| {
        vec![Cell::Int(values[0]), Cell::Null, Cell::Int(values[1]), Cell::Int(values[2])]
    };
    assert_eq!(of(DtOp::Year, "naive"), row([2013, 1969, 294_247]));
    assert_eq!(of(DtOp::Month, "naive"), row([1, 12, 1]));
    assert_eq!(of(DtOp::Day, "naive"), row([1, 31, 10]));
    assert_eq!(of(DtOp::Hour, "naive"), row([3, 23, 4]));
    assert_eq!(of(DtOp::Minute, "naive"), row([1, 1, 0]));
    assert_eq!(of(DtOp::Second, "naive"), row([1, 1, 54]));
    assert_eq!(of(DtOp::Weekday, "naive")[..3], row([2, 3, 0])[..3]);
    assert_eq!(of(DtOp::Year, "zoned")[..3], row([2012, 1969, 0])[..3]);
    assert_eq!(of(DtOp::Day, "zoned")[..3], row([31, 31, 0])[..3]);
    assert_eq!(of(DtOp::Hour, "zoned")[..3], row([22, 18, 0])[..3]);
    assert_eq!(of(DtOp::Date, "zoned")[..3], [Cell::Day(15_705), Cell::Null, Cell::Day(-1)]);
    assert_eq!(of(DtOp::Year, "day"), row([2013, 1969, 5_881_580]));
    assert_eq!(of(DtOp::Date, "day")[0], Cell::Day(15_706));
    let hour = Expr::Dt { op: DtOp::Hour, input: Box::new(col("day")) };
    assert_eq!(refused(&data, &hour), "dtype of `day` in dt.hour: Date, expected Datetime");
}

#[test]
fn time_compared() {
    let midnight = 15_706 * 86_400_000_000;
    let moments = [Cell::Moment(midnight), Cell::Moment(midnight + 1), Cell::Null];
    let zone = DType::Datetime(Some("Europe/Berlin".into()));
    let data: DataFrame<u32> = frame(vec![
        column("day", &DType::Date, &[Cell::Day(15_706), Cell::Day(15_707), Cell::Null]),
        column("naive", &DType::Datetime(None), &moments),
        column("zoned", &zone, &moments),
    ]);
    let is = |op, left: Expr, right: Expr| value(&data, &binary(op, left, right));
    let truth = |a, b| vec![Cell::Bool(a), Cell::Bool(b), Cell::Null];
    assert_eq!(is(BinaryOp::LtEq, col("day"), string("2013-01-01")), truth(true, false));
    assert_eq!(is(BinaryOp::Gt, string("2013-01-01T12:00"), col("day")), truth(true, false));
    assert_eq!(is(BinaryOp::Eq, col("day"), lit(Scalar::Date(15_707))), truth(false, true));
    assert_eq!(is(BinaryOp::Eq, col("naive"), lit(Scalar::Date(15_706))), truth(true, false));
    assert_eq!(is(BinaryOp::Lt, col("naive"), col("day")), truth(false, true));
    assert_eq!(is(BinaryOp::Eq, col("zoned"), string("2013-01-01T01:00")), truth(true, false));
    assert_eq!(is(BinaryOp::Eq, col("zoned"), string("2013-01-01T00:00Z")), truth(true, false));
    let tokyo = lit(Scalar::Datetime(midnight, Some("Asia/Tokyo".into())));
    assert_eq!(is(BinaryOp::Eq, col("zoned"), tokyo), truth(true, false));
    let mut set = vec![Scalar::String("2013-01-02".into()), Scalar::Date(0)];
    let among = |set| Expr::IsIn { input: Box::new(col("day")), set };
    assert_eq!(value(&data, &among(set.clone())), truth(false, true));
    // A null may be the other day.
    set.push(Scalar::Null);
    assert_eq!(value(&data, &among(set)), [Cell::Null, Cell::Bool(true), Cell::Null]);

    let compare = |left, right| refused(&data, &binary(BinaryOp::Lt, left, right));
    assert_eq!(
        compare(col("naive"), col("zoned")),
        "dtype of `col(\"naive\") < col(\"zoned\")` in comparison: Datetime(Europe/Berlin), \
         expected a datetime without time zone"
    );
    assert_eq!(
        compare(col("day"), string("1.1.2013")),
        "text next to a date or datetime: `1.1.2013` in col(\"day\") < \"1.1.2013\" is not an ISO \
         8601 date, as in `2013-01-31`"
    );
    assert_eq!(
        refused(&data, &binary(BinaryOp::Add, col("day"), col("day"))),
        "dtype of `col(\"day\") + col(\"day\")` in addition: Date, expected a Duration"
    );
}

#[test]
fn operands_that_do_not_fit() {
    let data: DataFrame<u32> = frame(vec![
        ints("i", &[1]),
        texts("t", &[Some("1")]),
        column("b", &DType::Bool, &[Cell::Bool(true)]),
    ]);
    let binary = |op, left, right| refused(&data, &binary(op, left, right));
    assert_eq!(
        binary(BinaryOp::Eq, col("i"), string("1")),
        "dtype of `col(\"i\") == \"1\"` in comparison: String, expected comparable with Int64"
    );
    assert_eq!(
        binary(BinaryOp::Add, col("t"), int(1)),
        "dtype of `col(\"t\") + 1` in addition: Int64, expected the kind of the other operand, String"
    );
    assert_eq!(
        binary(BinaryOp::Mul, col("t"), int(1)),
        "dtype of `col(\"t\") * 1` in multiplication: String, expected a number"
    );
    assert_eq!(
        binary(BinaryOp::And, col("b"), col("i")),
        "dtype of `col(\"b\") & col(\"i\")` in and: Int64, expected Bool"
    );
    let when = Expr::When {
        condition: Box::new(col("b")),
        then: Box::new(col("i")),
        otherwise: Box::new(string("x")),
    };
    assert!(
        refused(&data, &when).contains("in when: String, expected of a common dtype with Int64")
    );
    let among = Expr::IsIn { input: Box::new(col("i")), set: vec![Scalar::String("1".into())] };
    assert_eq!(
        refused(&data, &among),
        "is_in: \"1\" in col(\"i\").is_in([\"1\"]) can't be compared with Int64"
    );
    let filtered = filter(&data, &[col("i")]).expect_err("not Bool");
    assert_eq!(filtered.hint().as_deref(), Some("convert it first with `.cast(...)`"));
    assert_eq!(filtered.to_string(), "dtype of `i` in filter: Int64, expected Bool");
    let missing = evaluate(&data, &col("I")).expect_err("no such column");
    assert_eq!(missing.to_string(), "column not found: `I`");
    assert_eq!(missing.hint().as_deref(), Some("did you mean `i`?"));
    let twice =
        select(&data, &[col("i"), unary(UnaryOp::IsNull, col("i"))]).expect_err("same name");
    assert_eq!(twice.to_string(), "duplicate column: `i`");
    // If several expressions fail, the first one's error is reported, whatever the threads do.
    let several = select(&data, &[alias(col("x"), "1"), alias(col("y"), "2")]).expect_err("none");
    assert_eq!(several.to_string(), "column not found: `x`");
}

#[test]
fn a_row_in_an_error_counts_from_the_first_row() {
    let mut rows = vec![Some("1"); 300_000];
    rows[200_001] = Some("one");
    rows[280_000] = Some("two");
    let data: DataFrame<u32> = frame(vec![texts("t", &rows)]);
    let cast = Expr::Cast { input: Box::new(col("t")), dtype: DType::Int64, strict: true };
    assert_eq!(
        refused(&data, &cast),
        "cast of `t` from String to Int64: value `one` at row 200001 does not fit"
    );
    let missing = binary(BinaryOp::Add, col("t"), col("u"));
    let error = evaluate(&data, &missing).expect_err("no such column");
    assert!(matches!(error, Error::ColumnNotFound { available, .. } if available == ["t"]));
}

#[test]
fn aggregations_of_groups() {
    let data: DataFrame<u32> = frame(vec![ints("k", &[1, 2, 1]), ints("a", &[1, 2, 4])]);
    let of = |op| agg(op, col("a"));
    let far = agg(AggOp::Max, binary(BinaryOp::Sub, col("a"), of(AggOp::Mean)));
    let share = binary(BinaryOp::Div, of(AggOp::Sum), of(AggOp::Count));
    let aggs = [alias(share, "share"), alias(far, "far"), Expr::Len, int(7)];
    let result = group_by(&data, &[col("k")], &aggs).expect("groups");
    assert_eq!(shape_of(&result), (2, vec!["k", "share", "far", "len", "literal"]));
    assert_cells(&result.columns()[1], &[2.5, 2.0].map(Cell::Float));
    assert_cells(&result.columns()[2], &[1.5, 0.0].map(Cell::Float));
    assert_cells(&result.columns()[3], &[2, 1].map(Cell::Int));
    assert_cells(&result.columns()[4], &[7, 7].map(Cell::Int));
    // Over all rows at once: an aggregation inside another is over all rows too.
    assert_eq!(value(&data, &agg(AggOp::Sum, of(AggOp::Sum))), [Cell::Int(7)]);

    let refused =
        |aggs: &[Expr]| group_by(&data, &[col("k")], aggs).expect_err("refused").to_string();
    assert_eq!(refused(&[col("k")]), "column `k` outside any aggregation in group_by");
    assert_eq!(refused(&[agg(AggOp::Sum, col("k"))]), "duplicate column: `k`");
    // An aggregation has the same name in every error, with or without groups.
    let large: DataFrame<u32> =
        frame(vec![ints("k", &[1, 1, 2]), ints("a", &[i64::MAX.into(), i64::MAX.into(), 0])]);
    let sum = agg(AggOp::Sum, binary(BinaryOp::Sub, col("a"), int(1)));
    let words = "integer overflow in sum of `col(\"a\") - 1` (Int64)";
    let grouped = group_by(&large, &[col("k")], &[alias(sum.clone(), "s")]);
    assert_eq!(grouped.expect_err("overflow").to_string(), words);
    assert_eq!(self::refused(&large, &sum), words);
}

#[test]
fn deep_trees() {
    let data: DataFrame<u32> = frame(vec![ints("a", &[1, 2])]);
    let sum = |terms: usize| (1..terms).fold(col("a"), |sum, _| binary(BinaryOp::Add, sum, int(1)));
    assert_eq!(value(&data, &sum(5_000)), [Cell::Int(5_000), Cell::Int(5_001)]);
    let nested = (0..300).fold(col("a"), |input, _| agg(AggOp::Sum, input));
    assert_eq!(value(&data, &nested), [Cell::Int(3)]);
    assert_eq!(
        refused(&data, &sum(10_002)),
        "expression: nested 10002 levels deep, the limit is 10000"
    );
    let shown = sum(5_000).to_string();
    assert!(shown.contains('…') && shown.len() < 1_000, "{shown}");
}

#[test]
fn expressions_read_as_python() {
    let not = |input| unary(UnaryOp::Not, input);
    let cases = [
        (agg(AggOp::Sum, binary(BinaryOp::Add, col("a"), int(1))), "(col(\"a\") + 1).sum()"),
        (
            binary(BinaryOp::Mul, binary(BinaryOp::Sub, int(2), col("x\n\"")), col("b")),
            "(2 - col(\"x\\n\\\"\")) * col(\"b\")",
        ),
        (not(binary(BinaryOp::Or, col("a"), not(col("b")))), "~(col(\"a\") | ~col(\"b\"))"),
        (unary(UnaryOp::Abs, unary(UnaryOp::Neg, col("a"))), "(-col(\"a\")).abs()"),
        (agg(AggOp::Max, int(-3)), "lit(-3).max()"),
        (
            apply_str(
                contains("a.c", true),
                Expr::Cast { input: Box::new(col("a")), dtype: DType::String, strict: false },
            ),
            "col(\"a\").cast(String, strict=False).str.contains(\"a.c\", literal=True)",
        ),
        (
            alias(
                Expr::When {
                    condition: Box::new(unary(UnaryOp::IsNull, col("d"))),
                    then: Box::new(lit(Scalar::Date(15_706))),
                    otherwise: Box::new(Expr::FillNull {
                        input: Box::new(lit(Scalar::Null)),
                        value: Box::new(lit(Scalar::Float(1.0))),
                    }),
                },
                "w",
            ),
            "when(col(\"d\").is_null()).then(datetime.date(2013, 1, 1)).otherwise(lit(None).fill_null(1.0)).alias(\"w\")",
        ),
        (
            Expr::IsIn {
                input: Box::new(Expr::Dt { op: DtOp::Year, input: Box::new(col("d")) }),
                set: (0..12).map(Scalar::Int).collect(),
            },
            "col(\"d\").dt.year().is_in([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …])",
        ),
    ];
    for (expr, expected) in cases {
        assert_eq!(expr.to_string(), expected);
    }
}
