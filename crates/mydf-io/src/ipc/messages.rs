//! The messages of a file or stream: where each is, before any of them is decoded.

use std::path::Path;
use std::sync::Arc;

use arrow_buffer::Buffer;
use arrow_ipc::{Block, MessageHeader, MetadataVersion};
use arrow_ipc::{convert::try_fb_to_schema, reader::read_footer_length};
use arrow_schema::{ArrowError, SchemaRef};
use flatbuffers::VerifierOptions;
use mydf_core::{Error, Result};

use super::{Layout, damaged, fact};
use crate::guard;

const MAGIC: &[u8] = b"ARROW1";
const CONTINUATION: [u8; 4] = [0xff; 4];
/// The magic number and its padding at the start; length of the footer and magic number at the end.
const HEAD: usize = 8;
const TAIL: usize = 10;

/// What a message holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Dictionary,
    /// So many rows.
    Rows(u64),
}

/// A message, its body and where both are.
pub(super) struct Part {
    pub(super) kind: Kind,
    pub(super) block: Block,
    at: usize,
    length: usize,
}

/// The schema of a file or stream, and its parts in the order in which they are needed.
pub(super) struct Messages {
    pub(super) schema: SchemaRef,
    pub(super) version: MetadataVersion,
    pub(super) parts: Vec<Part>,
}

impl Part {
    /// The bytes of the message and its body, without a copy.
    pub(super) fn bytes(&self, all: &Buffer) -> Buffer {
        all.slice_with_length(self.at, self.length)
    }
}

/// Finds the messages of a layout.
pub(super) fn find(path: &Path, bytes: &[u8], layout: Layout) -> Result<Messages> {
    check_layout(path, bytes, layout)?;
    let found = guard::caught(|| match layout {
        Layout::File => of_file(bytes),
        Layout::Stream => of_stream(bytes),
    });
    match found {
        Some(Ok(messages)) => Ok(messages),
        Some(Err(error)) => Err(damaged(path, None, fact(&error))),
        None => Err(damaged(path, None, "damaged metadata")),
    }
}

/// Names what is not the layout that was asked for.
fn check_layout(path: &Path, bytes: &[u8], layout: Layout) -> Result<()> {
    let is_file = bytes.starts_with(MAGIC);
    let is_stream = bytes.starts_with(&CONTINUATION) || old_stream(bytes);
    let (message, hint) = match (bytes, layout) {
        ([], _) => ("no data", "write it again: the file is empty"),
        (_, Layout::File) if is_file && bytes.len() >= HEAD + TAIL && bytes.ends_with(MAGIC) => {
            return Ok(());
        }
        (_, Layout::File) if is_file => (
            "cut off: it starts as an Arrow file but has no footer",
            "copy it again, or close the writer that makes it",
        ),
        (_, Layout::Stream) if is_stream => return Ok(()),
        (_, Layout::Stream) if is_file => {
            ("an Arrow file, not a stream", "use `mydf.read_ipc(path)`")
        }
        (_, Layout::File) if is_stream => {
            ("an Arrow stream, not a file", "use `mydf.read_ipc_stream(path)`")
        }
        _ => ("not Arrow IPC", other_reader(bytes)),
    };
    Err(Error::Ipc { path: path.to_owned(), column: None, message: message.to_owned(), hint })
}

/// Streams of old writers begin with the length of the schema, and no text has such bytes.
fn old_stream(bytes: &[u8]) -> bool {
    matches!(bytes, [_, _, 0, 0, 0x10 | 0x0c | 0x14 | 0x18, 0, 0, 0, ..])
}

