//! Texts that the decoder cuts inside a character.
//!
//! It checks the text of a page as a whole, so with the encodings that store lengths apart from the
//! texts, two rows may share a character: each of them is not UTF-8 then. So the ends of each row are
//! checked here, which costs little, as the whole is known to be valid.

use arrow_array::{Array, StringViewArray};

/// A view holds texts of up to this many bytes itself.
const INLINE: usize = 12;
const HIGH_BITS: u128 = u128::from_ne_bytes([0x80; 16]);

/// The first row that starts or ends inside a character.
pub(super) fn cut_row(texts: &StringViewArray) -> Option<usize> {
    let buffers = texts.data_buffers();
    texts.views().iter().enumerate().position(|(row, view)| {
        let length = *view as u32 as usize;
        if length <= INLINE {
            // Most short texts are ASCII, which is seen at once.
            return view >> 32 & HIGH_BITS >> 32 != 0
                && texts.is_valid(row)
                && std::str::from_utf8(&view.to_le_bytes()[4..4 + length]).is_err();
        }
        let (buffer, start) = ((view >> 64) as u32 as usize, (view >> 96) as u32 as usize);
        texts.is_valid(row) && is_cut(&buffers[buffer][start..start + length])
    })
}

/// Whether a part of a valid text starts or ends inside a character.
fn is_cut(text: &[u8]) -> bool {
    let continues = |byte: &u8| byte & 0xC0 == 0x80;
    let last = text.iter().rposition(|byte| !continues(byte)).unwrap_or(0);
    text.first().is_some_and(continues) || std::str::from_utf8(&text[last..]).is_err()
}

#[cfg(test)]
mod tests {
    use super::is_cut;

    #[test]
    fn every_cut_inside_a_character_is_found() {
        let text = "aé€𝄞b".repeat(3);
        for start in 0..text.len() {
            for end in start + 1..=text.len() {
                let right = !(text.is_char_boundary(start) && text.is_char_boundary(end));
                assert_eq!(is_cut(&text.as_bytes()[start..end]), right, "{start} to {end}");
            }
        }
    }
}
