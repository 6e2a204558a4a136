//! Expressions compared with the same rules written row by row, on columns with offsets and nulls.

mod common;

use std::cmp::Ordering;

use common::*;
use mydf_core::{DType, DataFrame, Error};
use mydf_query::Expr;
use mydf_query::exec::{evaluate, select};
use mydf_query::expr::{BinaryOp, Scalar, UnaryOp};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select as one_of;

const ARITHMETIC: [BinaryOp; 5] =
    [BinaryOp::Add, BinaryOp::Sub, BinaryOp::Mul, BinaryOp::FloorDiv, BinaryOp::Mod];
const COMPARISONS: [BinaryOp; 6] =
    [BinaryOp::Eq, BinaryOp::NotEq, BinaryOp::Lt, BinaryOp::LtEq, BinaryOp::Gt, BinaryOp::GtEq];

/// Integers of a dtype, often small or at the limits of its range.
fn integer(dtype: &DType) -> BoxedStrategy<Cell> {
    let (low, high) = range(dtype);
    let near = (-9_i128).max(low)..=9;
    prop_oneof![
        3 => near.prop_map(Cell::Int),
        2 => (low..=high).prop_map(Cell::Int),
        1 => one_of(vec![low, low + 1, high - 1, high]).prop_map(Cell::Int),
        1 => Just(Cell::Null),
    ]
    .boxed()
}

fn float(dtype: &DType) -> BoxedStrategy<Cell> {
    let special = vec![
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        0.1,
        f64::NAN,
        -f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        9_007_199_254_740_993.0,
        9_223_372_036_854_775_807.0,
        18_446_744_073_709_551_615.0,
        -9_223_372_036_854_775_808.0,
        1e300,
    ];
    let narrow = *dtype == DType::Float32;
    let values = prop_oneof![
        3 => one_of(special),
        2 => (-20_i32..20).prop_map(|v| f64::from(v) / 4.0),
        2 => any::<f64>(),
    ];
    prop_oneof![
        6 => values.prop_map(move |v| Cell::Float(if narrow { f64::from(v as f32) } else { v })),
        1 => Just(Cell::Null),
    ]
    .boxed()
}

fn number(dtype: &DType) -> BoxedStrategy<Cell> {
    if dtype.is_float() { float(dtype) } else { integer(dtype) }
}

fn any_integer() -> impl Strategy<Value = DType> + Clone {
    one_of(INTEGERS.to_vec())
}

fn any_number() -> impl Strategy<Value = DType> + Clone {
    let mut dtypes = INTEGERS.to_vec();
    dtypes.extend([DType::Float32, DType::Float64]);
    one_of(dtypes)
}

/// Two columns of equal length.
fn two(
    dtype: impl Strategy<Value = DType> + Clone,
) -> impl Strategy<Value = (DType, Vec<Cell>, DType, Vec<Cell>)> {
    (dtype.clone(), dtype, 0_usize..150).prop_flat_map(|(left, right, rows)| {
        let cells = |dtype: &DType| vec(number(dtype), rows);
        (Just(left.clone()), cells(&left), Just(right.clone()), cells(&right))
    })
}

fn ab(left: &DType, l: &[Cell], right: &DType, r: &[Cell]) -> DataFrame<u8> {
    frame(vec![column("a", left, l), column("b", right, r)])
}

/// The rules for two integer dtypes, as a table.
fn common_integer(left: &DType, right: &DType) -> DType {
    let holds = |dtype: &DType, other: &DType| {
        let ((low, high), (other_low, other_high)) = (range(dtype), range(other));
        low <= other_low && other_high <= high
    };
    // Two unsigned dtypes stay unsigned.
    INTEGERS
        .iter()
        .filter(|dtype| dtype.is_signed() || (left.is_unsigned() && right.is_unsigned()))
        .filter(|dtype| dtype.is_unsigned() || left.is_signed() || right.is_signed())
        .find(|dtype| holds(dtype, left) && holds(dtype, right))
        .cloned()
        .unwrap_or(DType::Int64)
}

