//! The lines of a part of a file, as the JSON of each value of each column.

use std::collections::HashMap;
use std::ops::Range;

use mydf_core::{Error, Result};

use super::{File, excerpt, object};

/// What a line may end in, and begin with.
const BLANKS: [char; 3] = [' ', '\t', '\r'];

/// The rows of a part of a file.
#[derive(Default)]
pub(super) struct Table<'t> {
    pub(super) rows: usize,
    /// In the order in which the names first occur.
    pub(super) names: Vec<String>,
    /// One for each name: the JSON of each row, or an empty text where the object has no such name.
    pub(super) columns: Vec<Vec<&'t str>>,
    numbers: HashMap<String, usize>,
}

/// Parts of about `size` bytes, each a number of whole lines.
pub(super) fn parts(text: &str, size: usize) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let enough = (start + size).min(text.len());
        let end = memchr::memchr(b'\n', &text.as_bytes()[enough..]);
        let end = end.map_or(text.len(), |at| enough + at + 1);
        parts.push(start..end);
        start = end;
    }
    parts
}

impl<'t> Table<'t> {
    /// Reads up to `limit` lines that are not blank.
    pub(super) fn read(file: File<'t>, part: Range<usize>, limit: usize) -> Result<Self> {
        let mut table = Table::default();
        for line in file.text[part].split('\n') {
            if table.rows == limit {
                break;
            }
            let line = line.trim_matches(BLANKS);
            if !line.is_empty() {
                table.line(file, line)?;
            }
        }
        Ok(table)
    }

    fn line(&mut self, file: File<'t>, line: &'t str) -> Result<()> {
        let row = self.rows;
        let (mut place, mut twice) = (0, None);
        let read = object::read(line, |name, value| {
            let number = self.number(&name, place);
            place = number + 1;
            let column = &mut self.columns[number];
            if column.len() > row {
                twice = Some(name.into_owned());
                return Err("name twice".to_owned());
            }
            column.resize(row, "");
            column.push(value);
            Ok(())
        });
        if let Some(name) = twice {
            let hint = "remove one, or give it another name";
            return Err(file.error(line, Some(&name), "name twice in the object", hint));
        }
        read.map_err(|error| not_an_object(file, line, &error))?;
        for column in self.columns.iter_mut().filter(|column| column.len() == row) {
            column.push("");
        }
        self.rows += 1;
        Ok(())
    }

    /// The number of the column with a name, which is most likely the next one.
    fn number(&mut self, name: &str, likely: usize) -> usize {
        if self.names.get(likely).is_some_and(|known| known == name) {
            return likely;
        }
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.names.len();
        self.numbers.insert(name.to_owned(), number);
        self.names.push(name.to_owned());
        self.columns.push(vec![""; self.rows]);
        number
    }

    /// The values of the column with a name, if the part has it.
    pub(super) fn column(&self, name: &str) -> Option<&[&'t str]> {
        self.numbers.get(name).map(|number| self.columns[*number].as_slice())
    }
}

fn not_an_object(file: File<'_>, line: &str, error: &serde_json::Error) -> Error {
    let library = error.to_string();
    // The library counts lines too, always 1 here.
    let fact = library.split(" at line ").next().unwrap_or_default();
    let shown = excerpt(line);
    let (message, hint) = if line.starts_with('[') {
        (
            "a JSON array, not an object".to_owned(),
            "write one object on each line, or use `mydf.DataFrame(json.load(file))`",
        )
    } else if !line.starts_with('{') {
        (
            format!("`{shown}` is not an object"),
            "write one object on each line, such as `{\"a\": 1}`",
        )
    } else if error.is_eof() {
        (
            "the object does not end on its line".to_owned(),
            "write each object on one line, or use `mydf.DataFrame(json.load(file))`; the file may \
             also be cut off",
        )
    } else if fact == "trailing characters" {
        ("text after the object".to_owned(), "write each object on a line of its own")
    } else {
        (
            format!("{fact}, at character {}", error.column()),
            "check what wrote the file: it is not JSON, which has no NaN, no single quotes and no \
             comments",
        )
    };
    file.error(line, None, message, hint)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn parts_are_whole_lines() {
        let text = "aa\nb\n\ncccc\nd";
        for size in 0..20 {
            let parts = parts(text, size);
            let joined: String = parts.iter().map(|part| &text[part.clone()]).collect();
            assert_eq!(joined, text);
            assert!(parts.iter().all(|p| p.end == text.len() || text[..p.end].ends_with('\n')));
        }
    }

    #[test]
    fn names_come_and_go() {
        let text = "{\"a\": 1}\n\r\n {\"b\": 2, \"a\": 3}\r\n{}\n";
        let file = File { path: Path::new("t"), text };
        let table = Table::read(file, 0..text.len(), usize::MAX).unwrap();
        assert_eq!((table.rows, table.names.join(" ").as_str()), (3, "a b"));
        assert_eq!(table.column("a").unwrap(), ["1", "3", ""]);
        assert_eq!(table.column("b").unwrap(), ["", "2", ""]);
        assert!(table.column("c").is_none());
        assert_eq!(Table::read(file, 0..text.len(), 1).unwrap().rows, 1);
    }

    #[test]
    fn lines_that_are_no_object_are_named() {
        for (line, expected) in [
            ("[1]", "JSON array"),
            ("7", "not an object"),
            ("{\"a\": 1", "does not end"),
            ("{\"a\": 1} {}", "text after"),
            ("{\"a\": NaN}", "at character"),
            ("{\"a\": 1, \"a\": 2}", "name twice"),
        ] {
            let text = format!("{{\"a\": 0}}\n{line}\n");
            let file = File { path: Path::new("t"), text: &text };
            let error = Table::read(file, 0..text.len(), usize::MAX).err().unwrap().to_string();
            assert!(error.contains(expected) && error.contains("line 2"), "{error}");
        }
    }
}
