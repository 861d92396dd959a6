//! Who is who in the invented city: companies, chambers, and who belongs where.

use std::collections::{BTreeMap, BTreeSet};

use jinqiao_events::kinds::Kind;
use jinqiao_events::value::{credit_code::CreditCode, ids::PersonId};
use serde_json::{Value, json};

use super::calendar::Year;
use super::diary::Diary;
use super::words::{CITY, DISTRICTS, FIRST, HOME_PLACES, SECOND, STREETS, TRADE_CHAMBERS, TRADES, Trade};
use crate::dice::Dice;

/// Index of a company in [`City::companies`].
pub(super) type CompanyIndex = usize;

/// An invented company.
#[derive(Debug)]
pub(super) struct Company {
    /// Its place in the list.
    pub(super) index: CompanyIndex,
    /// How events refer to it.
    pub(super) id: String,
    /// Full name.
    pub(super) name: String,
    /// Short name.
    pub(super) short: String,
    /// Its link of the chain.
    pub(super) trade: &'static Trade,
    /// District code.
    pub(super) district: &'static str,
    /// How often it shows up beside others: a few are everywhere, most are rarely seen (Zipf).
    pub(super) eagerness: u64,
    /// Whoever comes for it.
    pub(super) person: PersonId,
    /// Chambers that it has belonged to since before the year.
    pub(super) chambers: BTreeSet<usize>,
}

/// What holds a chamber of the city together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bond {
    /// One home place: its index in [`HOME_PLACES`].
    Home(usize),
    /// Neighbouring links of a chain: index in [`TRADE_CHAMBERS`].
    Trade(usize),
    /// One street, in this district.
    Street(&'static str),
    /// The whole city.
    General,
}

/// An invented chamber.
#[derive(Debug)]
pub(super) struct Chamber {
    /// How events refer to it.
    pub(super) id: String,
    /// Full name.
    pub(super) name: String,
    /// What holds it together.
    pub(super) bond: Bond,
    /// Companies that have belonged to it since before the year.
    pub(super) members: Vec<CompanyIndex>,
}

/// The invented city.
#[derive(Debug)]
pub(super) struct City {
    /// Its companies.
    pub(super) companies: Vec<Company>,
    /// Its chambers; the general one comes last.
    pub(super) chambers: Vec<Chamber>,
}

impl City {
    /// Founds the city.
    pub(super) fn found(dice: &mut Dice) -> Self {
        let mut city = Self { companies: companies(dice), chambers: chambers() };
        for company in &mut city.companies {
            company.chambers = joined(dice, company, &city.chambers);
            for (index, chamber) in city.chambers.iter_mut().enumerate() {
                if company.chambers.contains(&index) {
                    chamber.members.push(company.index);
                }
            }
        }
        for chamber in &mut city.chambers {
            chamber
                .members
                .sort_by_key(|index| std::cmp::Reverse(city.companies.get(*index).map(|c| c.eagerness)));
        }
        city
    }

    /// The company of that index.
    pub(super) fn company(&self, index: CompanyIndex) -> Option<&Company> {
        self.companies.get(index)
    }

    /// The chamber of all trades.
    pub(super) fn general(&self) -> Option<&Chamber> {
        self.chambers.last()
    }

    /// The companies of a chamber, most eager first.
    pub(super) fn members<'a>(&'a self, chamber: &'a Chamber) -> impl Iterator<Item = &'a Company> {
        chamber.members.iter().filter_map(|index| self.company(*index))
    }

    /// Enters companies, their people and the chambers with their members into the diary.
    pub(super) fn register(&self, diary: &mut Diary, year: Year, dice: &mut Dice) {
        for company in &self.companies {
            diary.note(
                &year.opening(),
                [
                    (
                        Kind::OrgRegistered,
                        json!({
                            "name": company.name, "kind": "enterprise", "identifier": company.id,
                            "region": company.district, "industry": company.trade.industry,
                            "short_names": [company.short], "products": company.trade.products,
                        }),
                    ),
                    (
                        Kind::PersonRegistered,
                        json!({
                            "person": company.person, "organisation": company.id, "post": "总经理",
                        }),
                    ),
                ],
            );
        }
        for chamber in &self.chambers {
            chamber.register(diary, year, dice);
            self.enrol(chamber, diary, year, dice);
        }
    }