/// What reads a file that starts with these bytes.
fn other_reader(start: &[u8]) -> &'static str {
    match start {
        [b'P', b'A', b'R', b'1', ..] => "use `mydf.read_parquet(path)`",
        [b'F', b'E', b'A', b'1', ..] => {
            "it is Feather's first version: `mydf.DataFrame(pyarrow.feather.read_table(path))`"
        }
        [0x1f, 0x8b, ..] => "it is compressed: pass the file opened by `gzip.open(path)`",
        [b'P', b'K', 3, 4, ..] => "it is a zip archive: pass `zipfile.ZipFile(path).open(name)`",
        [b'{', ..] => "for JSON lines: `mydf.read_ndjson(path)`",
        text if text.iter().take(64).all(u8::is_ascii) => "for CSV: `mydf.read_csv(path)`",
        _ => "check what wrote the file",
    }
}

fn error(message: impl Into<String>) -> ArrowError {
    ArrowError::IpcError(message.into())
}

fn of_file(bytes: &[u8]) -> Result<Messages, ArrowError> {
    let end = bytes.len() - TAIL;
    let tail: [u8; TAIL] = bytes[end..].try_into().map_err(|_| error("no footer"))?;
    let start = end
        .checked_sub(read_footer_length(tail)?)
        .filter(|start| *start >= HEAD)
        .ok_or_else(|| error("the footer would be longer than the file"))?;
    let footer = arrow_ipc::root_as_footer_with_opts(&options(end - start), &bytes[start..end])
        .map_err(|source| error(format!("footer: {source}")))?;
    let schema = footer.schema().ok_or_else(|| error("a footer without a schema"))?;
    if !schema.endianness().equals_to_target_endianness() {
        return Err(error("bytes in the order of big-endian machines"));
    }
    let dictionaries = footer.dictionaries().into_iter().flatten();
    let batches =
        footer.recordBatches().ok_or_else(|| error("a footer without record batches"))?.iter();
    let parts = dictionaries.chain(batches).map(|block| part_of(bytes, start, *block));
    Ok(Messages {
        schema: Arc::new(try_fb_to_schema(schema)?),
        version: footer.version(),
        parts: parts.collect::<Result<_, _>>()?,
    })
}

/// Limits that no whole file reaches: a table takes four bytes or more.
fn options(length: usize) -> VerifierOptions {
    VerifierOptions { max_tables: (length / 4).max(1_000), ..VerifierOptions::default() }
}

fn part_of(bytes: &[u8], end: usize, block: Block) -> Result<Part, ArrowError> {
    let at = usize::try_from(block.offset()).ok();
    let metadata = usize::try_from(block.metaDataLength()).ok().filter(|length| *length >= 8);
    let body = usize::try_from(block.bodyLength()).ok();
    let (Some(at), Some(metadata), Some(body)) = (at, metadata, body) else {
        return Err(error("a block with a negative place or length"));
    };
    let length = metadata.checked_add(body);
    let Some(length) = length.filter(|length| at.checked_add(*length).is_some_and(|e| e <= end))
    else {
        return Err(error(format!("a block at byte {at} ends after the file")));
    };
    let message = message(&bytes[at..at + metadata])?;
    if usize::try_from(message.bodyLength()).ok() != Some(body) {
        return Err(error(format!("the body at byte {at} has another length in the footer")));
    }
    let kind = kind(&message)?.ok_or_else(|| error(format!("no rows at byte {at}")))?;
    check_sizes(&message, &bytes[at + metadata..at + length])?;
    Ok(Part { kind, block, at, length })
}

/// The message after its length, which a mark may come before.
fn message(bytes: &[u8]) -> Result<arrow_ipc::Message<'_>, ArrowError> {
    let prefix = if bytes.starts_with(&CONTINUATION) { 8 } else { 4 };
    let content = bytes.get(prefix..).unwrap_or_default();
    arrow_ipc::root_as_message(content).map_err(|source| error(format!("message: {source}")))
}

