//! One object: its names, and the JSON of each value.

use std::borrow::Cow;
use std::fmt;

use serde_core::Deserialize;
use serde_core::de::{Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Calls `take` with each name and the JSON of its value, in order.
///
/// # Errors
/// The parser's, or the one that `take` makes of a text.
pub(super) fn read<'t>(
    line: &'t str,
    take: impl FnMut(Cow<'t, str>, &'t str) -> Result<(), String>,
) -> Result<(), serde_json::Error> {
    let mut parser = serde_json::Deserializer::from_str(line);
    parser.deserialize_map(Object(take))?;
    parser.end()
}

struct Object<F>(F);

impl<'t, F: FnMut(Cow<'t, str>, &'t str) -> Result<(), String>> Visitor<'t> for Object<F> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'t>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(Name(name)) = map.next_key()? {
            let value: &RawValue = map.next_value()?;
            (self.0)(name, value.get()).map_err(A::Error::custom)?;
        }
        Ok(())
    }
}

/// A name without a copy, if it has no escapes.
struct Name<'t>(Cow<'t, str>);

impl<'t> Deserialize<'t> for Name<'t> {
    fn deserialize<D: Deserializer<'t>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Text).map(Name)
    }
}

struct Text;

impl<'t> Visitor<'t> for Text {
    type Value = Cow<'t, str>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a text")
    }

    fn visit_borrowed_str<E>(self, text: &'t str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// The text that JSON in quotes stands for; `None` for an escape of half a character.
pub(super) fn unescaped(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
        return Some(Cow::Borrowed(inner));
    }
    let mut parser = serde_json::Deserializer::from_str(json);
    parser.deserialize_str(Text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(line: &str) -> Result<Vec<(String, String)>, String> {
        let mut found = Vec::new();
        read(line, |name, value| {
            found.push((name.into_owned(), value.to_owned()));
            Ok(())
        })
        .map_err(|error| error.to_string())?;
        Ok(found)
    }

    #[test]
    fn names_and_values_of_an_object() {
        let line = r#" {"a": 1, "\u00e4\n": "x\"y", "": {"b": [1, 2]}, "a": null} "#;
        let found = pairs(line).unwrap();
        let names: Vec<_> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["a", "ä\n", "", "a"]);
        let values: Vec<_> = found.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, ["1", r#""x\"y""#, r#"{"b": [1, 2]}"#, "null"]);
        for wrong in ["[1]", "1", "{", "{\"a\" 1}", "{} x", "{\"a\": NaN}", "{\"a\": 01}", "{a: 1}"]
        {
            assert!(pairs(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn texts_lose_their_escapes() {
        assert_eq!(unescaped(r#""plain""#).as_deref(), Some("plain"));
        assert_eq!(unescaped(r#""\ud834\udd1e\/""#).as_deref(), Some("𝄞/"));
        assert_eq!(unescaped(r#""\ud834""#), None);
    }
}