    /// Enters the members of a chamber: the most eager ones hold the offices.
    fn enrol(&self, chamber: &Chamber, diary: &mut Diary, year: Year, dice: &mut Dice) {
        let mut by_year: BTreeMap<i16, Vec<(Kind, Value)>> = BTreeMap::new();
        for (rank, company) in self.members(chamber).enumerate() {
            let level = match rank {
                0 => "president",
                1..=4 => "vice_president",
                5..=12 => "council",
                _ => "member",
            };
            let joined = year.before(i16::try_from(dice.between(1, 6)).unwrap_or(1));
            let said = by_year.entry(joined).or_default();
            said.push((
                Kind::MemberJoined,
                json!({ "chamber": chamber.id, "member": company.id, "level": level }),
            ));
            if rank == 0 {
                let office = json!({ "organisation": chamber.id, "role": "president", "holder": company.id, "person": company.person });
                said.push((Kind::RoleAssigned, office));
            }
        }
        for (joined, said) in by_year {
            diary.note(&joined, said);
        }
    }
}

impl Chamber {
    fn register(&self, diary: &mut Diary, year: Year, dice: &mut Dice) {
        let (sort, home_place, district) = match self.bond {
            Bond::Home(place) => ("home_place", HOME_PLACES.get(place), "370200"),
            Bond::Trade(_) => ("trade", None, "370200"),
            Bond::Street(district) => ("township", None, district),
            Bond::General => ("general", None, "370200"),
        };
        let mut body = json!({
            "name": self.name, "kind": "chamber", "identifier": self.id, "region": district,
            "industry": "S9522", "short_names": [self.short()], "chamber_type": sort,
        });
        if let (Some(place), Some(body)) = (home_place, body.as_object_mut()) {
            body.insert("home_place".into(), json!(place));
        }
        diary.note(&year.opening(), [(Kind::OrgRegistered, body)]);
        let founded = year.before(i16::try_from(dice.between(7, 15)).unwrap_or(7));
        diary.note(
            &founded,
            [(
                Kind::ChamberFounded,
                json!({ "chamber": self.id, "sponsor": format!("{CITY}市工商业联合会") }),
            )],
        );
        let registered = format!("{}-{:02}", founded + 1, dice.between(1, 12));
        diary.note(
            &registered,
            [(
                Kind::ChamberLegallyRegistered,
                json!({ "chamber": self.id, "authority": format!("{CITY}市民政局") }),
            )],
        );
    }

    /// Its name without the city.
    pub(super) fn short(&self) -> &str {
        self.name.strip_prefix("青屿市").unwrap_or(&self.name)
    }

    /// Whether a company of that trade is of the sort that the chamber gathers.
    pub(super) fn gathers(&self, trade: &Trade) -> bool {
        match self.bond {
            Bond::Home(place) => favoured(place).any(|name| name == trade.name),
            Bond::Trade(index) => gathered(index).any(|name| name == trade.name),
            Bond::Street(_) | Bond::General => true,
        }
    }
}

fn gathered(index: usize) -> impl Iterator<Item = &'static str> {
    TRADE_CHAMBERS.get(index).into_iter().flat_map(|(_, trades)| trades.iter().copied())
}

/// The trades that people of a home place tend to be in: two chains each.
fn favoured(place: usize) -> impl Iterator<Item = &'static str> {
    gathered(place).chain(gathered((place + 5) % TRADE_CHAMBERS.len()))
}

fn companies(dice: &mut Dice) -> Vec<Company> {
    let mut names: Vec<(&str, &str)> =
        FIRST.iter().flat_map(|first| SECOND.iter().map(|second| (*first, *second))).collect();
    dice.shuffle(&mut names);
    let mut trades: Vec<&'static Trade> =
        TRADES.iter().flat_map(|trade| std::iter::repeat_n(trade, trade.companies)).collect();
    // Shuffled, so that eagerness, which falls along the list, does not follow the trade.
    dice.shuffle(&mut trades);
    trades
        .into_iter()
        .zip(names)
        .enumerate()
        .map(|(index, (trade, name))| company(dice, index, trade, name))
        .collect()
}

fn company(
    dice: &mut Dice,
    index: CompanyIndex,
    trade: &'static Trade,
    (first, second): (&str, &str),
) -> Company {
    let short = format!("{first}{second}{}", dice.pick(trade.suffixes));
    let district = home_district(dice, trade);
    let mut bytes = [0; 16];
    let random = dice.next().to_be_bytes().into_iter().chain(dice.next().to_be_bytes());
    bytes.iter_mut().zip(random).for_each(|(slot, byte)| *slot = byte);
    Company {
        index,
        id: identifier("91", district, "MA", index),
        name: format!("{CITY}{short}有限公司"),
        short,
        trade,
        district,
        eagerness: 20_000 / (index as u64 + 12),
        person: PersonId::new(uuid::Builder::from_random_bytes(bytes).into_uuid()),
        chambers: BTreeSet::new(),
    }
}

