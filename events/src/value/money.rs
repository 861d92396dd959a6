//! Money: an amount that knows its currency, what kind of amount it is, and how it was written.

use std::borrow::Cow;

use schemars::{Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};

use super::{
    amount::{Amount, AmountError, Approximator, ParsedAmount, Unit, parse_amount},
    currency::Currency,
    fen::Fen,
    text_value::{excerpt, serde_refusal},
};

/// The most characters of the original text that are kept.
const MAX_TEXT_CHARS: usize = 100;

/// What kind of amount it is. Amounts of different kinds are never added to each other.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum AmountKind {
    /// 意向额: what a letter of intent speaks of.
    Intent,
    /// 框架协议额: what a framework agreement speaks of.
    Framework,
    /// 合同总投资: the total investment that a definitive contract names.
    Contract,
    /// 增资增量: what a later contract adds.
    Increment,
    /// 合同外资: the foreign part of a contract.
    ContractForeign,
    /// 到位资金: funds that have arrived.
    Arrived,
    /// 到位外资: foreign funds that have arrived.
    ArrivedForeign,
    /// 链团采购额: what members bought from each other.
    Purchase,
    /// 捐款: money given.
    DonatedCash,
    /// 捐物折价: the value of goods given.
    DonatedGoods,
    /// 消费帮扶: what was bought to help.
    Consumption,
    /// 参与金额: a share in a joint undertaking.
    Participation,
    /// 需求金额: what somebody looks for.
    Need,
}

impl AmountKind {
    /// All kinds.
    pub const ALL: [AmountKind; 13] = [
        AmountKind::Intent,
        AmountKind::Framework,
        AmountKind::Contract,
        AmountKind::Increment,
        AmountKind::ContractForeign,
        AmountKind::Arrived,
        AmountKind::ArrivedForeign,
        AmountKind::Purchase,
        AmountKind::DonatedCash,
        AmountKind::DonatedGoods,
        AmountKind::Consumption,
        AmountKind::Participation,
        AmountKind::Need,
    ];

    /// The Chinese label.
    #[must_use]
    pub const fn label_zh(self) -> &'static str {
        match self {
            AmountKind::Intent => "意向额",
            AmountKind::Framework => "框架协议额",
            AmountKind::Contract => "合同总投资",
            AmountKind::Increment => "增资增量",
            AmountKind::ContractForeign => "合同外资",
            AmountKind::Arrived => "到位资金",
            AmountKind::ArrivedForeign => "到位外资",
            AmountKind::Purchase => "链团采购额",
            AmountKind::DonatedCash => "捐款",
            AmountKind::DonatedGoods => "捐物折价",
            AmountKind::Consumption => "消费帮扶",
            AmountKind::Participation => "参与金额",
            AmountKind::Need => "需求金额",
        }
    }

    /// The English label.
    #[must_use]
    pub const fn label_en(self) -> &'static str {
        match self {
            AmountKind::Intent => "amount of intent",
            AmountKind::Framework => "framework amount",
            AmountKind::Contract => "contracted investment",
            AmountKind::Increment => "increment",
            AmountKind::ContractForeign => "contracted foreign capital",
            AmountKind::Arrived => "funds arrived",
            AmountKind::ArrivedForeign => "foreign funds arrived",
            AmountKind::Purchase => "member purchases",
            AmountKind::DonatedCash => "cash donated",
            AmountKind::DonatedGoods => "value of goods donated",
            AmountKind::Consumption => "purchases that help",
            AmountKind::Participation => "share",
            AmountKind::Need => "amount sought",
        }
    }
}

/// Money that something is worth, was promised or moved: never negative.
///
/// In JSON an object, absent parts left out; on input also a text such as `"67亿元"`, which is kept beside the
/// parsed value. JSON is the only form it is meant for: it tells text and object apart by looking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Money {
    fen: Fen,
    currency: Currency,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<AmountKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approx: Option<Approximator>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fen_high: Option<Fen>,
}

