//! Reasons in words: one sentence a term, as an officer would say it aloud, in Chinese or English.
//!
//! A sentence is made of the term's paths alone, so it says nothing that the score does not rest on. Names
//! come from the register, titles of activities and projects from the ledger.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use jinqiao_events::kinds::{RecordKey, identity::OrgKind};
use jinqiao_events::value::ids::PartyId;

use super::{Step, Term, WhyNot};
use crate::facts::OccasionName;
use crate::signals;
use crate::ties::TieClass;
use crate::views::Views;

/// The language of a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// 中文.
    Zh,
    /// English.
    En,
}

/// How many middles a sentence names.
const NAMED_MAX: usize = 3;

/// The sentence of a term.
#[must_use]
pub fn sentence(views: &Views, term: &Term, lang: Lang) -> String {
    let signal = signals::named(term.signal).map(|(_, signal)| signal);
    if let Some(measure) = signal.and_then(signals::Signal::measure) {
        return measured(views, term, measure, lang);
    }
    if let Some([_, _, _, zh, en]) = super::wording(term.signal) {
        return lang_pick(lang, zh, en).to_owned();
    }
    let Some(strongest) = term.paths.first() else {
        return String::new();
    };
    let steps = steps(views, &strongest.steps, lang);
    let [colon, stop] = lang_pick(lang, ["：", "。"], [": ", "."]);
    let way = match (lang, strongest.via.as_slice()) {
        (Lang::Zh, []) => "双方已有联系，尚未合作".to_owned(),
        (Lang::En, []) => "They are in touch but do not deal yet".to_owned(),
        (_, [_]) => known_to_both(views, term, signal.map_or(signals::AROUND, signals::Signal::around), lang),
        (Lang::Zh, via) => format!("隔一层，也可经{}搭上线", names(views, via, "、再经")),
        (Lang::En, via) => {
            format!("One step further, they can be reached through {}", names(views, via, ", then "))
        }
    };
    format!("{way}{colon}{steps}{stop}")
}

/// Whom both know; a chamber to which both belong goes before others.
fn known_to_both(views: &Views, term: &Term, around: [[&str; 2]; 2], lang: Lang) -> String {
    let [zh, en] = around;
    let ([before, after], separator) = lang_pick(lang, (zh, "、"), (en, ", "));
    let mut middles: Vec<PartyId> = Vec::new();
    for middle in term.paths.iter().flat_map(|path| &path.via) {
        if !middles.contains(middle) {
            middles.push(*middle);
        }
    }
    let all = |middles: &[PartyId]| format!("{before}{}{after}", names(views, middles, separator));
    let belongs = |step: &Step| matches!(step.class, TieClass::Membership | TieClass::Office);
    let fellows = term.paths.iter().filter(|path| path.steps.iter().all(belongs));
    let Some(chamber) = fellows.flat_map(|path| &path.via).find(|via| is_chamber(views, **via)) else {
        middles.truncate(NAMED_MAX);
        return all(&middles);
    };
    let others: Vec<PartyId> =
        middles.into_iter().filter(|middle| middle != chamber).take(NAMED_MAX - 1).collect();
    let chamber = name(views, *chamber);
    let both = match lang {
        Lang::Zh => format!("双方同在{chamber}"),
        Lang::En => format!("Both belong to {chamber}"),
    };
    match (others.is_empty(), lang) {
        (true, _) => both,
        (false, Lang::Zh) => format!("{both}；{}", all(&others)),
        (false, Lang::En) => format!("{both}. {}", all(&others)),
    }
}

/// The sentence of what is measured of a candidate or a pair: for or against, and the candidate's latest tie.
fn measured(views: &Views, term: &Term, [zh, en]: [&str; 2], lang: Lang) -> String {
    let latest = term.paths.first().map(|path| steps(views, &path.steps, lang));
    let speaks_for = term.value_micro >= 0;
    match lang {
        Lang::Zh => {
            let counts = if speaks_for { "加分" } else { "减分" };
            let latest = latest.map_or_else(String::new, |latest| format!("；对方最近一次往来：{latest}"));
            format!("论{zh}，{counts}{latest}。")
        }
        Lang::En => {
            let counts = if speaks_for { "for" } else { "against" };
            let latest =
                latest.map_or_else(String::new, |latest| format!("; the other’s latest tie: {latest}"));
            format!("{en} counts {counts} it{latest}.")
        }
    }
}

