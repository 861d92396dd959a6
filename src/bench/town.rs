//! A seeded town of stated size: who was at which occasion. Sizes of occasions follow Zipf's law, guests come
//! mostly from one region, so that its graph is walked as a real one would be.

use jiff::civil::Date;
use jinqiao_events::decide::{Draft, Refusal};
use jinqiao_events::kinds::activity::{ActivityHeld, ActivityType, AttendanceRecorded};
use jinqiao_events::kinds::identity::{OrgKind, OrgRegistered};
use jinqiao_events::kinds::{Event, Kind, RecordKey};
use jinqiao_events::value::identifier::Identifier;
use jinqiao_events::value::ids::PartyId;
use jinqiao_events::value::occurred::Occurred;
use serde_json::{Value, json};

use crate::desk::draft;
use crate::dice::Dice;
use crate::error::AppError;

/// Exponent of the sizes of occasions.
const ZIPF_EXPONENT: f64 = 0.9;
/// Most guests of an occasion.
const OCCASION_MAX_GUESTS: u64 = 20_000;
/// Enterprises of a region: neighbours in number.
const REGION_ENTERPRISES: u64 = 5_000;
/// How many guests of a hundred come from the occasion's own region.
const FROM_REGION_PERCENT: u64 = 80;
/// Days over which the occasions are spread, from [`FIRST_DAY`] on.
const DAYS: u64 = 3 * 365;
const FIRST_DAY: Date = Date::constant(2022, 1, 1);
/// How many times an occasion invites again while seats are empty.
const INVITATIONS_MAX: u32 = 32;
/// Worth of being there, before it fades.
const ATTENDANCE_WEIGHT: f64 = 0.5;
const HALF_LIFE_DAYS: f64 = 1_460.0;

/// A town.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Town {
    /// How many enterprises.
    pub enterprises: u64,
    /// How many occasions.
    pub occasions: u64,
    /// How many ties between them; a few less where an occasion cannot be filled.
    pub ties: u64,
    /// Seed: the same one gives the same town.
    pub seed: u64,
}

impl Town {
    /// The enterprise of that number.
    ///
    /// # Errors
    /// Never for a number.
    pub fn enterprise(number: u64) -> Result<PartyId, AppError> {
        Ok(identifier(number)?.party_id())
    }

    /// Guests of every occasion, largest first: Zipf, cut at 20,000 and at half of the town.
    #[must_use]
    pub fn sizes(&self) -> Vec<u64> {
        let most = OCCASION_MAX_GUESTS.min(self.enterprises / 2).max(1);
        let weights: Vec<u64> = (1..=self.occasions).map(zipf_weight).collect();
        let total: u128 = weights.iter().map(|weight| u128::from(*weight)).sum::<u128>().max(1);
        let share =
            |weight: u64| u64::try_from(u128::from(weight) * u128::from(self.ties) / total).unwrap_or(most);
        let mut sizes: Vec<u64> = weights.iter().map(|weight| share(*weight).clamp(1, most)).collect();
        // What the cut took away goes to the occasions that have room, evenly.
        let mut missing = self.ties.saturating_sub(sizes.iter().sum());
        for (left, size) in (1..=sizes.len() as u64).rev().zip(&mut sizes) {
            let more = missing.div_ceil(left).min(most - *size);
            *size += more;
            missing -= more;
        }
        sizes
    }

    /// Who comes to an occasion, ascending.
    #[must_use]
    pub fn guests(&self, occasion: u64, size: u64) -> Vec<u64> {
        let mut dice = Dice::new(self.seed ^ occasion.wrapping_mul(0xd6e8_feb8_6659_fd93));
        let regions = self.enterprises.div_ceil(REGION_ENTERPRISES);
        let first = dice.below(regions) * REGION_ENTERPRISES;
        let in_region = REGION_ENTERPRISES.min(self.enterprises - first);
        let mut guests: Vec<u64> = Vec::new();
        // A crowd that nearly empties its region gives up in time and stays a little smaller.
        for _ in 0..INVITATIONS_MAX {
            let missing = size.saturating_sub(guests.len() as u64);
            if missing == 0 {
                break;
            }
            guests.extend((0..missing).map(|_| {
                let local = dice.percent(FROM_REGION_PERCENT);
                if local { first + dice.below(in_region) } else { dice.below(self.enterprises) }
            }));
            guests.sort_unstable();
            guests.dedup();
        }
        guests
    }

    /// What being at an occasion is worth by the last day, faded since then.
    #[must_use]
    pub fn weight(occasion: u64) -> f64 {
        let age_days = DAYS as f64 - day_of(occasion) as f64;
        ATTENDANCE_WEIGHT * libm::exp2(-age_days / HALF_LIFE_DAYS)
    }

    /// A town of the same shape with at most so many ties.
    #[must_use]
    pub fn with_ties_at_most(self, ties: u64) -> Self {
        if self.ties <= ties {
            return self;
        }
        let part = |count: u64| (count as f64 * (ties as f64 / self.ties as f64)).ceil();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a count")]
        let part = |count: u64| (part(count) as u64).clamp(1, count);
        Self { enterprises: part(self.enterprises), occasions: part(self.occasions), ties, ..self }
    }

