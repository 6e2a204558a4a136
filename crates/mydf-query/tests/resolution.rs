//! Dtypes are known before anything runs: resolution agrees with evaluation, for any expression,
//! any schema and any number of rows.

mod common;

use std::sync::Arc;

use common::*;
use mydf_core::{Column, DType, DataFrame, Error};
use mydf_query::Expr;
use mydf_query::exec::{evaluate, filter, group_by, select};
use mydf_query::expr::{
    AggOp, BinaryOp, Closed, Cumulative, DtOp, RankMethod, Rolling, Scalar, SortOrder, StrOp,
    UnaryOp, WindowOp,
};
use mydf_query::plan::{Schema, resolve};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select as one_of;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

const BINARY: [BinaryOp; 15] = [
    BinaryOp::Add,
    BinaryOp::Sub,
    BinaryOp::Mul,
    BinaryOp::Div,
    BinaryOp::FloorDiv,
    BinaryOp::Mod,
    BinaryOp::Eq,
    BinaryOp::NotEq,
    BinaryOp::Lt,
    BinaryOp::LtEq,
    BinaryOp::Gt,
    BinaryOp::GtEq,
    BinaryOp::And,
    BinaryOp::Or,
    BinaryOp::Xor,
];
const UNARY: [UnaryOp; 6] =
    [UnaryOp::Not, UnaryOp::Neg, UnaryOp::Abs, UnaryOp::IsNull, UnaryOp::IsNotNull, UnaryOp::IsNan];
const PARTS: [DtOp; 8] = [
    DtOp::Year,
    DtOp::Month,
    DtOp::Day,
    DtOp::Hour,
    DtOp::Minute,
    DtOp::Second,
    DtOp::Weekday,
    DtOp::Date,
];

const ORDER: SortOrder = SortOrder { descending: true, nulls_last: true };
const WINDOWS: [WindowOp; 9] = [
    WindowOp::ForwardFill(None),
    WindowOp::Sort(ORDER),
    WindowOp::ArgSort(ORDER),
    WindowOp::Cumulative { what: Cumulative::Sum, reverse: true },
    WindowOp::Cumulative { what: Cumulative::Max, reverse: false },
    WindowOp::Rank { method: RankMethod::Average, descending: false },
    WindowOp::Rolling { what: Rolling::Mean, window: 3, least: 1, center: true },
    WindowOp::Rolling { what: Rolling::Min, window: 3, least: 3, center: false },
    WindowOp::IsDuplicated,
];

fn dtypes() -> Vec<DType> {
    let mut dtypes = INTEGERS.to_vec();
    dtypes.extend([
        DType::Null,
        DType::Bool,
        DType::Float32,
        DType::Float64,
        DType::String,
        DType::Date,
        DType::Datetime(None),
        DType::Datetime(Some("Europe/Berlin".into())),
        DType::Datetime(Some("+02:00".into())),
    ]);
    dtypes
}

fn any_dtype() -> impl Strategy<Value = DType> {
    one_of(dtypes())
}

/// A value of a dtype, small, so that few expressions overflow before their dtype is checked.
fn cell(dtype: &DType, seed: i8) -> Cell {
    let small = i128::from(seed).rem_euclid(7);
    match dtype {
        _ if seed % 5 == 0 => Cell::Null,
        DType::Null => Cell::Null,
        DType::Bool => Cell::Bool(small % 2 == 0),
        DType::Float32 | DType::Float64 => Cell::Float(small as f64 / 2.0),
        DType::String => Cell::Text(["", "1", "2013-01-31", "text"][(small % 4) as usize].into()),
        DType::Date => Cell::Day(small as i32),
        DType::Datetime(_) => Cell::Moment(small as i64 * 40_000_000_000),
        _ => Cell::Int(small),
    }
}

/// Three columns of any dtypes, often without rows.
fn any_frame() -> impl Strategy<Value = DataFrame<u32>> {
    let rows = prop_oneof![2 => Just(0_usize), 1 => Just(1), 4 => 2_usize..9];
    (vec(any_dtype(), 3), rows).prop_flat_map(|(dtypes, rows)| {
        vec(vec(any::<i8>(), rows), 3).prop_map(move |seeds| {
            let columns = ["a", "b", "c"].iter().zip(&dtypes).zip(seeds);
            let columns = columns.map(|((name, dtype), seeds)| {
                let cells: Vec<Cell> = seeds.into_iter().map(|seed| cell(dtype, seed)).collect();
                column(name, dtype, &cells)
            });
            frame(columns.collect())
        })
    })
}

