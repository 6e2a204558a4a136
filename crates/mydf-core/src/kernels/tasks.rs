//! Work for all threads, without a copy of the scheduler for each kind of work.
//!
//! Rayon's iterators are compiled once for each closure, about 5 KB each time. The kernels have
//! hundreds of closures, by dtype and by index width; here they are called through one pointer a
//! task.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

/// Calls `work` with each task, on all threads and in any order.
///
/// # Panics
/// If `work` panics.
pub fn each<T: Send>(tasks: impl IntoIterator<Item = T>, work: impl Fn(T) + Sync) {
    let tasks: Vec<Slot<T>> = tasks.into_iter().map(Slot::of).collect();
    numbers(tasks.len(), &|number| work(tasks[number].take()));
}

/// What `work` returns for each task, in the order of the tasks.
///
/// # Panics
/// If `work` panics.
pub fn map<T: Send, R: Send>(
    tasks: impl IntoIterator<Item = T>,
    work: impl Fn(T) -> R + Sync,
) -> Vec<R> {
    let tasks: Vec<(Slot<T>, Slot<R>)> =
        tasks.into_iter().map(|task| (Slot::of(task), Slot::empty())).collect();
    numbers(tasks.len(), &|number| {
        let (task, result) = &tasks[number];
        result.put(work(task.take()));
    });
    tasks.into_iter().map(|(_, result)| result.take()).collect()
}

/// The only use of rayon in this module.
fn numbers(count: usize, work: &(dyn Fn(usize) + Sync)) {
    (0..count).into_par_iter().with_max_len(1).for_each(work);
}

/// A place that one thread fills and one thread empties.
struct Slot<T>(Mutex<Option<T>>);

impl<T> Slot<T> {
    fn of(value: T) -> Self {
        Self(Mutex::new(Some(value)))
    }

    fn empty() -> Self {
        Self(Mutex::new(None))
    }

    fn put(&self, value: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
    }

    fn take(&self) -> T {
        let value = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        value.expect("each place is filled once and emptied once")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_tasks() {
        let words: Vec<String> = (0..1000).map(|number| number.to_string()).collect();
        let lengths = map(words.clone(), |word| word.len() + 1);
        assert_eq!(lengths, words.iter().map(|word| word.len() + 1).collect::<Vec<_>>());
        assert_eq!(map(Vec::<u8>::new(), |number| number), []);
    }

    #[test]
    fn each_task_runs_once() {
        let mut places = vec![0; 1000];
        each(places.chunks_mut(7).enumerate(), |(number, places)| {
            for place in places {
                *place += number + 1;
            }
        });
        assert!(places.iter().enumerate().all(|(row, place)| *place == row / 7 + 1));
    }

    #[test]
    #[should_panic(expected = "planted")]
    fn a_panic_reaches_the_caller() {
        each(0..100, |number| assert_ne!(number, 57, "planted"));
    }
}
