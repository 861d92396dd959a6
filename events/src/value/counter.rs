//! Counters (量词): what a number counts. 人次 is not 人, 家 is not 个.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::currency::Currency;

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Counter {
    /// 家: organisations, each once.
    Organisations,
    /// 人: persons, each once.
    Persons,
    /// 人次: attendances.
    Attendances,
    /// 场: occasions held.
    Occasions,
    /// 期: numbers of a series.
    Sessions,
    /// 次: times.
    Times,
    /// 个: things: projects, villages, texts.
    Items,
    /// 名: appointees, trainees.
    Appointees,
    /// 元: money, in fen.
    Yuan,
    /// 美元: money of the United States, in cents; never added to yuan.
    UsDollars,
    /// 亩: land; 15 to a hectare.
    Mu,
    /// 对: pairs.
    Pairs,
    /// 条: records, suggestions, pieces of content.
    Records,
    /// 天: days.
    Days,
}

impl Counter {
    /// Every counter.
    pub const ALL: [Self; 14] = [
        Self::Organisations,
        Self::Persons,
        Self::Attendances,
        Self::Occasions,
        Self::Sessions,
        Self::Times,
        Self::Items,
        Self::Appointees,
        Self::Yuan,
        Self::UsDollars,
        Self::Mu,
        Self::Pairs,
        Self::Records,
        Self::Days,
    ];

    /// The word behind the number in Chinese.
    #[must_use]
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Organisations => "家",
            Self::Persons => "人",
            Self::Attendances => "人次",
            Self::Occasions => "场",
            Self::Sessions => "期",
            Self::Times => "次",
            Self::Items => "个",
            Self::Appointees => "名",
            Self::Yuan => "元",
            Self::UsDollars => "美元",
            Self::Mu => "亩",
            Self::Pairs => "对",
            Self::Records => "条",
            Self::Days => "天",
        }
    }

    /// The word behind the number in English.
    #[must_use]
    pub const fn en(self) -> &'static str {
        match self {
            Self::Organisations => "organisations",
            Self::Persons => "persons",
            Self::Attendances => "attendances",
            Self::Occasions => "occasions",
            Self::Sessions => "sessions",
            Self::Times => "times",
            Self::Items => "items",
            Self::Appointees => "appointees",
            Self::Yuan => "yuan",
            Self::UsDollars => "US dollars",
            Self::Mu => "mu",
            Self::Pairs => "pairs",
            Self::Records => "records",
            Self::Days => "days",
        }
    }

    /// The currency, of money.
    #[must_use]
    pub const fn currency(self) -> Option<Currency> {
        match self {
            Self::Yuan => Some(Currency::CNY),
            Self::UsDollars => Some(Currency::USD),
            Self::Organisations
            | Self::Persons
            | Self::Attendances
            | Self::Occasions
            | Self::Sessions
            | Self::Times
            | Self::Items
            | Self::Appointees
            | Self::Mu
            | Self::Pairs
            | Self::Records
            | Self::Days => None,
        }
    }

    /// The counter that this word stands for; 所 and 间 count organisations, 位 persons.
    #[must_use]
    pub fn from_zh(word: &str) -> Option<Self> {
        match word.trim() {
            "所" | "间" => Some(Self::Organisations),
            "位" => Some(Self::Persons),
            "万元" | "亿元" | "人民币" => Some(Self::Yuan),
            "万美元" | "亿美元" => Some(Self::UsDollars),
            word => Self::ALL.into_iter().find(|counter| counter.zh() == word),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_found_by_its_word_and_no_two_share_one() {
        for counter in Counter::ALL {
            assert_eq!(Counter::from_zh(counter.zh()), Some(counter));
        }
        assert_ne!(Counter::from_zh("人次"), Counter::from_zh("人"));
        assert_ne!(Counter::from_zh("家"), Counter::from_zh("个"));
        assert_eq!(Counter::from_zh("头"), None);
    }
}