impl Money {
    /// So much of a currency.
    ///
    /// # Errors
    /// `amount_range` when it is negative.
    pub fn new(fen: Fen, currency: Currency) -> Result<Money, AmountError> {
        if fen.is_negative() {
            return Err(AmountError::Negative { text: fen.display_zh() });
        }
        Ok(Money { fen, currency, kind: None, text: None, approx: None, fen_high: None })
    }

    /// Reads a text such as `67亿元` and keeps it. A bare number counts 元; 折合 makes it the value of goods
    /// given ([`AmountKind::DonatedGoods`]).
    ///
    /// # Errors
    /// As [`parse_amount`]; 面议 is `amount_missing` here, for it gives no amount.
    pub fn parse(text: &str) -> Result<Money, AmountError> {
        match parse_amount(text, Unit::Yuan)? {
            ParsedAmount::Stated(amount) => Money::from_amount(&amount, None, text),
            ParsedAmount::Unstated => Err(AmountError::Missing),
        }
    }

    /// Money of an amount that was read, with its kind (by itself the value of goods if the text says 折合) and
    /// the text as it was written.
    ///
    /// # Errors
    /// `amount_range` when it is negative or its range runs backwards.
    pub fn from_amount(amount: &Amount, kind: Option<AmountKind>, text: &str) -> Result<Money, AmountError> {
        let mut money = Money::new(amount.fen, amount.currency)?.with_high(amount.fen_high)?;
        money.kind = kind.or(amount.in_kind.then_some(AmountKind::DonatedGoods));
        money.approx = amount.approx;
        money.with_text(text)
    }

    /// The same money, of this kind.
    #[must_use]
    pub fn with_kind(self, kind: AmountKind) -> Money {
        Money { kind: Some(kind), ..self }
    }

    fn with_high(mut self, fen_high: Option<Fen>) -> Result<Money, AmountError> {
        if fen_high.is_some_and(|high| high <= self.fen) {
            return Err(AmountError::Ambiguous { text: "fen_high".to_owned() });
        }
        self.fen_high = fen_high;
        Ok(self)
    }

    fn with_text(mut self, text: &str) -> Result<Money, AmountError> {
        let text = text.trim();
        if text.chars().count() > MAX_TEXT_CHARS || text.chars().any(char::is_control) {
            return Err(AmountError::Ambiguous { text: excerpt(text) });
        }
        self.text = (!text.is_empty()).then(|| text.to_owned());
        Ok(self)
    }

    /// The amount; of a range, the lower end.
    #[must_use]
    pub const fn fen(&self) -> Fen {
        self.fen
    }

    /// The upper end of a range.
    #[must_use]
    pub const fn fen_high(&self) -> Option<Fen> {
        self.fen_high
    }

    /// The currency.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.currency
    }

    /// What kind of amount it is, if that was said.
    #[must_use]
    pub const fn kind(&self) -> Option<AmountKind> {
        self.kind
    }

    /// How it was written, if it came as text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// Present when the number is not meant exactly.
    #[must_use]
    pub const fn approx(&self) -> Option<Approximator> {
        self.approx
    }
}

/// The object form, before the door has looked at it.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct MoneyObject {
    /// Hundredths of the currency's main unit; of a range, the lower end.
    #[schemars(range(min = 0))]
    fen: Fen,
    /// ISO 4217, `CNY` when absent.
    #[serde(default)]
    currency: Currency,
    /// What kind of amount it is.
    kind: Option<AmountKind>,
    /// How it was written.
    #[schemars(length(max = 100))]
    text: Option<String>,
    /// Present when the number is not meant exactly.
    approx: Option<Approximator>,
    /// The upper end of a range, above `fen`.
    fen_high: Option<Fen>,
}

impl TryFrom<MoneyObject> for Money {
    type Error = AmountError;

