//! Parses the text of a field into a value, and classifies what kinds of value a text may be.
//!
//! Each parser accepts exactly what the classifier calls its kind; change both together
//! (`tests::a_text_is_parsed_as_it_is_classified` compares them).

use std::sync::Arc;

use lexical_core::FromLexical;
use mydf_core::DType;
use mydf_core::temporal::{self, DAY, SECOND};

use super::numbers::Numbers;

/// The text without the blanks around it. Numbers, Booleans and times are often padded.
pub(crate) fn trim(text: &[u8]) -> &[u8] {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = text.iter().position(|b| !blank(b)).unwrap_or(text.len());
    let end = text.iter().rposition(|b| !blank(b)).map_or(start, |last| last + 1);
    &text[start..end]
}

fn split_sign(text: &[u8]) -> (bool, &[u8]) {
    match text {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, text),
    }
}

/// An integer without a sign or with a minus sign.
#[inline]
pub(crate) fn int64(text: &[u8]) -> Option<i64> {
    let (negative, digits) = split_sign(text);
    if digits.is_empty() {
        return None;
    }
    if digits.len() <= 18 {
        let mut value = 0_i64;
        for byte in digits {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                return None;
            }
            value = value * 10 + i64::from(digit);
        }
        return Some(if negative { -value } else { value });
    }
    // The smallest i64 has no positive counterpart, so the sign is applied in i128.
    let value = i128::from(magnitude(digits)?);
    i64::try_from(if negative { -value } else { value }).ok()
}

/// An integer without a sign.
pub(crate) fn uint64(text: &[u8]) -> Option<u64> {
    if text.is_empty() { None } else { magnitude(text) }
}

fn magnitude(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |value, byte| {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 { None } else { value.checked_mul(10)?.checked_add(u64::from(digit)) }
    })
}

/// A float as the classifier accepts it: no integer that would lose digits, and no telephone number
/// (`+` and digits), which would lose its sign.
#[inline]
pub(crate) fn float64(text: &[u8]) -> Option<f64> {
    let value: f64 = float(text)?;
    let telephone = text[0] == b'+' && text[1..].iter().all(u8::is_ascii_digit);
    if telephone || text.len() > 15 && loses_digits(text, value) { None } else { Some(value) }
}

/// A float. An integer with more digits than a float can represent is rounded. A number that would
/// become infinite or zero is rejected.
#[inline]
pub(crate) fn float<F: FromLexical + From<f32> + PartialEq>(text: &[u8]) -> Option<F> {
    let unsigned = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    if unsigned.first()?.is_ascii_alphabetic() {
        return named_float(text[0] == b'-', unsigned).map(F::from);
    }
    let value: F = lexical_core::parse(text).ok()?;
    let infinite = value == F::from(f32::INFINITY) || value == F::from(f32::NEG_INFINITY);
    let vanished = value == F::from(0.0) && has_digit_but_zero(unsigned);
    if infinite || vanished { None } else { Some(value) }
}

/// The names that C, Java, JavaScript, numpy and pandas write, in any case.
fn named_float(negative: bool, name: &[u8]) -> Option<f32> {
    if name.eq_ignore_ascii_case(b"nan") {
        return Some(f32::NAN);
    }
    let infinite = name.eq_ignore_ascii_case(b"inf") || name.eq_ignore_ascii_case(b"infinity");
    infinite.then_some(if negative { f32::NEG_INFINITY } else { f32::INFINITY })
}

fn has_digit_but_zero(text: &[u8]) -> bool {
    text.iter().take_while(|byte| !matches!(byte, b'e' | b'E')).any(|b| matches!(b, b'1'..=b'9'))
}

/// Returns whether the text is an integer whose digits the nearest float does not preserve. Digits
/// after a decimal point may get lost: a float is known to be an approximation there.
fn loses_digits(text: &[u8], value: f64) -> bool {
    let digits = split_sign(text).1;
    if !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let significant = digits.iter().position(|b| *b != b'0').unwrap_or(digits.len());
    if significant == digits.len() {
        return false;
    }
    // Display writes the fewest digits that identify this float, padded with zeros.
    value.abs().to_string().as_bytes() != &digits[significant..]
}