/// The sentence that says why two parties are not introduced.
#[must_use]
pub const fn refusal(why_not: WhyNot, lang: Lang) -> &'static str {
    match (why_not, lang) {
        (WhyNot::SameParty, Lang::Zh) => "两者是同一主体。",
        (WhyNot::SameParty, Lang::En) => "They are one party.",
        (WhyNot::AlreadyDeals { .. }, Lang::Zh) => "双方已有合作，无需引荐。",
        (WhyNot::AlreadyDeals { .. }, Lang::En) => "They deal with each other already.",
        (WhyNot::Belongs { .. }, Lang::Zh) => "一方是另一方的会员或在其任职，无需引荐。",
        (WhyNot::Belongs { .. }, Lang::En) => "One belongs to the other already.",
        (WhyNot::DoNotIntroduce { .. }, Lang::Zh) => "双方已设回避，不得引荐。",
        (WhyNot::DoNotIntroduce { .. }, Lang::En) => "They must not be introduced to each other.",
        (WhyNot::Closed, Lang::Zh) => "对方已注销。",
        (WhyNot::Closed, Lang::En) => "The other party is closed.",
        (WhyNot::OtherKind, Lang::Zh) => "对方既不是企业也不是商协会，不列入名单。",
        (WhyNot::OtherKind, Lang::En) => "The other party is neither an enterprise nor a chamber.",
        (WhyNot::NoTies, Lang::Zh) => "对方尚无任何往来记录。",
        (WhyNot::NoTies, Lang::En) => "Nothing is recorded that ties the other party to anyone.",
        (WhyNot::NoPath, Lang::Zh) => "双方之间没有可循的往来。",
        (WhyNot::NoPath, Lang::En) => "No path leads from one to the other.",
    }
}

fn names(views: &Views, parties: &[PartyId], separator: &str) -> String {
    parties.iter().map(|party| name(views, *party)).collect::<Vec<_>>().join(separator)
}

/// Steps in words, one after the other; those at one occasion together.
#[must_use]
pub fn steps(views: &Views, steps: &[Step], lang: Lang) -> String {
    let at = |step: &Step| (step.class, step.day, step.occasion.clone());
    let together = |one: &Step, next: &Step| one.occasion.is_some() && at(one) == at(next);
    let steps: Vec<String> =
        steps.chunk_by(together).filter_map(|together| told(views, together, lang)).collect();
    match lang {
        Lang::Zh => steps.join("；"),
        Lang::En => steps.join("; "),
    }
}

/// One step, or several at one occasion: who, with whom, when, where.
fn told(views: &Views, together: &[Step], lang: Lang) -> Option<String> {
    let (step, others) = together.split_first()?;
    if let Some(standing) = standing(views, step, lang).filter(|_| others.is_empty()) {
        return Some(standing);
    }
    let when = when(step.day, lang);
    let pair = match others.last() {
        None => pair(views, step, lang),
        Some(last) => {
            let before: Vec<PartyId> = together.iter().map(|step| step.from).collect();
            let (separator, and) = lang_pick(lang, ("、", "与"), (", ", " and "));
            format!("{}{and}{}", names(views, &before, separator), name(views, last.to))
        }
    };
    let what = match (step.class, &step.occasion) {
        (TieClass::Visit, Some(_)) => lang_pick(lang, "一同考察", "took part in the same visit"),
        // Between chambers the occasion is folded away.
        (TieClass::CoPresence, None) => lang_pick(lang, "出席同一场活动", "were at one event"),
        (class, _) => what(class, lang),
    };
    let place = step.occasion.as_ref().map(|occasion| title(views, occasion));
    Some(match (lang, place) {
        (Lang::Zh, Some(place)) => format!("{pair}于{when}在“{place}”{what}"),
        (Lang::Zh, None) => format!("{pair}于{when}{what}"),
        (Lang::En, Some(place)) => format!("{pair} {what} (“{place}”, {when})"),
        (Lang::En, None) => format!("{pair} {what} ({when})"),
    })
}

/// Who did it with whom. Between chambers, what their members did stands for the chambers'.
fn pair(views: &Views, step: &Step, lang: Lang) -> String {
    let (from, to) = (name(views, step.from), name(views, step.to));
    let through_members = match step.class {
        TieClass::Trade => lang_pick(lang, "的会员", "'s members"),
        TieClass::CoPresence | TieClass::Visit | TieClass::JointProject | TieClass::Welfare => {
            lang_pick(lang, "（或其会员）", " (or their members)")
        }
        TieClass::Membership | TieClass::Office | TieClass::Meeting | TieClass::Alliance => "",
    };
    let members =
        if is_chamber(views, step.from) && is_chamber(views, step.to) { through_members } else { "" };
    match (lang, step.class) {
        (Lang::Zh, TieClass::Trade) => format!("{from}{members}与{to}{members}"),
        (Lang::En, TieClass::Trade) => format!("{from}{members} and {to}{members}"),
        (Lang::Zh, _) => format!("{from}与{to}{members}"),
        (Lang::En, _) => format!("{from} and {to}{members}"),
    }
}

