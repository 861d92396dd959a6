//! Figures (统计指标): what reports print, each with unit, distinct key, filter, period and the events behind it.
//!
//! A figure is one [`Figure`] in the file of its family and one line in [`ALL`]. It hands rows to a collector of its
//! [`Measure`]: keys that count once, numbers, or money of one kind. A row cannot be handed in without the event
//! that says it, a figure can reach events only through the period that was asked for, and money of another kind
//! than the figure's is left out and named: so a number without evidence, or a sum over different kinds of amount,
//! cannot be written down.
//!
//! The value is the sum of what its keys contribute. The events of a key are all those that say it: without them the
//! figure is less by exactly the key's contribution (a law test asks this of every figure).

use jinqiao_events::kinds::DataClass;
use jinqiao_events::value::counter::Counter;
use jinqiao_events::value::currency::Currency;
use jinqiao_events::value::money::AmountKind;

pub mod article;
pub mod books;
pub mod claims;
pub mod measure;
pub mod spoken;

mod activities;
mod chambers;
mod funnel;
mod introductions;
mod investment;
mod liaison;
mod party_building;
mod register;
mod signings;
mod supply;
mod texts;
mod visits;
mod welfare;

#[cfg(test)]
mod article_year;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;

pub use books::{Ask, Books, Period};
use measure::Told;
pub use measure::{Amounts, Group, Key, Keys, LeftOut, Measured, Numbers};

/// A figure: what it counts, and how.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    /// Stable snake_case name.
    pub name: &'static str,
    /// What it is called, Chinese and English.
    pub label: (&'static str, &'static str),
    /// What counts and what is one: filter and distinct key, Chinese and English.
    pub filter: (&'static str, &'static str),
    /// Who may see it.
    pub class: DataClass,
    /// How it is measured; the unit follows from it.
    pub measure: Measure,
    /// What it is a part of, where it is a share of something.
    pub of: Option<fn(&Ask<'_>) -> i128>,
}