/// Trades cluster: two thirds of a trade's companies sit in one of two districts.
fn home_district(dice: &mut Dice, trade: &Trade) -> &'static str {
    let at = TRADES.iter().position(|other| other.name == trade.name).unwrap_or(0);
    let homes: Vec<&'static str> =
        [at, at * 3 + 4].iter().filter_map(|n| DISTRICTS.get(n % DISTRICTS.len())).copied().collect();
    if dice.percent(66) { dice.pick(&homes) } else { dice.pick(DISTRICTS) }
}

fn chambers() -> Vec<Chamber> {
    let homes = HOME_PLACES.iter().enumerate().map(|(index, place)| ((*place).to_owned(), Bond::Home(index)));
    let trades =
        TRADE_CHAMBERS.iter().enumerate().map(|(index, (name, _))| ((*name).to_owned(), Bond::Trade(index)));
    let streets = STREETS.iter().map(|(street, district)| ((*street).to_owned(), Bond::Street(district)));
    let general = std::iter::once(("总".to_owned(), Bond::General));
    homes
        .chain(trades)
        .chain(streets)
        .chain(general)
        .enumerate()
        .map(|(index, (name, bond))| Chamber {
            id: identifier("51", "370200", "MJ", index),
            name: format!("{CITY}市{name}商会"),
            bond,
            members: Vec::new(),
        })
        .collect()
}

/// The chambers that a company belongs to.
fn joined(dice: &mut Dice, company: &Company, chambers: &[Chamber]) -> BTreeSet<usize> {
    let home = dice.percent(60).then(|| home_place(dice, company.trade));
    let mut joined = BTreeSet::new();
    for (index, chamber) in chambers.iter().enumerate() {
        let chance = match chamber.bond {
            Bond::Home(place) if Some(place) == home => 100,
            Bond::Trade(_) if chamber.gathers(company.trade) => 55,
            Bond::Street(district) if district == company.district => 35,
            Bond::General => 20,
            Bond::Home(_) | Bond::Trade(_) | Bond::Street(_) => 0,
        };
        if dice.percent(chance) {
            joined.insert(index);
        }
    }
    joined
}

/// Where a company's people come from: mostly a place whose people are in that chain.
fn home_place(dice: &mut Dice, trade: &Trade) -> usize {
    let fitting: Vec<usize> =
        (0..HOME_PLACES.len()).filter(|place| favoured(*place).any(|name| name == trade.name)).collect();
    if !fitting.is_empty() && dice.percent(75) { dice.pick(&fitting) } else { dice.index(HOME_PLACES.len()) }
}

/// A credit code with right check characters, in a range of organisation codes that this register's district
/// does not give out.
fn identifier(class: &str, district: &str, series: &str, number: usize) -> String {
    let checks = "0123456789X"
        .chars()
        .flat_map(|inner| "0123456789ABCDEFGHJKLMNPQRTUWXY".chars().map(move |outer| (inner, outer)));
    checks
        .filter_map(|(inner, outer)| {
            format!("{class}{district}{series}0D{number:04}{inner}{outer}").parse::<CreditCode>().ok()
        })
        .find(CreditCode::inner_check_ok)
        .map_or_else(|| format!("local:demo/{class}{number}"), |code| format!("uscc:{code}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_right_inside_and_out_and_names_are_different() {
        let city = City::found(&mut Dice::new(1));
        assert_eq!((city.companies.len(), city.chambers.len()), (800, 40));
        assert!(
            city.companies
                .iter()
                .all(|company| company.id.starts_with("uscc:9137") && company.id.contains("MA0D"))
        );
        assert!(city.chambers.iter().all(|chamber| chamber.id.starts_with("uscc:51370200MJ0D")));
        let names: BTreeSet<&str> = city.companies.iter().map(|company| company.name.as_str()).collect();
        assert_eq!(names.len(), 800);
    }

    #[test]
    fn every_chamber_has_enough_members_and_trade_chambers_gather_their_trades() {
        let city = City::found(&mut Dice::new(1));
        for chamber in &city.chambers {
            assert!(chamber.members.len() >= 10, "{} has {}", chamber.name, chamber.members.len());
            if let Bond::Trade(_) = chamber.bond {
                assert!(city.members(chamber).all(|company| chamber.gathers(company.trade)));
            }
        }
    }
}