fn kind(message: &arrow_ipc::Message<'_>) -> Result<Option<Kind>, ArrowError> {
    Ok(match message.header_type() {
        MessageHeader::DictionaryBatch => Some(Kind::Dictionary),
        MessageHeader::RecordBatch => {
            let batch = message.header_as_record_batch().ok_or_else(|| error("no record batch"))?;
            let rows = u64::try_from(batch.length())
                .map_err(|_| error(format!("a record batch of {} rows", batch.length())))?;
            Some(Kind::Rows(rows))
        }
        MessageHeader::NONE => None,
        MessageHeader::Schema => return Err(error("a second schema")),
        other => {
            let name = other.variant_name().unwrap_or("unknown");
            return Err(error(format!("a message of the kind `{name}`")));
        }
    })
}

/// Compressed buffers begin with their length, for which the library allocates memory.
fn check_sizes(message: &arrow_ipc::Message<'_>, body: &[u8]) -> Result<(), ArrowError> {
    let batch = message
        .header_as_record_batch()
        .or_else(|| message.header_as_dictionary_batch().and_then(|dictionary| dictionary.data()));
    let Some(batch) = batch.filter(|batch| batch.compression().is_some()) else { return Ok(()) };
    let mut total = 0_u64;
    for buffer in batch.buffers().into_iter().flatten() {
        let start = usize::try_from(buffer.offset()).ok();
        let length = start.and_then(|start| body.get(start..)?.first_chunk::<8>());
        if buffer.length() >= 8
            && let Some(length) = length
        {
            // -1 says that the buffer is not compressed.
            let length = u64::try_from(i64::from_le_bytes(*length)).unwrap_or(0);
            total = total.saturating_add(length);
        }
    }
    mydf_core::memory::check("read", total)
        .map_err(|source| ArrowError::MemoryError(source.to_string()))
}

fn of_stream(bytes: &[u8]) -> Result<Messages, ArrowError> {
    let mut at = 0;
    let mut first = None;
    let mut parts = Vec::new();
    while let Some(prefix) = prefix(bytes, at)? {
        let (prefix, length) = prefix;
        let metadata = prefix + length;
        let cut_off = || error(format!("the message at byte {at} ends after the stream"));
        let head = bytes.get(at..at + metadata).ok_or_else(cut_off)?;
        let message = message(head)?;
        let body = usize::try_from(message.bodyLength())
            .map_err(|_| error(format!("a body of {} bytes", message.bodyLength())))?;
        let length = metadata.checked_add(body).filter(|length| bytes.len() - at >= *length);
        let length = length.ok_or_else(cut_off)?;
        if first.is_none() {
            let schema = message.header_as_schema().ok_or_else(|| error("no schema first"))?;
            if !schema.endianness().equals_to_target_endianness() {
                return Err(error("bytes in the order of big-endian machines"));
            }
            first = Some((Arc::new(try_fb_to_schema(schema)?), message.version()));
        } else if let Some(kind) = kind(&message)? {
            check_sizes(&message, &bytes[at + metadata..at + length])?;
            let metadata = i32::try_from(metadata).map_err(|_| error("a message of 2 GiB"))?;
            let block = Block::new(at as i64, metadata, body as i64);
            parts.push(Part { kind, block, at, length });
        }
        at += length;
    }
    let (schema, version) = first.ok_or_else(|| error("no schema"))?;
    Ok(Messages { schema, version, parts })
}

/// The length of a message's prefix and of the message; `None` at the end of the stream.
fn prefix(bytes: &[u8], at: usize) -> Result<Option<(usize, usize)>, ArrowError> {
    let rest = &bytes[at..];
    if rest.is_empty() {
        return Ok(None);
    }
    let word = |start: usize| rest.get(start..)?.first_chunk::<4>().copied();
    let (prefix, length) = match word(0) {
        Some(CONTINUATION) => (8, word(4)),
        other => (4, other),
    };
    let length = length.map(u32::from_le_bytes);
    let length = length.ok_or_else(|| error(format!("the stream is cut off at byte {at}")))?;
    if length == 0 {
        let after = rest.len() - prefix;
        return if after == 0 {
            Ok(None)
        } else {
            Err(error(format!("{after} bytes after the end of the stream")))
        };
    }
    Ok(Some((prefix, length as usize)))
}
