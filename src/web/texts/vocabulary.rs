//! Labels of the fields and values of event bodies. A new field or value needs one line here; a test walks the
//! vocabulary's examples and schemas and names what is missing.

use crate::config::Lang;

mod fields;
mod values;

use fields::FIELDS;
use values::VALUES;

type Row = (&'static str, &'static str, &'static str);

fn pick(row: &Row, lang: Lang) -> &'static str {
    lang.pick(row.1, row.2)
}

/// The label of a field; its own name where the table does not know it.
#[must_use]
pub fn field(name: &str, lang: Lang) -> &str {
    FIELDS.iter().find(|row| row.0 == name).map_or(name, |row| pick(row, lang))
}

/// The label of a word in a field that holds one of a fixed set of words.
#[must_use]
pub fn value(field: &str, word: &str, lang: Lang) -> Option<&'static str> {
    let words = VALUES.iter().find(|(name, _)| *name == field)?.1;
    words.iter().find(|row| row.0 == word).map(|row| pick(row, lang))
}

/// The label of a value of the vocabulary that serialises to one word.
#[must_use]
pub fn label(field: &str, value_of: &impl serde::Serialize, lang: Lang) -> String {
    match serde_json::to_value(value_of) {
        Ok(serde_json::Value::String(word)) => value(field, &word, lang).map_or(word.clone(), str::to_owned),
        Ok(_) | Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jinqiao_events::kinds::Kind;
    use serde_json::Value;

    use super::*;

    #[test]
    fn every_field_has_a_label() {
        for kind in Kind::ALL {
            let schema = kind.schema();
            for name in schema["properties"].as_object().unwrap().keys() {
                assert!(FIELDS.iter().any(|row| row.0 == name), "field {name} of {kind} has no label");
            }
        }
    }

    fn words(schema: &Value, found: &mut BTreeSet<String>) {
        match schema {
            Value::Object(map) => {
                found.extend(map.get("const").and_then(Value::as_str).map(str::to_owned));
                let listed = map.get("enum").and_then(Value::as_array).into_iter().flatten();
                found.extend(listed.filter_map(Value::as_str).map(str::to_owned));
                map.values().for_each(|inner| words(inner, found));
            }
            Value::Array(items) => items.iter().for_each(|inner| words(inner, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn every_word_of_a_fixed_set_has_a_label() {
        let mut asked = 0;
        for kind in Kind::ALL {
            let schema = kind.schema();
            for (name, property) in schema["properties"].as_object().unwrap() {
                let reference = property["$ref"].as_str().or_else(|| property["anyOf"][0]["$ref"].as_str());
                let Some(definition) = reference.and_then(|path| path.strip_prefix("#/$defs/")) else {
                    continue;
                };
                if ["Money", "Currency", "AmountKind"].contains(&definition) {
                    continue;
                }
                let mut found = BTreeSet::new();
                words(&schema["$defs"][definition], &mut found);
                asked += found.len();
                for word in found {
                    assert!(
                        value(name, &word, Lang::En).is_some(),
                        "{word} in {name} of {kind} has no label"
                    );
                }
            }
        }
        assert!(asked > 60, "the schemas were looked into: {asked}");
    }

    #[test]
    fn every_label_is_there_in_both_languages() {
        let rows = FIELDS.iter().chain(VALUES.iter().flat_map(|(_, rows)| rows.iter()));
        for row in rows {
            assert!(!row.1.is_ascii(), "{} has no Chinese", row.0);
            assert!(row.2.is_ascii() && !row.2.is_empty(), "{} has no English", row.0);
        }
    }
}
