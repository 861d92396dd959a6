//! What the form of a kind is made of: its fields in the order of the kind's example, with the shape of each, from
//! its JSON Schema. And the way from what was typed to a body, and back.

use std::collections::BTreeMap;

use jinqiao_events::kinds::Kind;
use jinqiao_events::log::envelope::Line;
use serde_json::{Map, Number, Value};

use super::super::event::InOrder;

/// Most rows of a list of things with fields of their own.
pub(super) const ROWS_MAX: usize = 100;

/// What may be typed into a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shape {
    /// A text in a line.
    Text,
    /// A party: its name, a code, its id.
    Party,
    /// A date with the precision of its text.
    Date,
    /// An amount as people write it.
    Money,
    /// A whole number.
    Whole,
    /// Yes or no.
    Flag,
    /// One of these words.
    Choice(Vec<String>),
    /// Several of one shape, one a line.
    List(Box<Shape>),
    /// Several things with fields of their own.
    Rows(Vec<Field>),
    /// Anything else, as JSON.
    Json,
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) shape: Shape,
    pub(super) is_required: bool,
}

/// What was typed, by the name of the input.
pub(super) type Typed = super::super::posted::Inputs;

/// The fields of a kind.
pub(super) fn of_kind(kind: Kind) -> Vec<Field> {
    let schema = kind.schema();
    let definitions = schema.get("$defs").cloned().unwrap_or_default();
    let mut fields = fields(&schema, &definitions);
    let example: Option<Line> = serde_json::from_str(kind.example()).ok();
    let order: InOrder =
        example.and_then(|line| serde_json::from_str(line.body.get()).ok()).unwrap_or_default();
    let place = |field: &Field| order.0.iter().position(|(name, _)| *name == field.name);
    fields.sort_by_key(|field| place(field).unwrap_or(usize::MAX));
    fields
}

fn fields(object: &Value, definitions: &Value) -> Vec<Field> {
    let required: Vec<&str> = object
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let properties = object.get("properties").and_then(Value::as_object);
    let field = |(name, property): (&String, &Value)| Field {
        name: name.clone(),
        shape: shape(property, definitions),
        is_required: required.contains(&name.as_str()),
    };
    properties.into_iter().flatten().map(field).collect()
}

/// The name of the definition that a property refers to, and the definition itself.
fn referred<'a>(property: &'a Value, definitions: &'a Value) -> Option<(&'a str, &'a Value)> {
    let direct = property.get("$ref");
    let optional = || property.get("anyOf")?.get(0)?.get("$ref");
    let name = direct.or_else(optional)?.as_str()?.strip_prefix("#/$defs/")?;
    Some((name, definitions.get(name)?))
}

fn shape(property: &Value, definitions: &Value) -> Shape {
    let (name, schema) = referred(property, definitions).unwrap_or(("", property));
    match name {
        "PartyRef" => return Shape::Party,
        "Occurred" => return Shape::Date,
        "Money" => return Shape::Money,
        _ => {}
    }
    if let Some(words) = words(schema) {
        return Shape::Choice(words);
    }
    let kinds: Vec<&str> = match schema.get("type") {
        Some(Value::String(kind)) => vec![kind],
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    match kinds.first().copied() {
        Some("string") => Shape::Text,
        Some("integer" | "number") => Shape::Whole,
        Some("boolean") => Shape::Flag,
        Some("array") => list(schema.get("items").unwrap_or(&Value::Null), definitions),
        _ => Shape::Json,
    }
}

fn list(items: &Value, definitions: &Value) -> Shape {
    let (_, object) = referred(items, definitions).unwrap_or(("", items));
    if object.get("properties").is_some() {
        return Shape::Rows(fields(object, definitions));
    }
    match shape(items, definitions) {
        Shape::Json | Shape::List(_) | Shape::Rows(_) | Shape::Money => Shape::Json,
        item @ (Shape::Text | Shape::Party | Shape::Date | Shape::Whole | Shape::Flag | Shape::Choice(_)) => {
            Shape::List(Box::new(item))
        }
    }
}

/// The words of a fixed set.
fn words(schema: &Value) -> Option<Vec<String>> {
    if let Some(listed) = schema.get("enum").and_then(Value::as_array) {
        return Some(listed.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    }
    let words = schema.get("oneOf")?.as_array()?.iter();
    words.map(|word| word.get("const")?.as_str().map(str::to_owned)).collect()
}

/// Why what was typed is no body: input by input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing was typed where something must stand.
    Missing,
    /// No whole number.
    NotWhole,
    /// No JSON.
    NotJson,
}

/// The body that was typed; the faults by the name of the input where there is none.
pub(super) fn body(fields: &[Field], typed: &Typed) -> Result<Map<String, Value>, BTreeMap<String, Fault>> {
    let mut faults = BTreeMap::new();
    let body = object(fields, "body", typed, &mut faults);
    if faults.is_empty() { Ok(body) } else { Err(faults) }
}

fn object(
    fields: &[Field],
    prefix: &str,
    typed: &Typed,
    faults: &mut BTreeMap<String, Fault>,
) -> Map<String, Value> {
    let mut object = Map::new();
    for field in fields {
        let input = format!("{prefix}.{}", field.name);
        let read = if let Shape::Rows(inner) = &field.shape {
            Ok(rows(inner, &input, typed, faults))
        } else {
            value(&field.shape, typed.get(&input).map(|text| text.trim()).unwrap_or_default())
        };
        match read {
            Ok(Some(value)) => drop(object.insert(field.name.clone(), value)),
            Ok(None) if field.is_required => drop(faults.insert(input, Fault::Missing)),
            Ok(None) => {}
            Err(fault) => drop(faults.insert(input, fault)),
        }
    }
    object
}

fn rows(fields: &[Field], input: &str, typed: &Typed, faults: &mut BTreeMap<String, Fault>) -> Option<Value> {
    let mut rows = Vec::new();
    for index in 0..row_count(input, typed) {
        let prefix = format!("{input}.{index}");
        let is_blank = |field: &Field| {
            typed.get(&format!("{prefix}.{}", field.name)).is_none_or(|text| text.trim().is_empty())
        };
        if !fields.iter().all(is_blank) {
            rows.push(Value::Object(object(fields, &prefix, typed, faults)));
        }
    }
    (!rows.is_empty()).then_some(Value::Array(rows))
}

/// How many rows of a list were typed, blank ones included.
pub(super) fn row_count(input: &str, typed: &Typed) -> usize {
    let prefix = format!("{input}.");
    let number = |name: &String| name.strip_prefix(&prefix)?.split('.').next()?.parse::<usize>().ok();
    let last = typed.keys().filter_map(number).filter(|index| *index < ROWS_MAX).max();
    last.map_or(0, |last| last + 1)
}

/// A value from a text without blanks around it; none from an empty one.
fn value(shape: &Shape, text: &str) -> Result<Option<Value>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    let json = || serde_json::from_str(text).map_err(|_| Fault::NotJson);
    let value = match shape {
        Shape::Text | Shape::Party | Shape::Date | Shape::Choice(_) => Value::String(text.to_owned()),
        Shape::Money if text.starts_with('{') => json()?,
        Shape::Money => Value::String(text.to_owned()),
        Shape::Whole => {
            let number: Number = text.parse().map_err(|_| Fault::NotWhole)?;
            if number.is_f64() {
                return Err(Fault::NotWhole);
            }
            Value::Number(number)
        }
        Shape::Flag => Value::Bool(text == "true"),
        Shape::List(item) => {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            let items = lines.map(|line| value(item, line)).collect::<Result<Vec<_>, _>>()?;
            Value::Array(items.into_iter().flatten().collect())
        }
        Shape::Rows(_) | Shape::Json => json()?,
    };
    Ok(Some(value))
}