    /// The register: one draft an enterprise.
    pub fn register(&self) -> impl Iterator<Item = Result<Draft, AppError>> {
        (0..self.enterprises).map(|number| {
            let registered = OrgRegistered {
                name: format!("合成城市第{number}号企业"),
                kind: OrgKind::Enterprise,
                identifier: identifier(number)?,
                region: None,
                industry: None,
                short_names: Vec::new(),
                chamber_type: None,
                home_place: None,
                products: Vec::new(),
            };
            Ok(draft(Event::OrgRegistered(registered), Occurred::nearest_day(FIRST_DAY)))
        })
    }

    /// What happened: every occasion, then its guests.
    pub fn happenings(&self) -> impl Iterator<Item = Result<Draft, AppError>> {
        let town = *self;
        self.sizes().into_iter().zip(0..).flat_map(move |(size, occasion)| {
            let day = FIRST_DAY.saturating_add(jiff::Span::new().days(day_of(occasion)));
            let occurred = Occurred::nearest_day(day);
            let held = held(occasion, occurred);
            let key = activity(occasion);
            let guests = town.guests(occasion, size).into_iter();
            std::iter::once(held).chain(guests.map(move |guest| attendance(key.clone()?, occurred, guest)))
        })
    }
}

/// The day after the last occasion, days since 1970-01-01.
#[must_use]
pub fn last_day() -> i32 {
    let last = FIRST_DAY.saturating_add(jiff::Span::new().days(i64::try_from(DAYS).unwrap_or(0)));
    (last - Date::constant(1970, 1, 1)).get_days()
}

fn day_of(occasion: u64) -> i64 {
    i64::try_from(occasion.wrapping_mul(7_919) % DAYS).unwrap_or(0)
}

/// Two enterprises meet on the last day.
pub(crate) fn meeting(a: u64, b: u64) -> Result<Draft, AppError> {
    let last = FIRST_DAY.saturating_add(jiff::Span::new().days(i64::try_from(DAYS).unwrap_or(0)));
    let (a, b) = (identifier(a)?.to_string(), identifier(b)?.to_string());
    said(Kind::MeetingHeld, last, &json!({ "a": a, "b": b }))
}

fn activity(occasion: u64) -> Result<RecordKey, Refusal> {
    RecordKey::try_from(format!("合成活动{occasion}")).map_err(|error| unfit(&error))
}

fn held(occasion: u64, occurred: Occurred) -> Result<Draft, AppError> {
    let activity = activity(occasion)?;
    let held = ActivityHeld {
        title: activity.to_string(),
        activity,
        activity_type: ActivityType::Salon,
        series: None,
        organisers: Vec::new(),
        venue: None,
        region: None,
    };
    Ok(draft(Event::ActivityHeld(held), occurred))
}

/// Presence of an enterprise at an occasion.
fn attendance(activity: RecordKey, occurred: Occurred, guest: u64) -> Result<Draft, AppError> {
    let organisation = Some(identifier(guest)?.into());
    let attended = AttendanceRecorded { activity, organisation, person: None, post: None };
    Ok(draft(Event::AttendanceRecorded(attended), occurred))
}

fn said(kind: Kind, day: Date, body: &Value) -> Result<Draft, AppError> {
    let event = kind.decode(kind.version(), &body.to_string()).map_err(Refusal::from)?;
    Ok(draft(event, Occurred::nearest_day(day)))
}

fn identifier(number: u64) -> Result<Identifier, AppError> {
    Ok(Identifier::local("bench", &number.to_string()).map_err(|error| unfit(&error))?)
}

fn unfit(error: &dyn std::fmt::Display) -> Refusal {
    Refusal::invalid("bench_draft", "", error.to_string(), error.to_string())
}

/// Share of the occasion of that rank, on a scale of 10^9.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 10^9")]
fn zipf_weight(rank: u64) -> u64 {
    (1e9 * libm::pow(rank as f64, -ZIPF_EXPONENT)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOWN: Town = Town { enterprises: 10_000, occasions: 1_000, ties: 100_000, seed: 1 };

    #[test]
    fn a_town_has_the_ties_that_were_asked_for_within_a_hundredth() {
        let sizes = TOWN.sizes();
        assert_eq!(sizes.iter().sum::<u64>(), TOWN.ties);
        assert!(sizes.iter().all(|size| (1..=5_000).contains(size)));
        let seated: usize =
            sizes.iter().zip(0..).map(|(size, occasion)| TOWN.guests(occasion, *size).len()).sum();
        assert!(seated >= 99_000, "{seated}");
    }

    #[test]
    fn one_seed_is_one_town_and_guests_come_from_one_region() {
        let other = Town { seed: 2, ..TOWN };
        assert_eq!(TOWN.guests(500, 40), TOWN.guests(500, 40));
        assert_ne!(TOWN.guests(500, 40), other.guests(500, 40));
        let lower = TOWN.guests(500, 200).iter().filter(|guest| **guest < REGION_ENTERPRISES).count();
        assert!(!(40..=160).contains(&lower), "{lower} of 200 from the lower region");
    }

    #[test]
    fn a_smaller_town_has_the_shape_of_the_larger() {
        let small = TOWN.with_ties_at_most(10_000);
        assert_eq!(small, Town { enterprises: 1_000, occasions: 100, ties: 10_000, seed: 1 });
        assert_eq!(TOWN.with_ties_at_most(100_000), TOWN);
    }

    #[test]
    fn every_draft_can_be_read() {
        let small = Town { enterprises: 50, occasions: 10, ties: 100, seed: 3 };
        assert_eq!(small.register().filter(Result::is_ok).count(), 50);
        assert!(small.happenings().all(|draft| draft.is_ok()));
    }
}
