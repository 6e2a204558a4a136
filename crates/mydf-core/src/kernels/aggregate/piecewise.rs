//! Aggregations of a whole column from its pieces, each of which is gone before the next one comes.

use arrow_array::{Array, new_empty_array};

use super::sums::{PieceSum, Sums, of_piece, of_pieces};
use super::{AggOp, aggregate, mean, sum};
use crate::column::Column;
use crate::dtype::DType;
use crate::error::{Error, Result};

/// What an aggregation keeps of a piece, which has [`PIECE_ROWS`](super::super::PIECE_ROWS) rows; the
/// last one has fewer.
pub struct Piece(Kept);

enum Kept {
    Sum {
        sum: PieceSum,
        values: i64,
    },
    /// The aggregation of the piece alone.
    Value(Column),
}

/// True if pieces give the aggregation of a whole column with this dtype.
pub fn is_piecewise(op: AggOp, dtype: &DType) -> bool {
    match op {
        AggOp::Sum | AggOp::Mean => dtype.is_numeric() || *dtype == DType::Bool,
        _ => joining(op).is_some() && !matches!(dtype, DType::String | DType::Categorical),
    }
}

/// The aggregation of the values of an aggregation.
fn joining(op: AggOp) -> Option<AggOp> {
    match op {
        AggOp::Min | AggOp::Max | AggOp::Any | AggOp::All => Some(op),
        AggOp::Count | AggOp::NullCount => Some(AggOp::Sum),
        _ => None,
    }
}

/// What the aggregation keeps of a piece.
///
/// # Errors
/// Those of [`aggregate`].
pub fn of_rows(piece: &Column, op: AggOp) -> Result<Piece> {
    Ok(Piece(match op {
        AggOp::Sum | AggOp::Mean => {
            let values = piece.len() - piece.values().null_count();
            Kept::Sum { sum: of_piece(piece)?, values: values as i64 }
        }
        _ => Kept::Value(aggregate(piece, op)?),
    }))
}

/// The aggregation of the whole column, with its name and dtype. Its pieces come in order, and at
/// least one. `None` if the values are needed once more.
///
/// # Errors
/// Those of [`aggregate`].
pub fn joined(name: &str, dtype: &DType, op: AggOp, pieces: Vec<Piece>) -> Result<Option<Column>> {
    let (mut sums, mut all, mut columns) = (Vec::new(), 0, Vec::new());
    for Piece(kept) in pieces {
        match kept {
            Kept::Sum { sum, values } => {
                sums.push(sum);
                all += values;
            }
            Kept::Value(column) => columns.push(column),
        }
    }
    if let (Some(op), false) = (joining(op), columns.is_empty()) {
        let values: Vec<&dyn Array> = columns.iter().map(|column| &**column.values()).collect();
        let values = arrow_select::concat::concat(&values)
            .map_err(|source| Error::Arrow { operation: "concat".into(), source })?;
        return Ok(Some(aggregate(&Column::new(name, values)?, op)?));
    }
    let input = Column::new(name, new_empty_array(&dtype.to_arrow()))?;
    let finished = |sums: Sums| match op {
        AggOp::Mean => mean::finished(&input, sums, &[all]),
        _ => sum::finished(&input, sums),
    };
    of_pieces(&sums).map(finished).transpose()
}