/// `true`, `True`, `TRUE` and the like.
pub(crate) fn boolean(text: &[u8]) -> Option<bool> {
    match text {
        b"true" | b"True" | b"TRUE" => Some(true),
        b"false" | b"False" | b"FALSE" => Some(false),
        _ => None,
    }
}

fn digits(text: &[u8]) -> Option<u32> {
    text.iter().try_fold(0_u32, |value, byte| {
        let digit = byte.wrapping_sub(b'0');
        (digit <= 9).then(|| value * 10 + u32::from(digit))
    })
}

/// `YYYY-MM-DD` to days since 1970-01-01.
pub(crate) fn date(text: &[u8]) -> Option<i32> {
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1] = *text else { return None };
    let (year, month) = (digits(&[y0, y1, y2, y3])?, digits(&[m0, m1])?);
    let days = temporal::days(year.into(), month.into(), digits(&[d0, d1])?.into())?;
    i32::try_from(days).ok()
}

/// A date in a year before 0 or after 9999, with the sign that ISO 8601 gives such years.
pub(crate) fn far_date(text: &[u8]) -> Option<i32> {
    let (year, rest) = text.split_at_checked(text.len().checked_sub(6)?)?;
    let [b'-', m0, m1, b'-', d0, d1] = *rest else { return None };
    let [sign @ (b'+' | b'-'), year_digits @ ..] = year else { return None };
    if !(4..=7).contains(&year_digits.len()) {
        return None;
    }
    let magnitude = i64::from(digits(year_digits)?);
    let year = if *sign == b'-' { -magnitude } else { magnitude };
    if (0..=9999).contains(&year) {
        return None;
    }
    let days = temporal::days(year, digits(&[m0, m1])?.into(), digits(&[d0, d1])?.into())?;
    i32::try_from(days).ok()
}

/// A point in time, and whether its text has an offset from UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Microseconds since 1970-01-01T00:00:00, in UTC if `zoned`.
    pub(crate) micros: i64,
    /// The text ends in `Z` or an offset, which is already subtracted.
    pub(crate) zoned: bool,
}

/// ISO 8601: date, `T` or blank, hours and minutes, optionally seconds with a fraction, optionally
/// `Z` or an offset. A fraction finer than microseconds is rejected: it would lose digits.
pub(crate) fn moment(text: &[u8]) -> Option<Moment> {
    let (day, rest) = text.split_at_checked(10)?;
    moment_of(date(day)?, rest)
}

/// The same in a year before 0 or after 9999.
pub(crate) fn far_moment(text: &[u8]) -> Option<Moment> {
    let end = text.iter().position(|byte| matches!(byte, b'T' | b't' | b' '))?;
    let (day, rest) = text.split_at(end);
    moment_of(far_date(day)?, rest)
}

fn moment_of(days: i32, rest: &[u8]) -> Option<Moment> {
    let [b'T' | b't' | b' ', rest @ ..] = rest else { return None };
    let [h0, h1, b':', m0, m1, rest @ ..] = rest else { return None };
    let (hours, minutes) = (digits(&[*h0, *h1])?, digits(&[*m0, *m1])?);
    let (seconds, micros, rest) = match rest {
        [b':', s0, s1, rest @ ..] => {
            let (micros, rest) = fraction(rest)?;
            (digits(&[*s0, *s1])?, micros, rest)
        }
        _ => (0, 0, rest),
    };
    if hours > 23 || minutes > 59 || seconds > 59 {
        return None;
    }
    let (offset, zoned) = offset(rest)?;
    let clock = i64::from(hours * 3600 + minutes * 60 + seconds) - offset * 60;
    // The first and the last day that i64 can represent are not whole.
    let micros = i128::from(days) * i128::from(DAY)
        + i128::from(clock) * i128::from(SECOND)
        + i128::from(micros);
    Some(Moment { micros: i64::try_from(micros).ok()?, zoned })
}

fn fraction(text: &[u8]) -> Option<(u32, &[u8])> {
    let [b'.', rest @ ..] = text else { return Some((0, text)) };
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (places, rest) = rest.split_at(length);
    let (kept, finer) = places.split_at(length.min(6));
    if length == 0 || finer.iter().any(|byte| *byte != b'0') {
        return None;
    }
    Some((digits(kept)? * 10_u32.pow(6 - kept.len() as u32), rest))
}

