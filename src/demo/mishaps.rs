//! What goes on beside the plan: members come and go, a firm is renamed, one closes, one was entered twice, one
//! entry was wrong.

use jinqiao_events::kinds::Kind;
use serde_json::{Value, json};

use super::city::{Chamber, City, Company};
use super::story::{Link, Story, wan};
use super::words::CITY;

/// Companies that join another chamber within the year.
const NEWCOMERS: usize = 60;
/// Members that leave, and members whose level rises.
const LEAVERS: usize = 12;

impl City {
    /// The company that closes within the year: the one that was least seen.
    pub(super) fn closing(&self) -> Option<&Company> {
        self.companies.last()
    }
}

/// Tells all of it.
pub(super) fn tell(story: &mut Story<'_>) {
    tell_newcomers(story);
    tell_leavers(story);
    tell_register_changes(story);
    tell_mistakes(story);
}

fn tell_newcomers(story: &mut Story<'_>) {
    let mut joined = std::collections::BTreeSet::new();
    for index in 0..NEWCOMERS {
        let day = story.spread(index, NEWCOMERS, 230);
        let Some(company) = story.dice.choose(&story.city.companies) else {
            continue;
        };
        let Some(chamber) = story.city.trade_chamber(company) else {
            continue;
        };
        let is_news =
            !chamber.members.contains(&company.index) && joined.insert((&chamber.id, company.index));
        if is_news {
            story.tell(day, Kind::MemberJoined, json!({ "chamber": chamber.id, "member": company.id }));
        }
    }
}

/// In the last weeks, after the purchases, so that no purchase lacks its roof.
fn tell_leavers(story: &mut Story<'_>) {
    let chambers: Vec<&Chamber> = story.city.chambers.iter().take(LEAVERS).collect();
    for (index, chamber) in chambers.into_iter().enumerate() {
        let day = 245 + index as u64;
        let (Some(last), Some(rising)) = (chamber.members.last(), chamber.members.get(6)) else {
            continue;
        };
        let (Some(leaver), Some(rising)) = (story.city.company(*last), story.city.company(*rising)) else {
            continue;
        };
        if index % 2 == 0 {
            story.tell(day, Kind::MemberLeft, json!({ "chamber": chamber.id, "member": leaver.id }));
        } else {
            let body = json!({ "chamber": chamber.id, "member": rising.id, "level": "vice_president" });
            story.tell(day, Kind::MembershipLevelChanged, body);
        }
    }
}

/// A new name, a closure, and an entry that turns out to be a second one of a firm.
fn tell_register_changes(story: &mut Story<'_>) {
    let city = story.city;
    if let Some(renamed) = city.company(20) {
        let name = format!("{CITY}{}（集团）股份有限公司", renamed.short);
        story.tell(120, Kind::OrgRenamed, json!({ "party": renamed.id, "name": name }));
    }
    if let Some(closing) = city.closing() {
        story.tell(200, Kind::OrgClosed, json!({ "party": closing.id, "reason": "决议解散" }));
    }
    let (Some(twice), Some(host)) = (city.company(5), city.general()) else {
        return;
    };
    let entry = "local:demo/手工登记-001";
    let activity = format!("会员企业开放日 {}", story.year.working_day(90));
    story.note(90, [
        (Kind::OrgRegistered, json!({
            "name": format!("{CITY}市{}公司", twice.short), "kind": "enterprise", "identifier": entry, "region": twice.district,
        })),
        (Kind::ActivityHeld, json!({ "activity": activity, "title": "会员企业开放日", "type": "other", "organisers": [host.id] })),
        (Kind::AttendanceRecorded, json!({ "activity": activity, "organisation": entry, "post": "代表" })),
    ]);
    story.tell(
        110,
        Kind::OrgMerged,
        json!({ "from": entry, "into": twice.id, "reason": "手工登记与名录为同一企业，地址一致" }),
    );
    let nickname: String = twice.short.chars().take(2).collect();
    story.tell(111, Kind::PartyLinked, json!({ "name": format!("{nickname}公司"), "party": twice.id }));
}

/// A purchase entered for the wrong pair is voided; one with a slipped decimal point is corrected.
fn tell_mistakes(story: &mut Story<'_>) {
    let links = story.city.links(|_| true);
    let weighted: Vec<_> = links
        .iter()
        .filter(|(_, link)| !story.have_traded(link.seller, link.buyer))
        .map(|(w, link)| (*w, link))
        .collect();
    let drawn = story.dice.draw(weighted, 2);
    let [wrong, slipped] = drawn.as_slice() else {
        return;
    };
    let year = story.year.0;
    let entered = story.tell(100, Kind::MemberPurchaseMade, purchase(wrong, &format!("LT-{year}-误"), 30));
    story.tell(104, Kind::EventVoided, json!({ "event": entered, "reason": "买卖双方填错，合同不存在" }));
    let contract = format!("LT-{year}-补");
    let entered = story.tell(130, Kind::MemberPurchaseMade, purchase(slipped, &contract, 480));
    story.tell(133, Kind::EventCorrected, json!({
        "event": entered, "body": purchase(slipped, &contract, 48), "reason": "金额小数点错位，应为48万元",
    }));
}

fn purchase(link: &Link<'_>, contract: &str, amount_wan: u64) -> Value {
    json!({
        "buyer": link.buyer.id, "seller": link.seller.id, "chamber": link.chamber.id,
        "goods": link.seller.trade.products.first(), "amount": wan(amount_wan, "purchase"), "contract": contract,
    })
}