fn any_scalar() -> impl Strategy<Value = Scalar> {
    prop_oneof![
        1 => Just(Scalar::Null),
        1 => any::<bool>().prop_map(Scalar::Bool),
        4 => (-3_i128..300).prop_map(Scalar::Int),
        1 => one_of(vec![i128::from(u64::MAX), i128::from(i64::MIN) - 1, 1 << 40]).prop_map(Scalar::Int),
        2 => one_of(vec![0.5, -1.0, 1e300, f64::NAN, f64::INFINITY]).prop_map(Scalar::Float),
        1 => one_of(vec!["", "1", "2013-01-31", "2013-01-31T05:00"])
            .prop_map(|text| Scalar::String(text.into())),
        1 => (-9_i32..9).prop_map(Scalar::Date),
        1 => (-9_i64..9).prop_map(|at| Scalar::Datetime(at, None)),
        1 => (-9_i64..9).prop_map(|at| Scalar::Datetime(at, Some(Arc::from("UTC")))),
    ]
}

fn any_text_op() -> impl Strategy<Value = StrOp> {
    one_of(vec![
        StrOp::Contains { pattern: "1|t".into(), literal: false },
        StrOp::Contains { pattern: "(".into(), literal: false },
        StrOp::Contains { pattern: "(".into(), literal: true },
        StrOp::StartsWith("2".into()),
        StrOp::EndsWith("t".into()),
        StrOp::Lower,
        StrOp::Upper,
        StrOp::LenChars,
        StrOp::LenBytes,
        StrOp::Strip,
    ])
}

fn any_expr() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        6 => one_of(vec!["a", "b", "c"]).prop_map(col),
        3 => any_scalar().prop_map(Expr::Literal),
        1 => Just(Expr::Len),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let one = inner.clone().prop_map(Box::new);
        prop_oneof![
            6 => (one_of(BINARY.to_vec()), inner.clone(), inner.clone())
                .prop_map(|(op, left, right)| binary(op, left, right)),
            2 => (one_of(UNARY.to_vec()), inner.clone()).prop_map(|(op, input)| unary(op, input)),
            2 => (one.clone(), any_dtype(), any::<bool>())
                .prop_map(|(input, dtype, strict)| Expr::Cast { input, dtype, strict }),
            1 => (any_text_op(), one.clone()).prop_map(|(op, input)| Expr::Str { op, input }),
            1 => (one_of(PARTS.to_vec()), one.clone()).prop_map(|(op, input)| Expr::Dt { op, input }),
            1 => (one.clone(), vec(any_scalar(), 0..4))
                .prop_map(|(input, set)| Expr::IsIn { input, set }),
            1 => (one.clone(), one.clone()).prop_map(|(input, value)| Expr::FillNull { input, value }),
            1 => (one.clone(), one.clone(), one.clone()).prop_map(|(input, lower, upper)| {
                Expr::Between { input, lower, upper, closed: Closed::Left }
            }),
            1 => (one.clone(), one.clone(), one.clone()).prop_map(
                |(condition, then, otherwise)| Expr::When { condition, then, otherwise }
            ),
            2 => (one_of(AggOp::ALL.to_vec()), one.clone())
                .prop_map(|(op, input)| Expr::Agg { op, input }),
            1 => (one.clone(), -2..3i64, proptest::option::of(one.clone()))
                .prop_map(|(input, rows, fill)| Expr::Shift { input, rows, fill }),
            1 => (one.clone(), -2..3i64).prop_map(|(input, rows)| Expr::Diff { input, rows }),
            2 => (one_of(WINDOWS.to_vec()), one.clone())
                .prop_map(|(op, input)| Expr::Window { op, input }),
            1 => inner.prop_map(|input| alias(input, "named")),
        ]
    })
}

/// True for an error that only values can cause.
fn of_values(error: &Error) -> bool {
    matches!(error, Error::Cast { .. } | Error::Overflow { .. } | Error::Moment { .. })
}

/// The dtype of a result is the resolved one; what resolution rejects, evaluation rejects with the
/// same message.
fn check(
    resolved: &Result<DType, Error>,
    found: &Result<Column, Error>,
    expr: &Expr,
) -> Result<(), TestCaseError> {
    match (resolved, found) {
        (Ok(dtype), Ok(column)) => prop_assert_eq!(dtype, column.dtype(), "{}", expr),
        (Ok(dtype), Err(error)) => {
            prop_assert!(of_values(error), "{} is {}, but: {}", expr, dtype, error);
        }
        (Err(refused), Err(error)) => {
            prop_assert_eq!(refused.to_string(), error.to_string(), "{}", expr);
        }
        (Err(refused), Ok(column)) => {
            return Err(TestCaseError::fail(format!("{expr} is {}: {refused}", column.dtype())));
        }
    }
    Ok(())
}