const fn lang_pick<T: Copy>(lang: Lang, zh: T, en: T) -> T {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// A tie that stands: who belongs to which chamber. It has no day that matters.
fn standing(views: &Views, step: &Step, lang: Lang) -> Option<String> {
    let (member, chamber) = match (is_chamber(views, step.from), is_chamber(views, step.to)) {
        (false, true) => (step.from, step.to),
        (true, false) => (step.to, step.from),
        (true, true) if step.class == TieClass::Membership => {
            let (one, other) = (name(views, step.from), name(views, step.to));
            return Some(match lang {
                Lang::Zh => format!("{one}与{other}有共同会员"),
                Lang::En => format!("{one} and {other} have members in common"),
            });
        }
        (true, true) | (false, false) => return None,
    };
    let (member, chamber) = (name(views, member), name(views, chamber));
    match (step.class, lang) {
        (TieClass::Membership, Lang::Zh) => Some(format!("{member}是{chamber}的会员")),
        (TieClass::Membership, Lang::En) => Some(format!("{member} is a member of {chamber}")),
        (TieClass::Office, Lang::Zh) => Some(format!("{member}在{chamber}任职")),
        (TieClass::Office, Lang::En) => Some(format!("{member} holds an office in {chamber}")),
        (
            TieClass::CoPresence
            | TieClass::Welfare
            | TieClass::Visit
            | TieClass::Meeting
            | TieClass::Trade
            | TieClass::JointProject
            | TieClass::Alliance,
            _,
        ) => None,
    }
}

const fn what(class: TieClass, lang: Lang) -> &'static str {
    match (class, lang) {
        (TieClass::Membership, Lang::Zh) => "有会籍关系",
        (TieClass::Membership, Lang::En) => "are tied by membership",
        (TieClass::Office, Lang::Zh) => "有任职关系",
        (TieClass::Office, Lang::En) => "are tied by an office held",
        (TieClass::Welfare, Lang::Zh) => "有公益帮扶往来",
        (TieClass::Welfare, Lang::En) => "helped or helped together",
        (TieClass::CoPresence, Lang::Zh) => "同场",
        (TieClass::CoPresence, Lang::En) => "were at the same event",
        (TieClass::Visit, Lang::Zh) => "在走访考察中碰过面",
        (TieClass::Visit, Lang::En) => "met on a visit",
        (TieClass::Meeting, Lang::Zh) => "见面",
        (TieClass::Meeting, Lang::En) => "met",
        (TieClass::Trade, Lang::Zh) => "有采购往来",
        (TieClass::Trade, Lang::En) => "traded",
        (TieClass::JointProject, Lang::Zh) => "同做一个项目",
        (TieClass::JointProject, Lang::En) => "were in one project",
        (TieClass::Alliance, Lang::Zh) => "结盟",
        (TieClass::Alliance, Lang::En) => "made an alliance",
    }
}

fn is_chamber(views: &Views, party: PartyId) -> bool {
    views.register.party(party).is_some_and(|party| party.kind == OrgKind::Chamber)
}

/// The day, no more exactly than it may be known: facts keep the last day that a date can mean, so the last
/// day of a month may stand for the month, and that of a year for the year.
fn when(day: i32, lang: Lang) -> String {
    let Ok(day) = date(1970, 1, 1).checked_add(day.days()) else {
        return String::new();
    };
    match (lang, precision(day)) {
        (Lang::Zh, 0) => format!("{}年", day.year()),
        (Lang::Zh, 1) => format!("{}年{}月", day.year(), day.month()),
        (Lang::Zh, _) => format!("{}年{}月{}日", day.year(), day.month(), day.day()),
        (Lang::En, 0) => format!("{}", day.year()),
        (Lang::En, 1) => format!("{:04}-{:02}", day.year(), day.month()),
        (Lang::En, _) => day.to_string(),
    }
}

/// How many parts after the year can be told.
fn precision(day: Date) -> u8 {
    if day == day.last_of_year() {
        0
    } else if day == day.last_of_month() {
        1
    } else {
        2
    }
}

fn name(views: &Views, party: PartyId) -> String {
    views.register.party(party).map_or_else(|| party.to_string(), |party| party.name.clone())
}

