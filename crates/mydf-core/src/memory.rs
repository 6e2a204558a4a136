//! Whether a result fits into memory, asked before it is made.
//!
//! Rust ends the process if an allocation fails, and Linux may promise memory that it does not have
//! and then kill the process. So an operator that knows the size of its result asks first.

use crate::dtype::DType;
use crate::error::{Error, Result};

/// Less than this is not worth a question.
const SMALL: u64 = 1 << 20;
/// For more than this, the machine's free memory is read too, which takes some 50 µs.
const LARGE: u64 = 64 << 20;

/// Rejects an operation that needs more bytes than the process can have.
///
/// # Errors
/// [`Error::Memory`].
pub fn check(operation: &str, bytes: u64) -> Result<()> {
    if bytes < SMALL {
        return Ok(());
    }
    let refused = |available| Error::Memory { operation: operation.into(), bytes, available };
    if bytes >= LARGE
        && let Some(available) = available()
        && available < bytes
    {
        return Err(refused(Some(available)));
    }
    let mut trial: Vec<u8> = Vec::new();
    let wanted = usize::try_from(bytes).map_err(|_| refused(None))?;
    trial.try_reserve_exact(wanted).map_err(|_| refused(None))?;
    // Otherwise the compiler may leave out an allocation that nothing uses.
    std::hint::black_box(&trial);
    Ok(())
}

/// The bytes of one row of a column, rounded up. The texts themselves are shared, or counted by the
/// operators that make them.
pub fn row_bytes(dtype: &DType) -> u64 {
    match dtype {
        DType::Null => 0,
        DType::Bool => 1,
        DType::String | DType::Binary | DType::Decimal(..) => 16,
        DType::Date | DType::Categorical => 4,
        DType::Datetime(_) | DType::Duration | DType::Time | DType::List(_) => 8,
        number => u64::from(number.bits() / 8),
    }
}

/// The bytes that this process can still have, if the system says so: what the machine has free,
/// and what the limits of its control groups leave.
#[cfg(target_os = "linux")]
fn available() -> Option<u64> {
    let machine = linux::machine()?;
    Some(linux::groups().fold(machine, u64::min))
}

#[cfg(not(target_os = "linux"))]
fn available() -> Option<u64> {
    None
}

#[cfg(target_os = "linux")]
mod linux {
    use std::fs::read_to_string;
    use std::path::{Path, PathBuf};

    /// Free memory and swap, with what the kernel can take back from its caches.
    pub(super) fn machine() -> Option<u64> {
        let text = read_to_string("/proc/meminfo").ok()?;
        let swap = field(&text, "SwapFree:").unwrap_or(0);
        Some((field(&text, "MemAvailable:")? + swap) << 10)
    }

    /// What each limited control group of this process leaves.
    pub(super) fn groups() -> impl Iterator<Item = u64> {
        let own = read_to_string("/proc/self/cgroup").unwrap_or_default();
        let folders: Vec<Group> = own.lines().filter_map(Group::of_line).collect();
        folders.into_iter().flat_map(|group| {
            // In a container, the path may be that of the host, and the root is the container's.
            let inside: Vec<PathBuf> = group.path.ancestors().map(Path::to_owned).collect();
            inside.into_iter().filter_map(move |folder| group.left(&folder))
        })
    }

    struct Group {
        root: &'static str,
        path: PathBuf,
        files: [&'static str; 2],
        /// What the kernel can take back: the names in version 2 and in version 1.
        cache: [&'static str; 2],
    }

    impl Group {
        /// From a line of /proc/self/cgroup such as `0::/user.slice` or `4:memory:/user.slice`.
        fn of_line(line: &str) -> Option<Self> {
            let (number, rest) = line.split_once(':')?;
            let (controllers, path) = rest.split_once(':')?;
            let path = PathBuf::from(path);
            if number == "0" && controllers.is_empty() {
                let files = ["memory.max", "memory.current"];
                let cache = ["inactive_file ", "active_file "];
                return Some(Group { root: "/sys/fs/cgroup", path, files, cache });
            }
            let files = ["memory.limit_in_bytes", "memory.usage_in_bytes"];
            let cache = ["total_inactive_file ", "total_active_file "];
            controllers.split(',').any(|name| name == "memory").then_some(Group {
                root: "/sys/fs/cgroup/memory",
                path,
                files,
                cache,
            })
        }

        fn left(&self, folder: &Path) -> Option<u64> {
            let folder = Path::new(self.root).join(folder.strip_prefix("/").ok()?);
            let number = |file| read_to_string(folder.join(file)).ok()?.trim().parse::<u64>().ok();
            let [limit, used] = self.files.map(number);
            let (limit, used) = (limit?, used?);
            let stat = read_to_string(folder.join("memory.stat")).unwrap_or_default();
            let cached: u64 = self.cache.iter().filter_map(|name| field(&stat, name)).sum();
            Some(limit.saturating_sub(used.saturating_sub(cached)))
        }
    }

    /// The number after a name at the start of a line.
    fn field(text: &str, name: &str) -> Option<u64> {
        let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
        rest.trim().trim_end_matches(" kB").parse().ok()
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn a_group_is_read_in_both_versions() {
            let second = Group::of_line("0::/user.slice/a").expect("version 2");
            assert_eq!((second.root, second.files[0]), ("/sys/fs/cgroup", "memory.max"));
            let first = Group::of_line("4:cpu,memory:/a").expect("version 1");
            assert_eq!(
                (first.root, first.path.as_path()),
                ("/sys/fs/cgroup/memory", Path::new("/a"))
            );
            assert!(Group::of_line("3:cpuset:/a").is_none());
            assert!(Group::of_line("").is_none());
        }

        #[test]
        fn a_field_is_the_number_after_its_name() {
            let text = "MemTotal:  24684084 kB\nMemAvailable:   1024 kB\nSwapFree: 0 kB\n";
            assert_eq!(field(text, "MemAvailable:"), Some(1024));
            assert_eq!(field(text, "Swap"), None);
            assert_eq!(field("active_file 7\ninactive_file 5", "active_file "), Some(7));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_machine_has_is_refused() {
        assert!(check("test", 0).is_ok());
        assert!(check("test", 100 << 20).is_ok());
        for bytes in [1 << 50, u64::MAX] {
            let error = check("test", bytes).expect_err("too much");
            assert!(matches!(error, Error::Memory { .. }), "{error}");
        }
    }
}