/// The exact result; `None` if the divisor is zero.
fn exact(op: BinaryOp, left: i128, right: i128) -> Option<i128> {
    Some(match op {
        BinaryOp::Add => left + right,
        BinaryOp::Sub => left - right,
        BinaryOp::Mul => left.checked_mul(right)?,
        _ if right == 0 => return None,
        BinaryOp::FloorDiv => {
            (left - left.rem_euclid(right.abs())) / right
                + if right < 0 && left.rem_euclid(right.abs()) != 0 { -1 } else { 0 }
        }
        _ => {
            let rest = left.rem_euclid(right.abs());
            if right < 0 && rest != 0 { rest + right } else { rest }
        }
    })
}

fn exact_order(left: &Cell, right: &Cell) -> Option<Ordering> {
    let mixed = |int: i128, float: f64| {
        if float.is_nan() || float > 1e30 {
            Ordering::Less
        } else if float < -1e30 {
            Ordering::Greater
        } else {
            let floor = float.floor();
            int.cmp(&(floor as i128)).then(if float > floor {
                Ordering::Less
            } else {
                Ordering::Equal
            })
        }
    };
    Some(match (left, right) {
        (Cell::Int(l), Cell::Int(r)) => l.cmp(r),
        (Cell::Int(l), Cell::Float(r)) => mixed(*l, *r),
        (Cell::Float(l), Cell::Int(r)) => mixed(*r, *l).reverse(),
        (Cell::Float(l), Cell::Float(r)) => match (l.is_nan(), r.is_nan()) {
            (false, false) => l.partial_cmp(r)?,
            (l, r) => l.cmp(&r),
        },
        (Cell::Text(l), Cell::Text(r)) => l.cmp(r),
        (Cell::Bool(l), Cell::Bool(r)) => l.cmp(r),
        (Cell::Day(l), Cell::Day(r)) => l.cmp(r),
        (Cell::Moment(l), Cell::Moment(r)) => l.cmp(r),
        _ => return None,
    })
}

fn compared(op: BinaryOp, left: &Cell, right: &Cell) -> Cell {
    let Some(order) = exact_order(left, right) else { return Cell::Null };
    Cell::Bool(match op {
        BinaryOp::Eq => order.is_eq(),
        BinaryOp::NotEq => order.is_ne(),
        BinaryOp::Lt => order.is_lt(),
        BinaryOp::LtEq => order.is_le(),
        BinaryOp::Gt => order.is_gt(),
        _ => order.is_ge(),
    })
}

