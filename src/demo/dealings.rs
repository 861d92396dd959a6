//! Purchases between members (链团采购), visits and the needs they bring to light, delegations.

use jinqiao_events::kinds::Kind;
use serde_json::json;

use super::city::{Bond, Chamber, Company};
use super::story::{Link, Story, wan};
use super::words::{NEEDS, PARTNER_CITIES, SITES, TRADES};

/// Purchases of the year, beside those that introductions led to.
const PURCHASES: usize = 200;
/// Visits of chambers to members.
const VISITS: usize = 60;
/// Delegations that came or went.
const DELEGATIONS: usize = 30;
/// Last working day of these; what mends mistakes comes after.
const UNTIL: u64 = 235;

/// Tells the purchases of the year: a third are repeat orders of a pair that has traded before.
pub(super) fn tell_purchases(story: &mut Story<'_>) {
    let links = story.city.links(|_| true);
    let mut earlier: Vec<Link<'_>> = Vec::new();
    for index in 0..PURCHASES {
        let day = story.spread(index, PURCHASES, UNTIL);
        let repeat = if story.dice.percent(35) { story.dice.choose(&earlier).copied() } else { None };
        let Some(link) = repeat.or_else(|| draw(story, &links)) else {
            continue;
        };
        buy(story, day, link);
        earlier.push(link);
    }
}

fn draw<'a>(story: &mut Story<'_>, links: &[(u64, Link<'a>)]) -> Option<Link<'a>> {
    let weighted = links.iter().map(|(weight, link)| (*weight, link)).collect();
    story.dice.draw(weighted, 1).first().map(|link| **link)
}

/// Tells one purchase.
pub(super) fn buy(story: &mut Story<'_>, day: u64, Link { seller, buyer, chamber }: Link<'_>) {
    let size = seller.trade.order_wan * story.dice.between(40, 220) / 100;
    let contract = format!("LT-{}-{:03}-{}", story.year.0, day, story.dice.between(1_000, 9_999));
    let goods = story.dice.pick(seller.trade.products);
    story.remember_trade(seller, buyer);
    story.tell(
        day,
        Kind::MemberPurchaseMade,
        json!({
            "buyer": buyer.id, "seller": seller.id, "chamber": chamber.id, "goods": goods,
            "amount": wan(size.max(1), "purchase"), "contract": contract,
        }),
    );
}

/// Tells the visits of chambers to members; every visit brings a need to light, half of them are dealt with.
pub(super) fn tell_visits(story: &mut Story<'_>) {
    for index in 0..VISITS {
        let day = story.spread(index, VISITS, UNTIL - 40);
        let Some(chamber) = story.dice.choose(&story.city.chambers) else {
            continue;
        };
        let members: Vec<&Company> = story.city.members(chamber).collect();
        let Some(member) = story.dice.choose(&members) else {
            continue;
        };
        let visit = format!("走访 {}-{:03}", story.year.0, index + 1);
        let need = format!("诉求 {}-{:03}", story.year.0, index + 1);
        let (need_type, text) = need_of(story, member);
        story.note(day, [
            (Kind::MemberVisited, json!({ "visit": visit, "chamber": chamber.id, "member": member.id })),
            (Kind::NeedDeclared, json!({
                "need": need, "party": member.id, "type": need_type, "text": text, "owner": chamber.id, "visit": visit,
            })),
        ]);
        if story.dice.percent(50) {
            let later = day + story.dice.between(10, 40);
            let met = story.dice.percent(70);
            story.tell(later, Kind::NeedResolved, json!({ "need": need, "met": met }));
        }
    }
}

/// What a company says it needs: half the time what the link before it in the chain makes.
fn need_of(story: &mut Story<'_>, member: &Company) -> (&'static str, String) {
    let suppliers: Vec<_> =
        TRADES.iter().filter(|trade| trade.sold_to.contains(&member.trade.name)).collect();
    if let (true, Some(supplier)) = (story.dice.percent(50), story.dice.choose(&suppliers)) {
        return ("supply", format!("寻找本地{}供应商，希望能看样、月结", story.dice.pick(supplier.products)));
    }
    let (need_type, text) = story.dice.pick(NEEDS);
    (need_type, text.to_owned())
}

/// Tells the delegations: two of three come to us, one goes out.
pub(super) fn tell_delegations(story: &mut Story<'_>) {
    let hosts: Vec<&Chamber> = story
        .city
        .chambers
        .iter()
        .filter(|chamber| matches!(chamber.bond, Bond::Home(_) | Bond::Trade(_)))
        .collect();
    for index in 0..DELEGATIONS {
        let day = story.spread(index, DELEGATIONS, UNTIL);
        let Some(host) = story.dice.choose(&hosts) else {
            continue;
        };
        let weighted = story.city.members(host).map(|member| (member.eagerness + 100, member)).collect();
        let count = story.dice.index(5) + 4;
        let members: Vec<&str> =
            story.dice.draw(weighted, count).into_iter().map(|member| member.id.as_str()).collect();
        let place = story.dice.pick(PARTNER_CITIES);
        let delegation = format!("考察 {}-{:02} {place}", story.year.0, index + 1);
        let visitors = story.dice.between(8, 40);
        let topic = format!("{}产业配套与项目对接", host.short().trim_end_matches("商会"));
        let body = if index % 3 < 2 {
            json!({
                "delegation": delegation, "title": format!("{place}企业家考察团"), "direction": "inbound",
                "place": place, "visitors": visitors, "delegates": [format!("{place}总商会")], "hosts": [host.id],
                "met": members, "sites": [story.dice.pick(SITES)], "topic": topic,
            })
        } else {
            json!({
                "delegation": delegation, "title": format!("{}赴{place}考察团", host.short()), "direction": "outbound",
                "place": place, "visitors": visitors, "delegates": members, "hosts": [host.id], "topic": topic,
            })
        };
        story.tell(day, Kind::DelegationVisited, body);
    }
}
