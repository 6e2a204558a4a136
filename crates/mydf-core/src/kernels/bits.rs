//! Bitmaps, built word by word.

use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer};

use super::{PARALLEL_ROWS, TASK_ROWS, tasks};

/// A bitmap of `len` bits, where bit `i` is `bit(i)`.
pub(super) fn collect(len: usize, bit: impl Fn(usize) -> bool + Sync) -> BooleanBuffer {
    let mut words = vec![0u64; len.div_ceil(64)];
    let fill = |(task, words): (usize, &mut [u64])| {
        for (start, word) in (task * TASK_ROWS..).step_by(64).zip(words) {
            for (shift, row) in (start..len.min(start + 64)).enumerate() {
                *word |= u64::from(bit(row)) << shift;
            }
        }
    };
    let pieces = words.chunks_mut(TASK_ROWS / 64).enumerate();
    if len < PARALLEL_ROWS {
        pieces.for_each(fill);
    } else {
        tasks::each(pieces, fill);
    }
    BooleanBuffer::new(Buffer::from_vec(words), 0, len)
}

/// Like [`collect`], but `None` if every bit is set.
pub(super) fn nulls(len: usize, valid: impl Fn(usize) -> bool + Sync) -> Option<NullBuffer> {
    Some(NullBuffer::new(collect(len, valid))).filter(|nulls| nulls.null_count() > 0)
}

/// Calls `visit` with the number of each row that is not null, in order.
#[inline]
pub(super) fn for_each_valid(len: usize, nulls: Option<&NullBuffer>, mut visit: impl FnMut(usize)) {
    match nulls {
        Some(nulls) if nulls.null_count() > 0 => nulls.valid_indices().for_each(visit),
        _ => (0..len).for_each(&mut visit),
    }
}