/// What has to be typed for a body: the way back from [`body`].
#[cfg(test)]
pub(super) fn typed(fields: &[Field], body: &Value) -> Typed {
    let mut typed = Typed::new();
    fill(fields, "body", body, &mut typed);
    typed
}

#[cfg(test)]
fn fill(fields: &[Field], prefix: &str, body: &Value, typed: &mut Typed) {
    for field in fields {
        let Some(value) = body.get(&field.name).filter(|value| !value.is_null()) else { continue };
        let input = format!("{prefix}.{}", field.name);
        if let (Shape::Rows(inner), Value::Array(items)) = (&field.shape, value) {
            for (index, item) in items.iter().enumerate() {
                fill(inner, &format!("{input}.{index}"), item, typed);
            }
        } else {
            typed.insert(input, text(&field.shape, value));
        }
    }
}

#[cfg(test)]
fn text(shape: &Shape, value: &Value) -> String {
    match (shape, value) {
        (Shape::Json, value) => value.to_string(),
        (_, Value::String(text)) => text.clone(),
        (Shape::List(item), Value::Array(items)) => {
            items.iter().map(|value| text(item, value)).collect::<Vec<_>>().join("\n")
        }
        (_, value) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_for_an_example_of_any_kind_is_that_example() {
        for kind in Kind::ALL.iter().copied() {
            let line: Value = serde_json::from_str(kind.example()).unwrap();
            let fields = of_kind(kind);
            assert_eq!(fields.len(), line["body"].as_object().unwrap().len(), "{kind}");
            let typed = typed(&fields, &line["body"]);
            let body = body(&fields, &typed).unwrap_or_else(|faults| panic!("{kind}: {faults:?}"));
            assert_eq!(Value::Object(body), line["body"], "{kind}");
        }
    }

    #[test]
    fn fields_stand_in_the_order_of_the_example_and_have_their_shapes() {
        let fields = of_kind(Kind::MemberPurchaseMade);
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["buyer", "seller", "chamber", "goods", "amount", "contract"]);
        assert_eq!((&fields[0].shape, fields[0].is_required), (&Shape::Party, true));
        assert_eq!((&fields[4].shape, fields[3].is_required), (&Shape::Money, false));
        let Shape::Rows(rows) =
            &of_kind(Kind::ChainDefined).iter().find(|field| field.name == "segments").unwrap().shape.clone()
        else {
            panic!("segments have fields of their own")
        };
        assert!(rows.iter().any(|field| field.name == "name" && field.is_required));
        let words = of_kind(Kind::NeedDeclared).into_iter().find(|field| field.name == "type").unwrap();
        assert!(matches!(words.shape, Shape::Choice(words) if words.contains(&"talent".to_owned())));
    }

    #[test]
    fn what_is_missing_or_no_number_is_told_by_its_input() {
        let fields = of_kind(Kind::AnnualCheckFiled);
        let typed = Typed::from([("body.year".into(), "去年".into())]);
        let faults = body(&fields, &typed).unwrap_err();
        assert_eq!(faults.get("body.year"), Some(&Fault::NotWhole));
        assert_eq!(faults.get("body.chamber"), Some(&Fault::Missing));
    }
}