/// What people call the occasion: its title where the ledger knows one, otherwise its key.
fn title(views: &Views, occasion: &OccasionName) -> String {
    let known =
        RecordKey::try_from(occasion.key.clone()).ok().and_then(|key| match occasion.class.as_ref() {
            "activity" => views.ledger.activity(&key)?.held.as_ref().map(|held| held.event.title.clone()),
            "delegation" => views.ledger.delegation(&key).first().map(|visit| visit.event.title.clone()),
            "project" => {
                views.ledger.project(&key)?.signings.first().map(|signed| signed.event.title.clone())
            }
            _ => None,
        });
    known.unwrap_or_else(|| occasion.key.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rank::Room;
    use crate::rank::{Ask, Graphs, TermPath, rank};
    use crate::sample_town::Town;

    fn town() -> Town {
        let mut town = Town::default();
        let (a, b, c) = (town.enterprise("甲"), town.enterprise("乙"), town.enterprise("丙"));
        town.salon("春季沙龙", "2020-03-12", &[a, c]);
        town.purchase("2020-05", c, b);
        town
    }

    #[test]
    fn a_sentence_names_the_middle_and_what_both_did_with_it() {
        let town = town();
        let views = town.views();
        let graphs = Graphs::build(&views, Town::day("2021-01-01"));
        let ask = Ask { party: town.party("甲"), with: None, top: 5 };
        let list = rank(&views, &graphs, &ask, &mut Room::default()).unwrap();
        let line = list.lines.iter().find(|line| line.party == town.party("乙")).unwrap();
        assert_eq!(
            sentence(&views, &line.terms[0], Lang::Zh),
            "双方都与丙公司有往来：甲公司与丙公司于2020年3月12日在“春季沙龙”同场；丙公司与乙公司于2020年5月有采购往来。"
        );
        assert_eq!(
            sentence(&views, &line.terms[0], Lang::En),
            "Both are in touch with 丙公司: 甲公司 and 丙公司 were at the same event (“春季沙龙”, 2020-03-12); \
             丙公司 and 乙公司 traded (2020-05)."
        );
    }

    #[test]
    fn who_were_at_one_occasion_are_told_together_and_fellows_by_their_chamber() {
        let mut town = Town::default();
        let (a, b, c) = (town.enterprise("甲"), town.enterprise("乙"), town.enterprise("丙"));
        town.salon("春季沙龙", "2020-03-12", &[a, b, c]);
        let chamber = town.chamber("总商会");
        town.join("2019-01-05", chamber, a);
        town.join("2019-01-05", chamber, b);
        let views = town.views();
        let step = |from, to, occasion: bool| Step {
            from,
            to,
            occasion: occasion
                .then(|| OccasionName { class: "activity".into(), key: "春季沙龙".to_owned() }),
            class: if occasion { TieClass::CoPresence } else { TieClass::Membership },
            day: Town::day("2020-03-12"),
            evidence: vec![1],
        };
        let term = |paths| Term { signal: "resource_allocation", value_micro: 1, evidence: vec![1], paths };
        let path = |via, at: bool| TermPath {
            share_milli: 500,
            via: vec![via],
            steps: vec![step(a, via, at), step(via, b, at)],
        };
        assert_eq!(
            sentence(&views, &term(vec![path(c, true)]), Lang::Zh),
            "双方都与丙公司有往来：甲公司、丙公司与乙公司于2020年3月12日在“春季沙龙”同场。"
        );
        let fellows = sentence(&views, &term(vec![path(chamber, false), path(c, true)]), Lang::Zh);
        let chamber = name(&views, chamber);
        assert_eq!(
            fellows,
            format!(
                "双方同在{chamber}；双方都与丙公司有往来：甲公司是{chamber}的会员；乙公司是{chamber}的会员。"
            )
        );
    }

    #[test]
    fn what_is_measured_is_said_with_its_sign_and_the_latest_tie() {
        let town = town();
        let views = town.views();
        let step = Step {
            from: town.party("乙"),
            to: town.party("丙"),
            occasion: None,
            class: TieClass::Trade,
            day: Town::day("2020-05"),
            evidence: vec![6],
        };
        let path = TermPath { share_milli: 1_000, via: Vec::new(), steps: vec![step] };
        let term = |value_micro| Term {
            signal: "partners",
            value_micro,
            evidence: vec![6],
            paths: vec![path.clone()],
        };
        assert_eq!(
            sentence(&views, &term(-5), Lang::Zh),
            "论往来面的宽窄，减分；对方最近一次往来：乙公司与丙公司于2020年5月有采购往来。"
        );
        assert_eq!(
            sentence(&views, &term(5), Lang::En),
            "How many partners the other has counts for it; the other’s latest tie: 乙公司 and 丙公司 traded (2020-05)."
        );
    }

    #[test]
    fn a_date_is_told_no_more_exactly_than_it_may_be_known() {
        let told = |text| when(Town::day(text), Lang::Zh);
        assert_eq!(
            [told("2020"), told("2020-05"), told("2020-05-30")],
            ["2020年", "2020年5月", "2020年5月30日"]
        );
    }
}
