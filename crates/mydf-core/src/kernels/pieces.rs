//! Arrays that the tasks of a parallel loop write piece by piece, in order.

use std::mem::MaybeUninit;

use super::{TASK_ROWS, tasks};
use crate::error::Result;
use crate::interrupt::Interrupt;

/// The part of a new array that one task writes from its start to its end.
pub(super) struct Piece<'a, T> {
    places: &'a mut [MaybeUninit<T>],
    len: usize,
}

impl<T> Piece<'_, T> {
    #[inline]
    pub(super) fn push(&mut self, value: T) {
        self.places[self.len].write(value);
        self.len += 1;
    }
}

/// An array of `len` values in pieces of [`TASK_ROWS`]; `write` has the row at which its piece
/// starts and the piece's length, and fills it.
///
/// # Errors
/// [`crate::Error::Interrupted`].
///
/// # Panics
/// If a piece is not filled.
pub(super) fn in_tasks<T: Copy + Send>(
    stop: &Interrupt,
    len: usize,
    write: impl Fn(usize, usize, &mut Piece<'_, T>) + Sync,
) -> Result<Vec<T>> {
    let lengths: Vec<usize> =
        (0..len).step_by(TASK_ROWS).map(|start| TASK_ROWS.min(len - start)).collect();
    in_pieces(stop, &lengths, |task, piece| write(task * TASK_ROWS, lengths[task], piece))
}

/// An array in pieces of these lengths; `write` has the number of its piece and fills it.
///
/// # Errors
/// [`crate::Error::Interrupted`].
///
/// # Panics
/// If a piece is not filled.
pub(super) fn in_pieces<T: Copy + Send>(
    stop: &Interrupt,
    lengths: &[usize],
    write: impl Fn(usize, &mut Piece<'_, T>) + Sync,
) -> Result<Vec<T>> {
    let total = lengths.iter().sum();
    let mut values = Vec::with_capacity(total);
    let pieces = split(&mut values.spare_capacity_mut()[..total], lengths);
    let done = tasks::map(pieces.into_iter().enumerate(), |(task, mut piece)| {
        stop.check()?;
        write(task, &mut piece);
        assert_eq!(piece.len, piece.places.len(), "a task fills its piece");
        Ok(())
    });
    done.into_iter().collect::<Result<()>>()?;
    // SAFETY: every task has filled its piece, and the pieces are all `total` places.
    unsafe { values.set_len(total) };
    Ok(values)
}

/// Two arrays in pieces of these lengths; `write` has the number of its pieces and fills them.
///
/// # Errors
/// [`crate::Error::Interrupted`].
///
/// # Panics
/// If a piece is not filled.
pub(super) fn pairs<T: Copy + Send>(
    stop: &Interrupt,
    lengths: &[usize],
    write: impl Fn(usize, &mut Piece<'_, T>, &mut Piece<'_, T>) + Sync,
) -> Result<(Vec<T>, Vec<T>)> {
    let total = lengths.iter().sum();
    let (mut left, mut right) = (Vec::with_capacity(total), Vec::with_capacity(total));
    let lefts = split(&mut left.spare_capacity_mut()[..total], lengths);
    let rights = split(&mut right.spare_capacity_mut()[..total], lengths);
    let pieces: Vec<_> = lefts.into_iter().zip(rights).enumerate().collect();
    let done = tasks::map(pieces, |(task, (mut left, mut right))| {
        stop.check()?;
        write(task, &mut left, &mut right);
        let filled = left.len == left.places.len() && right.len == right.places.len();
        assert!(filled, "a task fills its pieces");
        Ok(())
    });
    done.into_iter().collect::<Result<()>>()?;
    // SAFETY: every task has filled its pieces, and the pieces are all `total` places.
    unsafe { left.set_len(total) };
    // SAFETY: as above.
    unsafe { right.set_len(total) };
    Ok((left, right))
}

fn split<'a, T>(mut places: &'a mut [MaybeUninit<T>], lengths: &[usize]) -> Vec<Piece<'a, T>> {
    let piece = |length: &usize| {
        let (piece, rest) = std::mem::take(&mut places).split_at_mut(*length);
        places = rest;
        Piece { places: piece, len: 0 }
    };
    lengths.iter().map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn pieces_are_in_order() {
        let len = 3 * TASK_ROWS + 5;
        let written = in_tasks(&Interrupt::default(), len, |start, wanted, piece| {
            (start..start + wanted).for_each(|row| piece.push(row));
        });
        assert_eq!(written.unwrap(), (0..len).collect::<Vec<_>>());
        let (left, right) = pairs(&Interrupt::default(), &[2, 0, 1], |task, left, right| {
            for _ in 0..[2, 0, 1][task] {
                left.push(task);
                right.push(10 * task);
            }
        })
        .unwrap();
        assert_eq!((left, right), (vec![0, 0, 2], vec![0, 0, 20]));
    }

    #[test]
    #[should_panic(expected = "a task fills its piece")]
    fn an_unfilled_piece_is_a_bug() {
        let _ = in_tasks::<u8>(&Interrupt::default(), 2, |_, _, piece| piece.push(1));
    }

    #[test]
    fn an_interrupt_ends_the_loop() {
        let stop = Interrupt::default();
        stop.set();
        let found = in_tasks::<u8>(&stop, 2, |_, _, _| panic!("this task does not start"));
        assert!(matches!(found, Err(Error::Interrupted)));
    }
}
