//! What a pickled frame consists of, in a versioned form that reveals damage.

use arrow_buffer::Buffer;
use arrow_ipc::convert::{IpcSchemaEncoder, try_fb_to_schema};
use arrow_ipc::writer::DictionaryTracker;
use arrow_schema::Schema;
use flate2::Crc;
use mydf_core::{Error, Result};

use crate::error::Fault;

const MAGIC: &[u8; 8] = b"mydf-pkl";
/// The number of this form. It changes with any change of what follows the version, and of the
/// order or meaning of the buffers.
const FORMAT: u32 = 1;
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What a pickled frame consists of.
///
/// As bytes: the magic, the number of the form, the sender's version after its length, a checksum
/// of the rest, and then the rows, the schema after its length, and the layout. All numbers are in
/// little-endian order.
#[derive(Debug)]
pub(crate) struct Header {
    pub(super) rows: u64,
    pub(super) schema: Schema,
    /// For each array: its rows, the bytes of its nulls, the number of its buffers, their bytes; then
    /// its children.
    pub(super) layout: Vec<u64>,
}

impl Header {
    pub(super) fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut rest = Vec::new();
        let mut dictionaries = DictionaryTracker::new(false);
        let encoded = IpcSchemaEncoder::new()
            .with_dictionary_tracker(&mut dictionaries)
            .schema_to_fb(&self.schema);
        let schema = encoded.finished_data();
        rest.extend_from_slice(&self.rows.to_le_bytes());
        rest.extend_from_slice(&(schema.len() as u64).to_le_bytes());
        rest.extend_from_slice(schema);
        for number in &self.layout {
            rest.extend_from_slice(&number.to_le_bytes());
        }
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        bytes.push(VERSION.len() as u8);
        bytes.extend_from_slice(VERSION.as_bytes());
        bytes.extend_from_slice(&checksum(&rest)?.to_le_bytes());
        bytes.extend_from_slice(&rest);
        Ok(bytes)
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, Fault> {
        let mut rest = bytes;
        if take(&mut rest, MAGIC.len())? != MAGIC {
            return Err(damaged("its header is none of mydf's"));
        }
        let format = u32::from_le_bytes(fixed(&mut rest)?);
        let [length] = fixed(&mut rest)?;
        let version = String::from_utf8_lossy(take(&mut rest, length.into())?).into_owned();
        if format != FORMAT {
            return Err(Fault::pickle(
                format!(
                    "pickled by mydf {version} in format {format}, mydf {VERSION} reads format {FORMAT}"
                ),
                "install the same version of mydf in both places; to store frames, use Parquet",
            ));
        }
        let sum = u32::from_le_bytes(fixed(&mut rest)?);
        if checksum(rest)? != sum {
            return Err(damaged("its header does not match its checksum"));
        }
        let rows = u64::from_le_bytes(fixed(&mut rest)?);
        let length = usize::try_from(u64::from_le_bytes(fixed(&mut rest)?)).unwrap_or(usize::MAX);
        let schema = take(&mut rest, length)?;
        // Its reader wants aligned memory.
        let schema = Buffer::from(schema);
        let found =
            arrow_ipc::root_as_schema(&schema).map_err(|_| damaged("its schema can't be read"))?;
        let schema = try_fb_to_schema(found).map_err(|error| damaged(&error.to_string()))?;
        let numbers = rest.chunks_exact(8);
        if !numbers.remainder().is_empty() {
            return Err(damaged("its header ends in the middle of a number"));
        }
        let number = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().unwrap_or_default());
        Ok(Header { rows, schema, layout: numbers.map(number).collect() })
    }
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], Fault> {
    let (found, after) =
        rest.split_at_checked(length).ok_or_else(|| damaged("its header is too short"))?;
    *rest = after;
    Ok(found)
}

fn fixed<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], Fault> {
    let mut found = [0; N];
    found.copy_from_slice(take(rest, N)?);
    Ok(found)
}

fn checksum(bytes: &[u8]) -> Result<u32> {
    let mut sum = Crc::new();
    sum.update(bytes);
    // The checksum of more than 4 GiB would be that of a part.
    u32::try_from(bytes.len()).map(|_| sum.sum()).map_err(|_| Error::Value {
        what: "pickle".into(),
        message: format!("a header of {} bytes", bytes.len()),
    })
}

/// The error for bytes that no sender has made.
pub(super) fn damaged(fact: &str) -> Fault {
    Fault::pickle(
        format!("pickled frame: {fact}"),
        "it was damaged on its way, or put together from parts of several frames",
    )
}