fn first(found: Result<DataFrame<u32>, Error>, place: usize) -> Result<Column, Error> {
    found.map(|frame| frame.columns()[place].clone())
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 3_000, failure_persistence: None, ..ProptestConfig::default()
    })]

    #[test]
    fn the_resolved_dtype_is_that_of_the_result(data in any_frame(), expr in any_expr()) {
        let schema = Schema::of(data.columns());
        let resolved = resolve(&expr, &schema);
        check(&resolved, &evaluate(&data, &expr), &expr)?;
        let exprs = std::slice::from_ref(&expr);
        check(&resolved, &first(select(&data, exprs), 0), &expr)?;
        // Without rows nothing can overflow except literals, so only the dtype decides.
        check(&resolved, &evaluate(&data.slice(0, 0), &expr), &expr)?;
        let kept = filter(&data, exprs);
        match (&resolved, kept) {
            (Ok(DType::Bool | DType::Null), Ok(_)) => {}
            (Ok(DType::Bool | DType::Null), Err(error)) => prop_assert!(of_values(&error)),
            (_, found) => prop_assert!(found.is_err()),
        }
    }

    #[test]
    fn expressions_in_groups_have_their_dtypes(data in any_frame(), expr in any_expr(), key in any_expr()) {
        let orders = vec![ORDER];
        let expr = Expr::Over { input: Box::new(expr), keys: vec![key], order: vec![col("b")], orders };
        let expr = alias(expr, "result");
        let resolved = resolve(&expr, &Schema::of(data.columns()));
        check(&resolved, &evaluate(&data, &expr), &expr)?;
    }

    #[test]
    fn groups_have_the_dtypes_of_the_whole(data in any_frame(), op in one_of(AggOp::ALL.to_vec()), expr in any_expr()) {
        let expr = alias(Expr::Agg { op, input: Box::new(expr) }, "result");
        let resolved = resolve(&expr, &Schema::of(data.columns()));
        let grouped = group_by(&data, &[col("a")], std::slice::from_ref(&expr));
        check(&resolved, &first(grouped, 1), &expr)?;
    }
}

#[test]
fn many_of_the_random_expressions_are_accepted() {
    let mut runner = TestRunner::deterministic();
    let accepted = (0..500)
        .map(|_| (any_frame(), any_expr()).new_tree(&mut runner).expect("a value").current())
        .filter(|(data, expr)| expr.depth() > 1 && evaluate(data, expr).is_ok())
        .count();
    assert!(accepted > 100, "{accepted} of 500");
}

#[test]
fn an_error_needs_no_data() {
    let schema: Schema = [("i", &DType::Int64), ("t", &DType::String)].into_iter().collect();
    let refused = |expr: Expr| resolve(&expr, &schema).expect_err("refused").to_string();
    assert_eq!(refused(col("x")), "column not found: `x`");
    assert_eq!(
        refused(binary(BinaryOp::Add, col("t"), int(1))),
        "dtype of `col(\"t\") + 1` in addition: Int64, expected the kind of the other operand, String"
    );
    let mean = |input| Expr::Agg { op: AggOp::Mean, input: Box::new(input) };
    assert_eq!(
        refused(binary(BinaryOp::Gt, col("i"), mean(col("t")))),
        "dtype of `t` in mean: String, expected a numeric dtype or Bool"
    );
    let pattern = StrOp::Contains { pattern: "(".into(), literal: false };
    assert_eq!(
        refused(Expr::Str { op: pattern, input: Box::new(col("t")) }),
        "pattern of str.contains: `(` is not a regular expression: unclosed group"
    );
    assert_eq!(resolve(&mean(col("i")), &schema).expect("a mean"), DType::Float64);
}

/// Of two problems, the overflowing aggregation comes before the dtype that does not fit; the dtype
/// is reported all the same.
#[test]
fn a_dtype_is_refused_before_a_value_is_touched() {
    let large = column("i", &DType::Int64, &[Cell::Int(i64::MAX.into()), Cell::Int(1)]);
    let texts = column("t", &DType::String, &[Cell::Null, Cell::Null]);
    let data: DataFrame<u32> = frame(vec![large, texts]);
    let sum = |name| Expr::Agg { op: AggOp::Sum, input: Box::new(col(name)) };
    let error = evaluate(&data, &binary(BinaryOp::Add, sum("i"), sum("t"))).expect_err("text");
    let expected = "dtype of `t` in sum: String, expected a numeric dtype, Bool or Duration";
    assert_eq!(error.to_string(), expected);
}
