//! Footers whose metadata is not UTF-8.
//!
//! The format says that keys and values of a file's metadata are text, but pyarrow writes any bytes
//! there, such as pickled objects, and again in the Arrow schema that it stores as one of the values.
//! The library refuses the whole file for them. Here such bytes are replaced, in a copy of the footer;
//! no value of a column is among them.

use std::io::Read;

use arrow_ipc::root_as_message;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flatbuffers::InvalidFlatbuffer;

use crate::source::Ranges;

/// The key of the Arrow schema.
const SCHEMA: &[u8] = b"ARROW:schema";
/// The field of the footer that holds the metadata.
const METADATA: i32 = 5;
/// How many strings of an Arrow schema are repaired: each takes one more check of the whole.
const STRINGS: usize = 1000;
/// How deep a footer may nest its structs; the format has half as many levels.
const DEPTH: usize = 16;

/// The footer with text in place of what is not UTF-8, or `None` if that changes nothing.
pub(super) fn repaired_footer(ranges: &Ranges) -> Option<Vec<u8>> {
    let mut tail = Vec::new();
    ranges.from(ranges.len().checked_sub(8)?).take(4).read_to_end(&mut tail).ok()?;
    let length = u32::from_le_bytes(tail.try_into().ok()?);
    let start = ranges.len().checked_sub(8 + u64::from(length))?;
    let mut footer = Vec::new();
    ranges.from(start).take(length.into()).read_to_end(&mut footer).ok()?;
    let mut places = Vec::new();
    Walk { bytes: &footer, at: 0 }.texts(&mut places)?;
    let mut changed = false;
    let mut schema = false;
    for (start, end) in places {
        let text = &mut footer[start..end];
        changed |= if schema { repair_schema(text) } else { repair(text) };
        schema = text == SCHEMA;
    }
    changed.then_some(footer)
}

/// Replaces each byte that is not part of a character.
fn repair(text: &mut [u8]) -> bool {
    let mut changed = false;
    let mut start = 0;
    while let Err(error) = std::str::from_utf8(&text[start..]) {
        start += error.valid_up_to();
        text[start] = b'?';
        changed = true;
    }
    changed
}

/// Repairs the strings in an Arrow schema, which keeps its length.
fn repair_schema(encoded: &mut [u8]) -> bool {
    let Ok(mut message) = BASE64_STANDARD.decode(&*encoded) else { return false };
    // After four bytes that mark the format, and its length.
    let start = if message.starts_with(&[0xFF; 4]) { 8 } else { 0 };
    let mut changed = false;
    for _ in 0..STRINGS {
        let Some(found) = message.get_mut(start..) else { break };
        let Err(InvalidFlatbuffer::Utf8Error { range, .. }) = root_as_message(found) else { break };
        if !found.get_mut(range).is_some_and(repair) {
            break;
        }
        changed = true;
    }
    let text = BASE64_STANDARD.encode(message);
    if changed && text.len() == encoded.len() {
        encoded.copy_from_slice(text.as_bytes());
        return true;
    }
    false
}

/// Reads Thrift's compact protocol far enough to find the texts of the metadata. Every step is
/// `None` at the end of the bytes.
struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Walk<'_> {
    /// Where keys and values are, in order.
    fn texts(&mut self, found: &mut Vec<(usize, usize)>) -> Option<()> {
        let mut id = 0;
        loop {
            let kind = self.field(&mut id)?;
            if kind == 0 {
                return Some(());
            }
            if id != METADATA || kind != 9 {
                self.skip(kind, DEPTH)?;
                continue;
            }
            for _ in 0..self.list()?.0 {
                let mut inner = 0;
                loop {
                    let kind = self.field(&mut inner)?;
                    if kind == 0 {
                        break;
                    }
                    let start = self.at;
                    self.skip(kind, DEPTH)?;
                    if kind == 8 {
                        let mut text = Walk { bytes: self.bytes, at: start };
                        text.number()?;
                        found.push((text.at, self.at));
                    }
                }
            }
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let found = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(found)
    }

    fn number(&mut self) -> Option<u64> {
        let mut found = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            found |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(found);
            }
        }
        None
    }

    fn pass(&mut self, length: u64) -> Option<()> {
        self.at = self.at.checked_add(usize::try_from(length).ok()?)?;
        (self.at <= self.bytes.len()).then_some(())
    }

    /// The kind of the next field, whose number is stored as a difference; 0 at the end of the
    /// struct.
    fn field(&mut self, id: &mut i32) -> Option<u8> {
        let head = self.byte()?;
        if head == 0 {
            return Some(0);
        }
        *id = match head >> 4 {
            0 => {
                let zigzag = self.number()?;
                (zigzag >> 1) as i32 ^ -((zigzag & 1) as i32)
            }
            step => id.checked_add(i32::from(step))?,
        };
        Some(head & 0x0F)
    }

    /// The number of elements of a list and their kind.
    fn list(&mut self) -> Option<(u64, u8)> {
        let head = self.byte()?;
        let number = if head >> 4 == 15 { self.number()? } else { u64::from(head >> 4) };
        Some((number, head & 0x0F))
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            // A Boolean is its own kind.
            1 | 2 => Some(()),
            3 => self.pass(1),
            4..=6 => self.number().map(drop),
            7 => self.pass(8),
            8 => {
                let length = self.number()?;
                self.pass(length)
            }
            9 | 10 => {
                let (number, kind) = self.list()?;
                (0..number).try_for_each(|_| match kind {
                    1 | 2 => self.pass(1),
                    kind => self.skip(kind, depth),
                })
            }
            12 => {
                let mut id = 0;
                loop {
                    match self.field(&mut id)? {
                        0 => return Some(()),
                        kind => self.skip(kind, depth)?,
                    }
                }
            }
            _ => None,
        }
    }
}
