//! Files that are written completely or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use mydf_core::{Error, Result};
use tempfile::{Builder, NamedTempFile};

/// Writes a file through `write`: into a temporary file in the same folder, which is renamed at the
/// end, or removed on failure. A power failure may lose the new file, but no other failure leaves
/// half of it under its name.
///
/// A path that is not a regular file (a pipe, `/dev/stdout`) is written directly. A symbolic link
/// stays; the file that it points to is replaced. A replaced file keeps its permissions.
pub(crate) fn write_file(
    path: &Path,
    write: impl FnOnce(&mut (dyn Write + Send)) -> Result<()>,
) -> Result<()> {
    let failed = |source| Error::Io { operation: "write", path: path.to_owned(), source };
    let existing = fs::metadata(path).ok();
    if existing.as_ref().is_some_and(|found| !found.is_file()) {
        let mut file = OpenOptions::new().write(true).open(path).map_err(failed)?;
        return write(&mut file);
    }
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut temporary = temporary_next_to(&target).map_err(failed)?;
    {
        let mut buffered = BufWriter::with_capacity(1 << 18, temporary.as_file_mut());
        write(&mut buffered)?;
        buffered.flush().map_err(failed)?;
    }
    if let Some(existing) = existing {
        temporary.as_file().set_permissions(existing.permissions()).map_err(failed)?;
    }
    let _: File = temporary.persist(&target).map_err(|error| failed(error.error))?;
    Ok(())
}

fn temporary_next_to(target: &Path) -> std::io::Result<NamedTempFile> {
    let folder = match target.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    };
    // The error of the temporary file would name that file.
    if !fs::metadata(&folder)?.is_dir() {
        return Err(std::io::ErrorKind::NotADirectory.into());
    }
    let mut builder = Builder::new();
    builder.prefix(".mydf-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // A temporary file is private by default; this one becomes an ordinary file, so the
        // process's umask applies.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder).map_err(|error| error.kind().into())
}

/// The error for a failed write inside [`write_file`].
pub(crate) fn write_error(path: &Path) -> impl Fn(std::io::Error) -> Error + '_ {
    |source| Error::Io { operation: "write", path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failure_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data");
        fs::write(&path, "old").unwrap();
        let result = write_file(&path, |out| {
            out.write_all(b"half").unwrap();
            Err(Error::Value { what: "test".into(), message: "stop".into() })
        });
        assert!(result.is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        write_file(&path, |out| out.write_all(b"new").map_err(write_error(&path))).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_missing_folder_is_an_error_that_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("none/data");
        let error = write_file(&path, |_| Ok(())).unwrap_err();
        assert!(error.to_string().contains("none/data"), "{error}");
        assert!(matches!(error, Error::Io { operation: "write", .. }));
        let error = write_file(folder.path(), |_| Ok(())).unwrap_err();
        assert!(matches!(error, Error::Io { .. }));
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_stay() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("data"), folder.path().join("link"));
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        write_file(&link, |out| out.write_all(b"new").map_err(write_error(&link))).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
