//! JSON that means one thing to every reader: UTF-8, each key once, nested no deeper than 128, no half characters.
//!
//! `serde_json` alone keeps the last of two equal keys wherever it reads into a map, and does not look into a
//! body that it only passes on. So the whole text is walked once before anything is made of it.

use std::collections::HashSet;
use std::fmt;

use jinqiao_events::decide::Refusal;
use jinqiao_events::decide::texts::pointer_step;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Keys by which `serde_json` marks values of its own; in a text from outside they are an attack.
const PRIVATE_PREFIX: &str = "$serde_json::private::";

/// The text, if it is one well-formed JSON value. A byte order mark ahead of it is passed over. Linear.
///
/// # Errors
/// `bad_json` with line and column, or `duplicate_key` with the key.
pub fn check(bytes: &[u8]) -> Result<&str, Refusal> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to()))?;
    let mut duplicate = None;
    let mut reader = serde_json::Deserializer::from_str(text);
    match (Once { duplicate: &mut duplicate }).deserialize(&mut reader).and_then(|()| reader.end()) {
        Ok(()) => Ok(text),
        Err(error) => Err(duplicate.map_or_else(|| unreadable(&error), |key| twice(&key, &error))),
    }
}

/// The refusal of text that is no JSON.
#[must_use]
pub fn unreadable(error: &serde_json::Error) -> Refusal {
    let (line, column) = (error.line(), error.column());
    Refusal::invalid(
        "bad_json",
        "",
        format!("不是完整的 JSON：第 {line} 行第 {column} 列附近，{error}"),
        format!("not well-formed JSON near line {line}, column {column}: {error}"),
    )
}

/// The JSON pointer of a path (RFC 6901).
#[must_use]
pub fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => pointer.push_str(&format!("/{}", pointer_step(key))),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

fn not_utf8(bytes: &[u8], valid_up_to: usize) -> Refusal {
    let before = bytes.get(..valid_up_to).unwrap_or_default();
    let line = before.split(|byte| *byte == b'\n').count();
    let column = before.rsplit(|byte| *byte == b'\n').next().map_or(0, <[u8]>::len) + 1;
    Refusal::invalid(
        "bad_json",
        "",
        format!("第 {line} 行第 {column} 字节处不是 UTF-8 编码；请以 UTF-8 保存后重试"),
        format!("not UTF-8 at line {line}, byte {column}: save it as UTF-8"),
    )
}

fn twice(key: &str, error: &serde_json::Error) -> Refusal {
    let key: String = key.chars().take(40).collect();
    let (line, column) = (error.line(), error.column());
    Refusal::invalid(
        "duplicate_key",
        "",
        format!("键「{key}」在同一对象里出现了两次（第 {line} 行第 {column} 列附近）；请只保留一个"),
        format!("key {key:?} stands twice in one object near line {line}, column {column}: keep one"),
    )
}

/// Walks a value and finds the first key that stands twice in its object.
struct Once<'a> {
    duplicate: &'a mut Option<String>,
}

impl<'de> DeserializeSeed<'de> for Once<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Once<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }
    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(Once { duplicate: &mut *self.duplicate })?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let mut keys = HashSet::new();
        while let Some(key) = entries.next_key::<String>()? {
            if key.starts_with(PRIVATE_PREFIX) {
                return Err(A::Error::custom("a reserved key"));
            }
            if keys.contains(&key) {
                *self.duplicate = Some(key);
                return Err(A::Error::custom("a key that stands twice"));
            }
            keys.insert(key);
            entries.next_value_seed(Once { duplicate: &mut *self.duplicate })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(text: impl AsRef<[u8]>) -> &'static str {
        check(text.as_ref()).map_or_else(|refusal| refusal.code, |_| "ok")
    }

    #[test]
    fn what_means_one_thing_passes() {
        for text in ["null", " {\"a\": [1, -2, 3.5e3, true, null, \"\\ud83d\\ude00\"], \"b\": {\"a\": 1}}\n"]
        {
            assert_eq!(code(text), "ok", "{text}");
        }
        assert_eq!(check(b"\xEF\xBB\xBF{}").unwrap(), "{}");
    }

    #[test]
    fn what_does_not_is_refused() {
        let cases: [(&[u8], &str); 10] = [
            (b"", "bad_json"),
            (b"{\"a\": 1", "bad_json"),
            (b"{} {}", "bad_json"),
            (b"{\"a\": 1, \"b\": {\"c\": 1, \"c\": 1}}", "duplicate_key"),
            (b"{\"a\": 1, \"\\u0061\": 2}", "duplicate_key"),
            (b"[\"\\ud800\"]", "bad_json"),
            (b"[\"\xFF\"]", "bad_json"),
            (b"[1e999]", "bad_json"),
            (b"[NaN]", "bad_json"),
            (b"{\"$serde_json::private::RawValue\": \"{}\"}", "bad_json"),
        ];
        for (text, expected) in cases {
            assert_eq!(code(text), expected, "{}", String::from_utf8_lossy(text));
        }
        assert_eq!(code("[".repeat(10_000)), "bad_json");
    }

    #[test]
    fn the_place_of_the_fault_is_told() {
        let refusal = check(b"{\n\"a\": \xFF}").unwrap_err();
        assert!(refusal.zh.contains("第 2 行第 6 字节"), "{}", refusal.zh);
        let refusal = check(b"{\n\"a\" 1}").unwrap_err();
        assert!(refusal.en.contains("line 2, column 5"), "{}", refusal.en);
    }

    proptest! {
        #[test]
        fn any_bytes_get_an_answer(bytes: Vec<u8>) {
            let _ = check(&bytes);
        }
    }
}
