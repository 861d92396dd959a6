//! Projects: leads, signings that count once, stages, money that arrives; stations and alliances that bring them.

use jinqiao_events::kinds::Kind;
use serde_json::json;

use super::city::{Bond, Chamber};
use super::story::{Story, wan};
use super::words::{DISTRICTS, FIRST, INVESTOR_TRADES, PARTNER_CITIES, PROJECTS, SECOND};

/// Projects of the year.
const PROJECTS_COUNT: usize = 30;

/// What becomes of the nth project. The first three show the three ways in which a later signing counts.
const fn signings(index: usize) -> &'static [(&'static str, Option<&'static str>, u64)] {
    match index {
        0 => &[("contract", None, 100), ("contract", Some("re_signing"), 100)],
        1 => &[("contract", None, 100), ("contract", Some("increment"), 40)],
        2 => &[("intent", None, 100), ("contract", Some("upgrade"), 90)],
        _ => match index % 4 {
            0 => &[],
            1 => &[("framework", None, 100)],
            2 => &[("intent", None, 100)],
            _ => &[("contract", None, 100)],
        },
    }
}

/// Tells the projects of the year.
pub(super) fn tell(story: &mut Story<'_>) {
    for index in 0..PROJECTS_COUNT {
        let day = story.spread(index, PROJECTS_COUNT, 150);
        let Some(reporter) = referrer(story) else { continue };
        tell_project(story, index, day, reporter);
    }
}

fn referrer<'a>(story: &mut Story<'a>) -> Option<&'a Chamber> {
    let referrers: Vec<&Chamber> = story
        .city
        .chambers
        .iter()
        .filter(|chamber| matches!(chamber.bond, Bond::Home(_) | Bond::Trade(_)))
        .collect();
    story.dice.choose(&referrers).copied()
}

fn tell_project(story: &mut Story<'_>, index: usize, day: u64, reporter: &Chamber) {
    let project = format!("QY-{}-{:03}", story.year.0, index + 1);
    let place = story.dice.pick(PARTNER_CITIES).trim_end_matches('市');
    let title = format!("{place}{}", story.dice.pick(PROJECTS));
    let investor = format!(
        "{place}{}{}{}",
        story.dice.pick(FIRST),
        story.dice.pick(SECOND),
        story.dice.pick(INVESTOR_TRADES)
    );
    let region = story.dice.pick(DISTRICTS);
    let total_wan = story.dice.between(8, 120) * 1_000;
    story.tell(day, Kind::LeadReported, json!({
        "project": project, "title": title, "reporter": reporter.id, "investor": investor, "region": region,
        "amount": wan(total_wan, "intent"),
    }));
    let partner = local_partner(story, index, reporter);
    let investors: Vec<&str> = std::iter::once(investor.as_str()).chain(partner).collect();
    for (nth, (agreement, signing, percent)) in signings(index).iter().enumerate() {
        let signed = day + 15 + 25 * (nth as u64);
        let mut body = json!({
            "project": project, "title": title, "investors": investors, "agreement": agreement,
            "amount": wan(total_wan * percent / 100, signing.filter(|how| *how == "increment").unwrap_or(agreement)),
            "region": region, "referrer": reporter.id,
        });
        if let (Some(signing), Some(body)) = (signing, body.as_object_mut()) {
            body.insert("signing".into(), json!(signing));
        }
        story.tell(signed, Kind::ProjectSigned, body);
    }
    if signings(index).iter().any(|(agreement, ..)| *agreement == "contract") {
        tell_progress(story, index, day + 70, &project, total_wan);
    } else if index % 8 == 4 {
        story.tell(
            day + 60,
            Kind::ProjectStageChanged,
            json!({ "project": project, "stage": "ended", "reason": "投资方调整布局" }),
        );
    }
}

/// A company of the referring chamber that signs too, for every fifth project.
fn local_partner<'a>(story: &mut Story<'a>, index: usize, reporter: &Chamber) -> Option<&'a str> {
    if !index.is_multiple_of(5) {
        return None;
    }
    let partner = story.dice.choose(&reporter.members).and_then(|member| story.city.company(*member));
    partner.map(|company| company.id.as_str())
}

/// Registration, start, and money in instalments.
fn tell_progress(story: &mut Story<'_>, index: usize, day: u64, project: &str, total_wan: u64) {
    story.tell(day, Kind::ProjectStageChanged, json!({ "project": project, "stage": "registered" }));
    if index.is_multiple_of(2) {
        return;
    }
    story.tell(day + 15, Kind::ProjectStageChanged, json!({ "project": project, "stage": "started" }));
    for instalment in 1..=story.dice.between(1, 2) {
        let arrived = total_wan * story.dice.between(5, 20) / 100;
        let fixed = arrived * 3 / 4;
        story.tell(
            day + 10 * instalment,
            Kind::FundsArrived,
            json!({
                "project": project, "instalment": instalment, "amount": wan(arrived, "arrived"),
                "fixed_assets": wan(fixed, "arrived"), "working_capital": wan(arrived - fixed, "arrived"),
                "origin": "市外", "voucher": format!("示例回单 {project}-{instalment}"),
            }),
        );
    }
}

/// Tells the stations and alliances of the year.
pub(super) fn tell_alliances(story: &mut Story<'_>) {
    let homes: Vec<&Chamber> =
        story.city.chambers.iter().filter(|chamber| matches!(chamber.bond, Bond::Home(_))).collect();
    let trades: Vec<&Chamber> =
        story.city.chambers.iter().filter(|chamber| matches!(chamber.bond, Bond::Trade(_))).collect();
    for (index, (chamber, place)) in homes.iter().zip(PARTNER_CITIES).take(6).enumerate() {
        let day = story.spread(index, 6, 200);
        let (sort, title) = if index % 3 == 2 {
            ("liaison_station", "联络站")
        } else {
            ("workstation", "双招双引工作站")
        };
        story.tell(day, Kind::StationEstablished, json!({
            "station": format!("{place}{title}"), "title": format!("{}{place}{title}", chamber.short()), "type": sort,
            "chamber": chamber.id, "host": format!("{place}总商会"), "place": place,
        }));
    }
    for (index, (home, trade)) in homes.iter().zip(trades.iter().rev()).take(5).enumerate() {
        let day = story.spread(index, 5, 200);
        story.tell(
            day,
            Kind::AllianceSigned,
            json!({ "a": home.id, "b": trade.id, "subject": "缔结友好商会，互通会员供需" }),
        );
    }
}