/// The text after the time of day: minutes to subtract, and whether there is an offset at all.
/// `None` for any other text.
fn offset(text: &[u8]) -> Option<(i64, bool)> {
    let (sign, hours, minutes) = match text {
        [] => return Some((0, false)),
        b"Z" | b"z" => return Some((0, true)),
        [sign, h0, h1] => (sign, [*h0, *h1], [b'0', b'0']),
        [sign, h0, h1, m0, m1] | [sign, h0, h1, b':', m0, m1] => (sign, [*h0, *h1], [*m0, *m1]),
        _ => return None,
    };
    let (hours, minutes) = (digits(&hours)?, digits(&minutes)?);
    let minutes = (hours <= 23 && minutes <= 59).then(|| i64::from(hours * 60 + minutes))?;
    match sign {
        b'+' => Some((minutes, true)),
        b'-' => Some((-minutes, true)),
        _ => None,
    }
}

/// The kinds of value found so far in a column; their order does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kinds(u16);

impl Kinds {
    /// An integer that fits i64.
    const INT: Kinds = Kinds(1);
    /// An integer with a minus sign.
    const NEGATIVE: Kinds = Kinds(1 << 1);
    /// An integer that fits u64 but not i64.
    const UINT: Kinds = Kinds(1 << 2);
    /// A larger integer.
    const HUGE: Kinds = Kinds(1 << 3);
    /// An integer with more digits than a float can represent.
    const EXACT: Kinds = Kinds(1 << 4);
    const FLOAT: Kinds = Kinds(1 << 5);
    const BOOL: Kinds = Kinds(1 << 6);
    const DATE: Kinds = Kinds(1 << 7);
    const LOCAL: Kinds = Kinds(1 << 8);
    const ZONED: Kinds = Kinds(1 << 9);
    /// Anything else.
    const TEXT: Kinds = Kinds(1 << 10);
    /// A text in quotes that means null, except in a column of texts.
    pub(crate) const QUOTED_NULL: Kinds = Kinds(1 << 11);

    const NUMBERS: Kinds = Kinds(0b11_1111);
    const TIMES: Kinds = Kinds(0b111 << 7);

    /// The kinds of both.
    pub(crate) fn union(self, other: Kinds) -> Kinds {
        Kinds(self.0 | other.0)
    }

    fn has(self, other: Kinds) -> bool {
        self.0 & other.0 != 0
    }

    /// What a text that is not null may be.
    pub(crate) fn of(text: &[u8]) -> Kinds {
        let text = trim(text);
        match text.first() {
            Some(b'0'..=b'9' | b'-' | b'+' | b'.') => Kinds::of_number_or_time(text),
            Some(b't' | b'T' | b'f' | b'F') if boolean(text).is_some() => Kinds::BOOL,
            Some(b'i' | b'I' | b'n' | b'N') if named_float(false, text).is_some() => Kinds::FLOAT,
            _ => Kinds::TEXT,
        }
    }

    /// The same in a file whose numbers have other marks.
    pub(crate) fn with(text: &[u8], numbers: &Numbers) -> Kinds {
        if numbers.are_plain() {
            return Kinds::of(text);
        }
        let text = trim(text);
        let kinds = Kinds::of(text);
        if kinds.has(Kinds::TIMES) {
            return kinds;
        }
        numbers.plain(text).map_or(Kinds::TEXT, |plain| match Kinds::of(&plain) {
            // The marks of a time are not those of a number.
            kinds if kinds.has(Kinds::TIMES) => Kinds::TEXT,
            kinds => kinds,
        })
    }