/// Checks an integer result and its overflow: `rows` are the operands of each row.
fn check_integers(
    actual: mydf_core::Result<mydf_core::Column>,
    dtype: &DType,
    rows: impl Iterator<Item = (Cell, Cell)>,
    op: BinaryOp,
) -> Result<(), TestCaseError> {
    let (low, high) = range(dtype);
    let fits = |value: i128| (low..=high).contains(&value);
    let mut overflows = false;
    let expected: Vec<Cell> = rows
        .map(|(l, r)| match (l, r) {
            (Cell::Int(l), Cell::Int(r)) => {
                // An operand that the common dtype can't hold is also an overflow.
                let result = exact(op, l, r);
                overflows |= !result.is_none_or(fits) || !fits(l) || !fits(r);
                overflows |= op == BinaryOp::Mul && result.is_none();
                result.map_or(Cell::Null, Cell::Int)
            }
            (Cell::Int(value), Cell::Null) | (Cell::Null, Cell::Int(value)) => {
                overflows |= !fits(value);
                Cell::Null
            }
            _ => Cell::Null,
        })
        .collect();
    match actual {
        Ok(column) => {
            prop_assert!(!overflows, "overflow went unseen: {:?}", cells(&column));
            prop_assert_eq!(column.dtype(), dtype);
            prop_assert_eq!(cells(&column), expected);
        }
        Err(Error::Overflow { dtype: reported, .. }) => {
            prop_assert!(overflows, "overflow reported without one");
            prop_assert_eq!(&reported, dtype);
        }
        Err(other) => return Err(TestCaseError::fail(other.to_string())),
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn integer_arithmetic((left, l, right, r) in two(any_integer()), op in one_of(ARITHMETIC.to_vec())) {
        let dtype = common_integer(&left, &right);
        let result = evaluate(&ab(&left, &l, &right, &r), &binary(op, col("a"), col("b")));
        check_integers(result, &dtype, l.into_iter().zip(r), op)?;
    }

    #[test]
    fn integer_arithmetic_with_a_literal(
        (left, l, _, r) in two(any_integer()),
        op in one_of(ARITHMETIC.to_vec()),
        swapped in any::<bool>(),
    ) {
        let Some(member) = r.iter().find(|cell| **cell != Cell::Null) else { return Ok(()) };
        let Cell::Int(value) = *member else { unreachable!() };
        let fits = |dtype: &DType| (range(dtype).0..=range(dtype).1).contains(&value);
        let narrowest = || {
            let same = INTEGERS.iter().filter(|d| d.is_signed() == left.is_signed());
            same.chain(&INTEGERS).find(|d| fits(d)).cloned().expect("64 bits hold it")
        };
        let dtype = if fits(&left) { left.clone() } else { common_integer(&left, &narrowest()) };
        let (expr, rows): (_, Vec<_>) = if swapped {
            (binary(op, int(value), col("a")), l.iter().map(|a| (member.clone(), a.clone())).collect())
        } else {
            (binary(op, col("a"), int(value)), l.iter().map(|a| (a.clone(), member.clone())).collect())
        };
        let result = evaluate(&frame::<u8>(vec![column("a", &left, &l)]), &expr);
        // A literal that the common dtype can't hold overflows even if there are no rows.
        if !(range(&dtype).0..=range(&dtype).1).contains(&value) {
            let overflowed = matches!(result, Err(Error::Overflow { .. }));
            prop_assert!(overflowed);
            return Ok(());
        }
        check_integers(result, &dtype, rows.into_iter(), op)?;
    }

    #[test]
    fn float_arithmetic((left, l, right, r) in two(any_number()), op in one_of(vec![
        BinaryOp::Add, BinaryOp::Sub, BinaryOp::Mul, BinaryOp::Div,
    ])) {
        let integers = left.is_integer() && right.is_integer();
        prop_assume!(op == BinaryOp::Div || !integers);
        // Next to `UInt64`, signed integers are limited to what both hold.
        prop_assume!(!(integers && common_integer(&left, &right) == DType::Int64
            && (left == DType::UInt64 || right == DType::UInt64)));
        let narrow = |d: &DType| *d == DType::Float32 || (d.is_integer() && d.bits() <= 16);
        let single = narrow(&left) && narrow(&right) && !integers;
        let result = evaluate(&ab(&left, &l, &right, &r), &binary(op, col("a"), col("b")));
        let column = result.map_err(|e| TestCaseError::fail(e.to_string()))?;
        let dtype = if single { DType::Float32 } else { DType::Float64 };
        prop_assert_eq!(column.dtype(), &dtype);
        let wide = |cell: &Cell| match cell {
            Cell::Int(value) => Some(*value as f64),
            Cell::Float(value) => Some(*value),
            _ => None,
        };
        let apply = |l: f64, r: f64| match op {
            BinaryOp::Add => l + r,
            BinaryOp::Sub => l - r,
            BinaryOp::Mul => l * r,
            _ => l / r,
        };
        for ((l, r), actual) in l.iter().zip(&r).zip(cells(&column)) {
            let expected = match (wide(l), wide(r)) {
                // For these operators, rounding to 53 bits and then to 24 gives the same as
                // rounding to 24.
                (Some(l), Some(r)) if single => Cell::Float(f64::from(apply(l, r) as f32)),
                (Some(l), Some(r)) => Cell::Float(apply(l, r)),
                _ => Cell::Null,
            };
            prop_assert!(actual.same(&expected), "{:?} {} {:?}: {:?}, expected {:?}", l, op.symbol(), r, actual, expected);
        }
    }

    #[test]
    fn comparisons_of_numbers((left, l, right, r) in two(any_number()), op in one_of(COMPARISONS.to_vec())) {
        let column = evaluate(&ab(&left, &l, &right, &r), &binary(op, col("a"), col("b")));
        let column = column.map_err(|e| TestCaseError::fail(e.to_string()))?;
        let expected: Vec<Cell> = l.iter().zip(&r).map(|(l, r)| compared(op, l, r)).collect();
        prop_assert_eq!(cells(&column), expected);
    }

    #[test]
    fn comparisons_with_a_literal(
        (left, l, right, r) in two(any_number()),
        op in one_of(COMPARISONS.to_vec()),
        swapped in any::<bool>(),
    ) {
        let Some(member) = r.first() else { return Ok(()) };
        // A float literal next to `Float32` is rounded to it.
        let known = match member {
            Cell::Float(value) if left == DType::Float32 && (!value.is_finite() || (*value as f32).is_finite()) => {
                Cell::Float(f64::from(*value as f32))
            }
            other => other.clone(),
        };
        let literal = lit(scalar(member));
        let expr = if swapped { binary(op, literal, col("a")) } else { binary(op, col("a"), literal) };
        let column = evaluate(&frame::<u8>(vec![column("a", &left, &l)]), &expr);
        let column = column.map_err(|e| TestCaseError::fail(format!("{right}: {e}")))?;
        let expected: Vec<Cell> = l
            .iter()
            .map(|a| if swapped { compared(op, &known, a) } else { compared(op, a, &known) })
            .collect();
        prop_assert_eq!(cells(&column), expected);
    }

    #[test]
    fn comparisons_of_text(rows in vec((proptest::option::of("[a-c]{0,3}|[a-b]{12,14}"), proptest::option::of("[a-c]{0,3}|[a-b]{12,14}")), 0..150), op in one_of(COMPARISONS.to_vec())) {
        let cell = |text: &Option<String>| text.clone().map_or(Cell::Null, Cell::Text);
        let (l, r): (Vec<_>, Vec<_>) = rows.iter().map(|(l, r)| (cell(l), cell(r))).unzip();
        let data = ab(&DType::String, &l, &DType::String, &r);
        let column = evaluate(&data, &binary(op, col("a"), col("b"))).expect("comparable");
        let expected: Vec<Cell> = l.iter().zip(&r).map(|(l, r)| compared(op, l, r)).collect();
        prop_assert_eq!(cells(&column), expected);
        if let Some(Cell::Text(text)) = r.first() {
            let column = evaluate(&data, &binary(op, col("a"), string(text))).expect("comparable");
            let expected: Vec<Cell> = l.iter().map(|l| compared(op, l, &r[0])).collect();
            prop_assert_eq!(cells(&column), expected);
        }
    }

    #[test]
    fn kleene_logic(rows in vec((one_of(truths()), one_of(truths())), 0..200), constant in one_of(truths())) {
        let (l, r): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        let data = ab(&DType::Bool, &l, &DType::Bool, &r);
        for op in [BinaryOp::And, BinaryOp::Or, BinaryOp::Xor] {
            let column = evaluate(&data, &binary(op, col("a"), col("b"))).expect("Bool");
            let expected: Vec<Cell> = l.iter().zip(&r).map(|(l, r)| kleene(op, l, r)).collect();
            prop_assert_eq!(cells(&column), expected);
            let expr = binary(op, lit(scalar(&constant)), col("b"));
            let column = evaluate(&data, &expr).expect("Bool");
            let expected: Vec<Cell> = r.iter().map(|r| kleene(op, &constant, r)).collect();
            prop_assert_eq!(cells(&column), expected);
        }
        let not = evaluate(&data, &unary(UnaryOp::Not, col("a"))).expect("Bool");
        let expected: Vec<Cell> = l.iter().map(|l| match l {
            Cell::Bool(value) => Cell::Bool(!value),
            _ => Cell::Null,
        }).collect();
        prop_assert_eq!(cells(&not), expected);
    }

    #[test]
    fn nulls_are_found_and_filled((dtype, l, _, r) in two(any_number()), constant in -5_i128..100) {
        let data = ab(&dtype, &l, &DType::Bool, &vec![Cell::Bool(true); l.len()]);
        for (op, null) in [(UnaryOp::IsNull, true), (UnaryOp::IsNotNull, false)] {
            let column = evaluate(&data, &unary(op, col("a"))).expect("any dtype");
            let expected: Vec<Cell> = l.iter().map(|l| Cell::Bool((*l == Cell::Null) == null)).collect();
            prop_assert_eq!(cells(&column), expected);
        }
        let constant = if dtype.is_unsigned() { constant.abs() } else { constant };
        let filled = Expr::FillNull { input: Box::new(col("a")), value: Box::new(int(constant)) };
        let column = evaluate(&data, &filled).expect("fits");
        prop_assert_eq!(column.dtype(), &dtype);
        let stand_in = if dtype.is_float() { Cell::Float(constant as f64) } else { Cell::Int(constant) };
        let expected: Vec<Cell> = l.iter().map(|l| if *l == Cell::Null { stand_in.clone() } else { l.clone() }).collect();
        assert_cells(&column, &expected);
        let _ = r;
    }

    #[test]
    fn choices(rows in vec((one_of(truths()), integer(&DType::Int16), integer(&DType::Int16)), 0..200)) {
        let truth: Vec<_> = rows.iter().map(|row| row.0.clone()).collect();
        let then: Vec<_> = rows.iter().map(|row| row.1.clone()).collect();
        let other: Vec<_> = rows.iter().map(|row| row.2.clone()).collect();
        let data: DataFrame<u8> = frame(vec![
            column("c", &DType::Bool, &truth),
            column("t", &DType::Int16, &then),
            column("o", &DType::Int16, &other),
        ]);
        let when = |then, otherwise| Expr::When {
            condition: Box::new(col("c")),
            then: Box::new(then),
            otherwise: Box::new(otherwise),
        };
        let pick = |row: usize, then: Cell, other: Cell| if truth[row] == Cell::Bool(true) { then } else { other };
        let rows = 0..truth.len();
        let column = evaluate(&data, &when(col("t"), col("o"))).expect("Int16");
        prop_assert_eq!(cells(&column), rows.clone().map(|i| pick(i, then[i].clone(), other[i].clone())).collect::<Vec<_>>());
        let column = evaluate(&data, &when(int(7), col("o"))).expect("Int16");
        prop_assert_eq!(column.dtype(), &DType::Int16);
        prop_assert_eq!(cells(&column), rows.clone().map(|i| pick(i, Cell::Int(7), other[i].clone())).collect::<Vec<_>>());
        let column = evaluate(&data, &when(col("t"), lit(Scalar::Null))).expect("Int16");
        prop_assert_eq!(cells(&column), rows.map(|i| pick(i, then[i].clone(), Cell::Null)).collect::<Vec<_>>());
    }

    #[test]
    fn membership((dtype, l, other, set) in two(any_number())) {
        let set: Vec<Cell> = set.into_iter().take(6).collect();
        let expr = Expr::IsIn { input: Box::new(col("a")), set: set.iter().map(scalar).collect() };
        let column = evaluate(&frame::<u8>(vec![column("a", &dtype, &l)]), &expr);
        let column = column.map_err(|e| TestCaseError::fail(format!("{other}: {e}")))?;
        let rounded = |cell: &Cell| match cell {
            Cell::Float(value) if dtype == DType::Float32 && (!value.is_finite() || (*value as f32).is_finite()) => {
                Cell::Float(f64::from(*value as f32))
            }
            other => other.clone(),
        };
        let expected: Vec<Cell> = l.iter().map(|l| match l {
            Cell::Null => Cell::Null,
            l if set.iter().any(|member| compared(BinaryOp::Eq, l, &rounded(member)) == Cell::Bool(true)) => Cell::Bool(true),
            // A null among the members may be equal.
            _ if set.contains(&Cell::Null) => Cell::Null,
            _ => Cell::Bool(false),
        }).collect();
        prop_assert_eq!(cells(&column), expected);
    }
}

proptest! {
    #![proptest_config(config(2))]

    #[test]
    fn long_frames_in_pieces_equal_short_ones(seed in any::<u64>()) {
        // More rows than are evaluated at once, so that pieces are split and joined.
        let rows = 300_000 + (seed % 1000) as usize;
        let mut state = seed | 1;
        let mut next = || { state ^= state << 13; state ^= state >> 7; state ^= state << 17; state };
        let numbers: Vec<Cell> = (0..rows).map(|_| match next() % 11 {
            0 => Cell::Null,
            _ => Cell::Int(i128::from(next() as i32)),
        }).collect();
        let texts: Vec<Cell> = (0..rows).map(|_| match next() % 7 {
            0 => Cell::Null,
            n => Cell::Text("x".repeat((n * 4) as usize)),
        }).collect();
        let data: DataFrame<u32> = frame(vec![column("n", &DType::Int64, &numbers), column("t", &DType::String, &texts)]);
        let sum = binary(BinaryOp::Mul, binary(BinaryOp::Add, col("n"), int(3)), col("n"));
        // Two steps, one of which passes on the buffers of the column.
        let joined = Expr::When {
            condition: Box::new(unary(UnaryOp::IsNotNull, col("t"))),
            then: Box::new(col("t")),
            otherwise: Box::new(string("a text that is long enough")),
        };
        let result = select(&data, &[alias(sum, "s"), alias(joined, "j")]).expect("no overflow");
        let sums: Vec<Cell> = numbers.iter().map(|n| match n {
            Cell::Int(n) => Cell::Int((n + 3) * n),
            _ => Cell::Null,
        }).collect();
        let texts: Vec<Cell> = texts.into_iter().map(|t| match t {
            Cell::Null => Cell::Text("a text that is long enough".into()),
            t => t,
        }).collect();
        prop_assert!(cells(&result.columns()[0]) == sums);
        prop_assert!(cells(&result.columns()[1]) == texts);
        let buffers = arrow_array::cast::AsArray::as_string_view(result.columns()[1].values()).data_buffers().len();
        let before = arrow_array::cast::AsArray::as_string_view(data.columns()[1].values()).data_buffers().len();
        prop_assert!(buffers <= before + rows / 50_000, "{} buffers of {}", buffers, before);
    }
}

/// Failing cases are printed, not kept in files.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn truths() -> Vec<Cell> {
    vec![Cell::Bool(true), Cell::Bool(false), Cell::Null]
}

/// Null is "unknown": the result is known if it is the same for every unknown value.
fn kleene(op: BinaryOp, left: &Cell, right: &Cell) -> Cell {
    let possible = |cell: &Cell| match cell {
        Cell::Bool(value) => vec![*value],
        _ => vec![false, true],
    };
    let mut results: Vec<bool> = possible(left)
        .into_iter()
        .flat_map(|l| possible(right).into_iter().map(move |r| (l, r)))
        .map(|(l, r)| match op {
            BinaryOp::And => l && r,
            BinaryOp::Or => l || r,
            _ => l != r,
        })
        .collect();
    results.dedup();
    if results.iter().all(|result| *result == results[0]) {
        Cell::Bool(results[0])
    } else {
        Cell::Null
    }
}