    fn try_from(object: MoneyObject) -> Result<Money, AmountError> {
        let MoneyObject { fen, currency, kind, text, approx, fen_high } = object;
        let money = Money { kind, approx, ..Money::new(fen, currency)? };
        money.with_high(fen_high)?.with_text(text.as_deref().unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        struct MoneyVisitor;

        impl<'de> de::Visitor<'de> for MoneyVisitor {
            type Value = Money;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("金额：写成 {\"fen\": 670000000000, \"currency\": \"CNY\"} 或文字 \"67亿元\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Money, E> {
                Money::parse(text).map_err(|e| serde_refusal(e.code(), &e))
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Money, A::Error> {
                let object = MoneyObject::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Money::try_from(object).map_err(|e| serde_refusal(e.code(), &e))
            }
        }

        deserializer.deserialize_any(MoneyVisitor)
    }
}

impl schemars::JsonSchema for Money {
    fn schema_name() -> Cow<'static, str> {
        "Money".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "money: an object, or on input a text such as 67亿元",
            "anyOf": [{"type": "string"}, MoneyObject::json_schema(generator)],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Result<Money, String> {
        serde_json::from_str(text).map_err(|e| e.to_string())
    }

    #[test]
    fn the_object_of_the_contract_round_trips() {
        for text in [
            r#"{"fen":670000000000,"currency":"CNY","kind":"contract","text":"67亿元"}"#,
            r#"{"fen":0,"currency":"XXX"}"#,
            r#"{"fen":200,"currency":"USD","approx":"some_more","fen_high":300}"#,
        ] {
            assert_eq!(serde_json::to_string(&json(text).unwrap()).unwrap(), text);
        }
        assert_eq!(json(r#"{"fen":5}"#).unwrap().currency(), Currency::CNY);
    }

    #[test]
    fn a_text_is_read_and_kept() {
        let money = json("\"67亿元\"").unwrap();
        assert_eq!(
            (money.fen(), money.text(), money.kind()),
            (Fen::new(670_000_000_000), Some("67亿元"), None)
        );
        let goods = json("\"折合360万元\"").unwrap();
        assert_eq!(goods.kind(), Some(AmountKind::DonatedGoods));
        assert_eq!(goods.with_kind(AmountKind::Need).kind(), Some(AmountKind::Need));
        let range = json("\"约200–300万\"").unwrap();
        assert_eq!(
            (range.fen_high(), range.approx()),
            (Some(Fen::new(300_000_000)), Some(Approximator::About))
        );
    }

    #[test]
    fn what_is_no_money_is_refused_with_its_code() {
        let cases = [
            (r#"{"fen":-1}"#, "amount_range"),
            (r#""-5000万元""#, "amount_range"),
            (r#""若干""#, "amount_ambiguous"),
            (r#""面议""#, "amount_missing"),
            (r#"{"fen":5,"fen_high":5}"#, "amount_ambiguous"),
            (r#"{"fen":5,"text":"a\u0000"}"#, "amount_ambiguous"),
            (r#"{"fen":5,"currency":"YUAN"}"#, "currency_code"),
            (r#"{"fen":5,"unit":"元"}"#, "unknown field `unit`"),
            (r#"{"currency":"CNY"}"#, "missing field `fen`"),
            (r#"{"fen":5.5}"#, "floating point"),
            ("5", "金额"),
            ("null", "金额"),
        ];
        for (text, expected) in cases {
            let said = json(text).unwrap_err();
            assert!(said.contains(expected), "{text}: {said}");
        }
    }

    #[test]
    fn every_kind_has_its_own_word_and_label() {
        let words: Vec<String> = AmountKind::ALL.map(|kind| serde_json::to_string(&kind).unwrap()).to_vec();
        let labels = AmountKind::ALL.map(AmountKind::label_zh);
        let distinct = |texts: Vec<&str>| texts.into_iter().collect::<std::collections::BTreeSet<_>>().len();
        assert_eq!(distinct(words.iter().map(String::as_str).collect()), AmountKind::ALL.len());
        assert_eq!(distinct(labels.to_vec()), AmountKind::ALL.len());
    }

    #[test]
    fn the_schema_admits_text_and_object() {
        let schema = schemars::schema_for!(Money).to_value();
        assert_eq!(schema["anyOf"][0]["type"], "string");
        assert_eq!(schema["anyOf"][1]["additionalProperties"], false);
        assert_eq!(schema["anyOf"][1]["required"], serde_json::json!(["fen"]));
    }
}