    fn of_number_or_time(text: &[u8]) -> Kinds {
        let (negative, digits) = split_sign(text);
        if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) {
            return Kinds::of_integer(text, negative);
        }
        if text.get(4) == Some(&b'-') {
            if date(text).is_some() {
                return Kinds::DATE;
            }
            if let Some(moment) = moment(text) {
                return if moment.zoned { Kinds::ZONED } else { Kinds::LOCAL };
            }
        }
        if float64(text).is_some() { Kinds::FLOAT } else { Kinds::TEXT }
    }

    fn of_integer(text: &[u8], negative: bool) -> Kinds {
        let mut kinds = if int64(text).is_some() {
            Kinds::INT
        } else if uint64(text).is_some() {
            Kinds::UINT
        } else {
            Kinds::HUGE
        };
        if negative {
            kinds = kinds.union(Kinds::NEGATIVE);
        }
        if float64(text).is_none() {
            kinds = kinds.union(Kinds::EXACT);
        }
        kinds
    }

    /// The narrowest dtype that represents every value without loss.
    pub(crate) fn dtype(self) -> DType {
        if self == Kinds::default() {
            return DType::Null;
        }
        let families = [Kinds::NUMBERS, Kinds::BOOL, Kinds::TIMES, Kinds::TEXT];
        if self == Kinds::QUOTED_NULL
            || self.has(Kinds::TEXT)
            || families.iter().filter(|f| self.has(**f)).count() > 1
        {
            return DType::String;
        }
        if self.has(Kinds::BOOL) {
            return DType::Bool;
        }
        if self.has(Kinds::TIMES) { self.time_dtype() } else { self.number_dtype() }
    }

    fn time_dtype(self) -> DType {
        match (self.has(Kinds::ZONED), self.has(Kinds::LOCAL), self.has(Kinds::DATE)) {
            (true, false, false) => DType::Datetime(Some(Arc::from("UTC"))),
            (false, true, _) => DType::Datetime(None),
            (false, false, _) => DType::Date,
            _ => DType::String,
        }
    }

    fn number_dtype(self) -> DType {
        if self.has(Kinds::FLOAT) {
            return if self.has(Kinds::EXACT) { DType::String } else { DType::Float64 };
        }
        match (self.has(Kinds::HUGE), self.has(Kinds::UINT), self.has(Kinds::NEGATIVE)) {
            (false, false, _) => DType::Int64,
            (false, true, false) => DType::UInt64,
            _ => DType::String,
        }
    }

    /// Returns whether the parser of the current dtype notices every value that would change the
    /// dtype. Integers too large for 64 bits are text until a float follows.
    pub(crate) fn settled(self) -> bool {
        self.dtype() != DType::String || self.union(Kinds::FLOAT).dtype() == DType::String
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn utc() -> DType {
        DType::Datetime(Some(Arc::from("UTC")))
    }

    fn infer(texts: &[&str]) -> DType {
        texts
            .iter()
            .fold(Kinds::default(), |kinds, text| kinds.union(Kinds::of(text.as_bytes())))
            .dtype()
    }

    #[test]
    fn dtypes_of_columns() {
        let cases: &[(&[&str], DType)] = &[
            (&[], DType::Null),
            (&["1", "-7", "007", " 3 "], DType::Int64),
            (&["9223372036854775807", "-9223372036854775808"], DType::Int64),
            (&["9223372036854775808", "1"], DType::UInt64),
            (&["9223372036854775808", "-1"], DType::String),
            (&["18446744073709551616"], DType::String),
            (&["100000000000000000000", "1.5"], DType::Float64),
            (&["9007199254740993", "1.5"], DType::String),
            (&["9007199254740993", "1"], DType::Int64),
            (&["1", "1.5", "-2e3", ".5", "+4.", "inf", "-inf", "NaN"], DType::Float64),
            (&["+49170"], DType::String),
            (&["+1.5", "+1e3"], DType::Float64),
            (&["00000000000000000000", "1.5"], DType::Float64),
            (&["1e999"], DType::String),
            (&["1e-999"], DType::String),
            (&["0e-999"], DType::Float64),
            (&["true", "False", "TRUE"], DType::Bool),
            (&["true", "1"], DType::String),
            (&["2024-02-29", "0000-01-01"], DType::Date),
            (&["2023-02-29"], DType::String),
            (&["2024-02-29", "2024-02-29 12:30"], DType::Datetime(None)),
            (&["2024-02-29T12:30:01.5Z", "2024-02-29 12:30:00+02:00"], utc()),
            (&["2024-02-29T12:30:01Z", "2024-02-29 12:30:01"], DType::String),
            (&["2024-02-29T12:30:01.123456789"], DType::String),
            (&["2024-02-29T12:30:01.123456000"], DType::Datetime(None)),
            (&["2024-02-29T24:00:00"], DType::String),
            (&["2024-02-29", "5"], DType::String),
            (&["-", "1"], DType::String),
            (&["", "1"], DType::String),
            (&["nan"], DType::Float64),
            (&["1.5", "-nan", "+NaN", "Inf", "-INF", "Infinity", "-infinity"], DType::Float64),
            (&["1", "nan"], DType::Float64),
            (&["9007199254740993", "nan"], DType::String),
            (&["nan", "x"], DType::String),
            (&["nano", "infinit", "1.#INF", "-n"], DType::String),
            (&["+12345-06-07"], DType::String),
            (&["0x10"], DType::String),
            (&["1_000"], DType::String),
        ];
        for (texts, expected) in cases {
            assert_eq!(infer(texts), *expected, "{texts:?}");
        }
    }

    #[test]
    fn moments() {
        let micros = |text: &str| moment(text.as_bytes()).map(|m| (m.micros, m.zoned));
        assert_eq!(micros("1970-01-01T00:00:00"), Some((0, false)));
        assert_eq!(micros("1970-01-01 00:00:01.25Z"), Some((1_250_000, true)));
        assert_eq!(micros("1970-01-01T02:00:00+02:00"), Some((0, true)));
        assert_eq!(micros("1970-01-01T00:00:00-0130"), Some((5_400_000_000, true)));
        assert_eq!(micros("1970-01-01T00:00:00."), None);
        assert_eq!(micros("1970-01-01T00:00:00+2"), None);
        assert_eq!(date(b"1970-01-01"), Some(0));
        assert_eq!(date(b"2000-03-01"), Some(11_017));
        assert_eq!(date(b"0000-01-01"), Some(-719_528));
        assert_eq!(date(b"9999-12-31"), Some(2_932_896));
    }

    fn texts() -> impl Strategy<Value = String> {
        prop_oneof![
            "[-+]?[0-9]{0,22}",
            "[-+]?[0-9]{0,20}[.][0-9]{0,20}([eE][-+]?[0-9]{1,3})?",
            "(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]([T ][0-2][0-9]:[0-5][0-9](:[0-6][0-9]([.][0-9]{1,7})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?",
            "[ \t]?(true|FALSE|inf|-inf|NaN|nan|Infinity)[ ]?",
            ".{0,6}",
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn a_text_is_parsed_as_it_is_classified(text in texts()) {
            let bytes = trim(text.as_bytes());
            let kinds = Kinds::of(text.as_bytes());
            prop_assert_eq!(kinds.has(Kinds::INT), int64(bytes).is_some());
            prop_assert_eq!(kinds.dtype() == DType::Bool, boolean(bytes).is_some());
            prop_assert_eq!(kinds.dtype() == DType::Date, date(bytes).is_some());
            let time = moment(bytes);
            prop_assert_eq!(kinds.has(Kinds::LOCAL), time.is_some_and(|m| !m.zoned));
            prop_assert_eq!(kinds.has(Kinds::ZONED), time.is_some_and(|m| m.zoned));
            let number = kinds.has(Kinds::NUMBERS) && !kinds.has(Kinds::EXACT);
            prop_assert_eq!(number, float64(bytes).is_some());
        }

        #[test]
        fn singles_are_the_standard_library_s(text in "-?[0-9]{1,12}([.][0-9]{1,25})?(e-?[0-9])?") {
            let parsed: Option<f32> = float(text.as_bytes());
            let expected = text.parse::<f32>().ok();
            prop_assert_eq!(parsed.map(f32::to_bits), expected.map(f32::to_bits));
        }

        #[test]
        fn integers_are_the_standard_library_s(text in "-?[0-9]{1,21}") {
            prop_assert_eq!(int64(text.as_bytes()), text.parse::<i64>().ok());
        }

        #[test]
        fn floats_are_the_standard_library_s(value in any::<f64>()) {
            let text = value.to_string();
            let parsed: Option<f64> = float(text.as_bytes());
            prop_assert_eq!(parsed.map(f64::to_bits), text.parse::<f64>().ok().map(f64::to_bits));
        }
    }
}