/// How a figure comes about.
#[derive(Debug, Clone, Copy)]
pub enum Measure {
    /// Each distinct key is one.
    Distinct(Counter, fn(&Ask<'_>, &mut Keys)),
    /// Each distinct key brings a number.
    Total(Counter, fn(&Ask<'_>, &mut Numbers)),
    /// Each distinct key brings money of this kind, in fen.
    Money(AmountKind, fn(&Ask<'_>, &mut Amounts)),
    /// Each distinct key brings money of this kind in US dollars (外资), in cents; other currencies are left out and
    /// named, yuan among them.
    Dollars(AmountKind, fn(&Ask<'_>, &mut Amounts)),
}

impl Measure {
    /// The unit of the figure.
    #[must_use]
    pub const fn unit(&self) -> Counter {
        match self {
            Self::Distinct(unit, _) | Self::Total(unit, _) => *unit,
            Self::Money(..) => Counter::Yuan,
            Self::Dollars(..) => Counter::UsDollars,
        }
    }

    /// The kind of amount, of money.
    #[must_use]
    pub const fn amount_kind(&self) -> Option<AmountKind> {
        match self {
            Self::Money(kind, _) | Self::Dollars(kind, _) => Some(*kind),
            Self::Distinct(..) | Self::Total(..) => None,
        }
    }
}

/// Every figure. Adding one is its block and one line here.
pub const ALL: &[Figure] = &[
    activities::POLICY_SALONS,
    activities::FACE_TO_FACE_SALONS,
    activities::SALON_ATTENDANCES,
    activities::POLICY_QUESTIONS,
    activities::POLICY_ANSWERS,
    activities::ACTIVITIES_BY_ORGANISER,
    activities::ACTIVITIES_BY_TYPE,
    activities::ACTIVITIES_PLANNED,
    activities::ATTENDANCES_BY_CHAMBER,
    activities::ANNUAL_MEETING_ATTENDEES,
    activities::YOUTH_GATHERINGS,
    activities::EXCHANGE_CHAMBERS,
    activities::ENTREPRENEUR_LECTURES,
    activities::ONLINE_LECTURES,
    activities::ONLINE_ATTENDANCES,
    activities::ONLINE_LEARNERS,
    activities::TRAININGS,
    activities::TRAINING_PARTNERS,
    introductions::INTRODUCTIONS_BY_CHANNEL,
    introductions::INTRODUCTIONS_CONVERTED,
    introductions::INTRODUCTIONS_BY_SIDES,
    funnel::SHOWN,
    funnel::ADOPTED,
    funnel::CONSENTED,
    funnel::MET,
    funnel::CONVERTED,
    funnel::MET_AGAIN,
    supply::NEEDS_DECLARED,
    supply::NEEDS_MET,
    supply::NEEDS_OVERDUE,
    supply::SUPPLIES_OFFERED,
    supply::DEMANDS_POSTED,
    supply::DEMANDS_COVERED,
    supply::CAPABILITIES_ASSESSED,
    supply::PURCHASES,
    supply::PURCHASE_PAIRS,
    investment::STATIONS,
    investment::STATION_PROJECTS,
    investment::STATION_CONTRACTS,
    investment::PROJECTS_SIGNED,
    investment::CONTRACTS,
    investment::INTENTS,
    investment::FRAMEWORKS,
    investment::INCREMENTS,
    investment::FUNDS_ARRIVED,
    investment::CONTRACT_FOREIGN_CAPITAL,
    investment::FOREIGN_FUNDS_ARRIVED,
    investment::EVENT_INVESTORS,
    investment::SIGNED_ON_SITE,
    investment::ALLIANCES,
    investment::PARK_AREA,
    investment::PARKS_PLANNED,
    visits::MEMBER_VISITS,
    visits::MEMBERS_VISITED,
    visits::INBOUND_TOURS,
    visits::INBOUND_ORIGINS,
    visits::OUTBOUND_TOURS,
    visits::VISITORS,
    visits::FOLLOW_UPS,
    visits::FOLLOW_UP_GAPS,
    chambers::CHAMBERS_FOUNDED,
    chambers::CHAMBERS_RECTIFIED,
    chambers::DORMANT_CLEARED,
    chambers::BRANCHES,
    chambers::DISTRICTS_REGISTERED,
    chambers::TOWNSHIP_CHAMBERS,
    chambers::STANDARD_DEMONSTRATIONS,
    chambers::CHAMBERS_BY_BOND,
    register::INSTITUTIONS,
    register::OFFICES,
    register::PRESIDENT_UNITS,
    register::EVENTS_BY_PROGRAMME,
    party_building::PARTY_DEMONSTRATIONS,
    party_building::SECRETARY_STUDIOS,
    party_building::CONTENT_ITEMS,
    party_building::CONTENT_CHANNELS,
    party_building::PARTY_NEEDS,
    party_building::PARTY_ORGS,
    party_building::DIRECT_PARTY_ORGS,
    party_building::MOBILE_PARTY_ORGS,
    party_building::PARTY_ACTIVITIES,
    party_building::ACTIVISTS,
    party_building::INSTRUCTORS,
    liaison::LIAISON_CHAMBERS,
    liaison::LIAISON_OFFICERS,
    liaison::LIAISON_VIOLATIONS,
    liaison::SUGGESTIONS,
    liaison::SUGGESTIONS_CLOSED,
    liaison::SUGGESTION_DAYS,
    welfare::CHAMBERS_PAIRED,
    welfare::CHAMBERS_PAIRED_BY_AGREEMENT,
    welfare::BENEFICIARIES,
    welfare::WELFARE_ACTIVITIES,
    welfare::CASH_DONATED,
    welfare::GOODS_DONATED,
    welfare::CONSUMPTION,
    welfare::WELFARE_BY_PROGRAMME,
    texts::REGULATIONS,
    texts::REPORTS,
    texts::CLAIMS,
];

/// The figure of that name, or of that Chinese label.
#[must_use]
pub fn named(name: &str) -> Option<&'static Figure> {
    ALL.iter().find(|figure| figure.name == name || figure.label.0 == name)
}

impl Figure {
    /// The figure as the books tell it, for a period.
    #[must_use]
    pub fn measured(&'static self, books: &Books, period: Period) -> Measured {
        let ask = Ask::new(books, period);
        let Told { groups, left_out, inexact } = match self.measure {
            Measure::Distinct(_, count) => {
                let mut keys = Keys::default();
                count(&ask, &mut keys);
                keys.into_told()
            }
            Measure::Total(_, count) => {
                let mut numbers = Numbers::default();
                count(&ask, &mut numbers);
                numbers.into_told()
            }
            Measure::Money(kind, count) => {
                let mut amounts = Amounts::of(kind, Currency::CNY);
                count(&ask, &mut amounts);
                amounts.into_told()
            }
            Measure::Dollars(kind, count) => {
                let mut amounts = Amounts::of(kind, Currency::USD);
                count(&ask, &mut amounts);
                amounts.into_told()
            }
        };
        let of = self.of.map(|of| of(&ask));
        Measured { figure: self, period, groups, left_out, inexact, of }
    }
}
