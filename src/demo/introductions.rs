//! Introductions in every state, and 回避.

use jinqiao_events::kinds::Kind;
use jinqiao_events::value::ids::EventId;
use serde_json::json;

use super::dealings::buy;
use super::story::{Link, Story};

/// How far an introduction got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Proposed,
    OneConsented,
    BothConsented,
    Met,
    Outcome(&'static str),
    Declined,
    Expired,
}

const ENDS: &[End] = &[
    End::Outcome("deal"),
    End::Declined,
    End::Outcome("intent"),
    End::Expired,
    End::Outcome("talking"),
    End::Met,
    End::Declined,
    End::Outcome("nothing"),
    End::Expired,
    End::BothConsented,
    End::OneConsented,
    End::Proposed,
];

/// Pairs under 回避; the last one is lifted again.
const AVOIDANCES: usize = 4;

/// Tells the introductions of the year: neighbouring links of a chain, in one chamber, that have not traded.
pub(super) fn tell(story: &mut Story<'_>) {
    let pairs = strangers(story, ENDS.len() + AVOIDANCES);
    let (introduced, avoiding) = pairs.split_at(ENDS.len().min(pairs.len()));
    for (index, (link, end)) in introduced.iter().zip(ENDS).enumerate() {
        let day = story.spread(index, ENDS.len(), 200);
        introduce(story, day, *link, *end);
    }
    for (index, Link { seller, buyer, .. }) in avoiding.iter().enumerate() {
        let day = story.spread(index, AVOIDANCES, 180);
        story.tell(
            day,
            Kind::DoNotIntroduceSet,
            json!({ "a": seller.id, "b": buyer.id, "reason": "合同纠纷未结" }),
        );
        if index + 1 == AVOIDANCES {
            story.tell(day + 30, Kind::DoNotIntroduceLifted, json!({ "a": seller.id, "b": buyer.id }));
        }
    }
}

/// Links between companies that have not traded; no company twice.
fn strangers<'a>(story: &mut Story<'a>, count: usize) -> Vec<Link<'a>> {
    let links = story.city.links(|_| true);
    let untraded = links.iter().filter(|(_, link)| !story.have_traded(link.seller, link.buyer));
    let weighted: Vec<_> = untraded.map(|(weight, link)| (*weight, link)).collect();
    let mut taken = std::collections::BTreeSet::new();
    let drawn = story.dice.draw(weighted, count * 8).into_iter();
    let fresh = drawn.filter(|link| {
        let free = !taken.contains(&link.seller.index) && !taken.contains(&link.buyer.index);
        if free {
            taken.extend([link.seller.index, link.buyer.index]);
        }
        free
    });
    fresh.take(count).copied().collect()
}

fn introduce(story: &mut Story<'_>, day: u64, link: Link<'_>, end: End) {
    let Link { seller, buyer, chamber } = link;
    let goods = seller.trade.products.first().copied().unwrap_or_default();
    let reason =
        format!("{}的{goods}正合{}所用，两家同在{}，尚未往来", seller.short, buyer.short, chamber.short());
    let introduction = story.tell(day, Kind::IntroductionProposed, json!({
        "a": seller.id, "b": buyer.id, "channel": "match_list", "introducer": chamber.id, "reason": reason,
    }));
    let consents = match end {
        End::Proposed | End::Expired => 0,
        End::OneConsented | End::Declined => 1,
        End::BothConsented | End::Met | End::Outcome(_) => 2,
    };
    for (days, side) in [(1, &seller.id), (3, &buyer.id)].into_iter().take(consents) {
        story.tell(
            day + days,
            Kind::IntroductionConsented,
            json!({ "introduction": introduction, "side": side }),
        );
    }
    conclude(story, day, link, end, introduction);
}

fn conclude(story: &mut Story<'_>, day: u64, link: Link<'_>, end: End, introduction: EventId) {
    let Link { seller, buyer, .. } = link;
    match end {
        End::Proposed | End::OneConsented | End::BothConsented => {}
        End::Expired => {
            story.tell(day + 20, Kind::IntroductionExpired, json!({ "introduction": introduction }));
        }
        End::Declined => {
            let body =
                json!({ "introduction": introduction, "side": buyer.id, "reason": "今年产能已满，明年再议" });
            story.tell(day + 4, Kind::IntroductionDeclined, body);
        }
        End::Met | End::Outcome(_) => {
            let body =
                json!({ "a": seller.id, "b": buyer.id, "introduction": introduction, "place": "商会会客厅" });
            story.tell(day + 7, Kind::MeetingHeld, body);
        }
    }
    if let End::Outcome(outcome) = end {
        story.tell(
            day + 21,
            Kind::OutcomeReported,
            json!({ "introduction": introduction, "outcome": outcome }),
        );
        if outcome == "deal" {
            buy(story, day + 28, link);
        }
    }
}
