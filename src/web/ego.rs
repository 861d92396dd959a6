//! The picture of a party's ties: itself in the middle, the closest partners on an inner ring, the next ones on
//! an outer ring, each ring ordered by id. The same log gives the same picture.
//!
//! Words are real text, so the picture can be searched, copied, read aloud and printed; every dot is a link.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::f64::consts::TAU;

use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::value::ids::PartyId;
use jinqiao_projections::party_graph::OCCASION_MEMBERS_MAX;
use jinqiao_projections::register::Party;
use jinqiao_projections::tie_graph::{Evidence, TieGraph};
use jinqiao_projections::ties::TieClass;
use maud::{Markup, html};

use super::context::Context;
use super::failure::Failure;
use super::texts::Text;

/// Most partners on the inner and on the outer ring.
const RINGS: [(usize, f64); 2] = [(8, 104.0), (14, 226.0)];
/// Half the height of the picture, and half its width: there the labels of the outer ring have room.
const HALF: (f64, f64) = (345.0, 255.0);
/// Radius of a dot.
const DOT: f64 = 8.0;
/// Radius of the dot in the middle.
const CENTRE: f64 = 13.0;
/// Most columns of a label; a Chinese character takes two.
const LABEL_COLUMNS: usize = 14;

/// What sort of tie a line shows: the closest of those that tie the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// They deal with each other.
    Deal,
    /// They met.
    Contact,
    /// One belongs to the other.
    Belonging,
    /// They were at the same occasion.
    Occasion,
}

impl Sort {
    const ALL: [Self; 4] = [Self::Deal, Self::Contact, Self::Belonging, Self::Occasion];

    fn of(evidence: &Evidence) -> Self {
        if evidence.deal {
            return Self::Deal;
        }
        match evidence.class {
            TieClass::Trade | TieClass::JointProject | TieClass::Alliance => Self::Deal,
            TieClass::Visit | TieClass::Meeting => Self::Contact,
            TieClass::Membership | TieClass::Office => Self::Belonging,
            TieClass::CoPresence | TieClass::Welfare => Self::Occasion,
        }
    }

    const fn class(self) -> &'static str {
        match self {
            Self::Deal => "deal",
            Self::Contact => "contact",
            Self::Belonging => "belonging",
            Self::Occasion => "occasion",
        }
    }

    const fn label(self) -> Text {
        match self {
            Self::Deal => Text::TieDeal,
            Self::Contact => Text::TieContact,
            Self::Belonging => Text::TieBelonging,
            Self::Occasion => Text::TieOccasion,
        }
    }
}

/// One partner of the party.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Partner {
    /// Who.
    pub party: PartyId,
    /// The closest sort of tie.
    pub sort: Sort,
    /// How many direct events and shared occasions.
    pub times: usize,
    weight: f64,
}

/// The partners of a party, closest first: by weight, then by id.
#[must_use]
pub fn partners(graph: &TieGraph, party: PartyId) -> Vec<Partner> {
    let Some(node) = graph.node(party) else {
        return Vec::new();
    };
    let mut ties: BTreeMap<PartyId, Partner> = BTreeMap::new();
    let mut note = |party: PartyId, sort: Sort, times: usize, weight: f64| {
        let partner = ties.entry(party).or_insert(Partner { party, sort, times: 0, weight: 0.0 });
        partner.sort = partner.sort.min(sort);
        partner.times += times;
        partner.weight += weight;
    };
    let occasion_max = usize::try_from(OCCASION_MEMBERS_MAX).unwrap_or(usize::MAX);
    for (next, weight) in graph.ties(node) {
        let evidence = graph.evidence(node, next);
        let Some(sort) = evidence.iter().map(Sort::of).min() else {
            continue;
        };
        if let Some(partner) = graph.party(next) {
            note(partner, sort, evidence.len(), weight);
        } else if graph.degree(next) <= occasion_max {
            let others = graph.neighbours(next).iter().filter(|other| **other != node);
            others.filter_map(|other| graph.party(*other)).for_each(|other| note(other, sort, 1, weight));
        }
    }
    let mut partners: Vec<Partner> = ties.into_values().collect();
    partners.sort_by(|one, other| {
        other
            .weight
            .total_cmp(&one.weight)
            .then_with(|| (Reverse(one.times), one.party).cmp(&(Reverse(other.times), other.party)))
    });
    partners
}

/// Where a partner stands in the picture; the middle is (0, 0).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Who.
    pub partner: Partner,
    /// To the right.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

/// Places the closest partners on the rings.
#[must_use]
pub fn places(partners: &[Partner]) -> Vec<Place> {
    let mut places = Vec::new();
    let mut rest = partners;
    for (most, radius) in RINGS {
        let (on_ring, further) = rest.split_at(most.min(rest.len()));
        rest = further;
        let mut on_ring = on_ring.to_vec();
        on_ring.sort_by_key(|partner| partner.party);
        let step = TAU / f64::from(u32::try_from(on_ring.len()).unwrap_or(u32::MAX).max(1));
        // Half a step aside of straight up, so that no label stands above the middle.
        let mut angle = step / 2.0 - TAU / 4.0;
        for partner in on_ring {
            places.push(Place { partner, x: radius * libm::cos(angle), y: radius * libm::sin(angle) });
            angle += step;
        }
    }
    places
}

/// The picture with its legend.
///
/// # Errors
/// When the log cannot be read.
pub fn picture(context: &Context, party: &Party) -> Result<Markup, Failure> {
    let ground = context.ground(context.asked_day())?;
    let places = places(&partners(&ground.graphs.parties, party.id));
    let sorts = Sort::ALL.into_iter().filter(|sort| places.iter().any(|place| place.partner.sort == *sort));
    Ok(html! {
        section.card.network {
            h2 { (context.say(Text::Network)) }
            @if places.is_empty() {
                p.note { (context.say(Text::NetworkNone)) }
            } @else {
                p.note { (context.say(Text::NetworkNote)) }
                (drawing(context, party, &places))
                ul.legend {
                    @for sort in sorts {
                        li {
                            svg width="28" height="10" aria-hidden="true" {
                                line.tie.(sort.class()) x1="0" y1="5" x2="28" y2="5" {}
                            }
                            " " (context.say(sort.label()))
                        }
                    }
                }
            }
        }
    })
}

fn drawing(context: &Context, party: &Party, places: &[Place]) -> Markup {
    let (half_width, half_height) = HALF;
    let view = format!("{} {} {} {}", -half_width, -half_height, 2.0 * half_width, 2.0 * half_height);
    let title = context.with(Text::NetworkOf, &[&party.name, &places.len()]);
    html! {
        svg.ego viewBox=(view) role="img" aria-label=(title) {
            title { (title) }
            @for place in places {
                line.tie.(place.partner.sort.class()) x1="0" y1="0" x2=(number(place.x)) y2=(number(place.y)) {}
            }
            circle.dot.centre.(kind_class(party.kind)) cx="0" cy="0" r=(CENTRE) {}
            text.centre x="0" y="34" text-anchor="middle" { (label(party)) }
            @for place in places { (dot(context, place)) }
        }
    }
}

fn dot(context: &Context, place: &Place) -> Markup {
    let Some(party) = context.views.register.party(place.partner.party) else {
        return html! {};
    };
    let right = place.x >= 0.0;
    let aside = if right { place.x + DOT + 4.0 } else { place.x - DOT - 4.0 };
    let sort = context.say(place.partner.sort.label());
    let tie = context.with(Text::TieTimes, &[&sort, &place.partner.times]);
    html! {
        a href=(context.party_href(party.id, "", &[])) {
            title { (party.name) " · " (tie) }
            circle.dot.(kind_class(party.kind)) cx=(number(place.x)) cy=(number(place.y)) r=(DOT) {}
            text x=(number(aside)) y=(number(place.y + 4.5)) text-anchor=(if right { "start" } else { "end" }) {
                (label(party))
            }
        }
    }
}

const fn kind_class(kind: OrgKind) -> &'static str {
    match kind {
        OrgKind::Enterprise => "enterprise",
        OrgKind::Chamber => "chamber",
        OrgKind::Government | OrgKind::Institution | OrgKind::Village | OrgKind::School | OrgKind::Other => {
            "public"
        }
    }
}

/// The name as the picture has room for it: the first short name, or the beginning of the full one.
fn label(party: &Party) -> String {
    cut(party.short_names.first().unwrap_or(&party.name), LABEL_COLUMNS)
}

/// The text, cut to so many columns; a character outside ASCII takes two.
#[must_use]
pub fn cut(text: &str, columns: usize) -> String {
    let width = |c: char| if c.is_ascii() { 1 } else { 2 };
    if text.chars().map(width).sum::<usize>() <= columns {
        return text.to_owned();
    }
    let mut used = 1;
    let fits = |c: &char| {
        used += width(*c);
        used <= columns
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

/// A coordinate, to a tenth.
fn number(coordinate: f64) -> String {
    format!("{coordinate:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn many(count: usize) -> Vec<Partner> {
        let partner = |n: usize| Partner {
            party: PartyId::new(Uuid::from_u128(n as u128)),
            sort: Sort::Occasion,
            times: 1,
            weight: 1.0,
        };
        (0..count).map(partner).collect()
    }

    /// Left, top, right, bottom of a dot with the widest label it can have.
    fn box_of(place: &Place) -> [f64; 4] {
        let width = 6.5 * 14.0 + DOT + 4.0;
        let (left, right) = if place.x >= 0.0 { (DOT, width) } else { (width, DOT) };
        [place.x - left, place.y - DOT, place.x + right, place.y + DOT]
    }

    #[test]
    fn nothing_in_the_picture_overlaps_however_many_partners_there_are() {
        for count in 1..40 {
            let places = places(&many(count));
            assert_eq!(places.len(), count.min(22));
            for (at, one) in places.iter().enumerate() {
                let [left, top, right, bottom] = box_of(one);
                let (half_width, half_height) = HALF;
                assert!(
                    left > -half_width && right < half_width && top > -half_height && bottom < half_height
                );
                assert!(one.x.hypot(one.y) > CENTRE + DOT);
                for other in &places[at + 1..] {
                    let [other_left, other_top, other_right, other_bottom] = box_of(other);
                    let apart =
                        right < other_left || other_right < left || bottom < other_top || other_bottom < top;
                    assert!(apart, "{count} partners: {one:?} and {other:?}");
                }
            }
        }
    }

    #[test]
    fn a_ring_is_ordered_by_id_and_the_closest_are_inside() {
        let mut partners = many(12);
        partners.reverse();
        let places = places(&partners);
        let inner: Vec<PartyId> = places[..8].iter().map(|place| place.partner.party).collect();
        assert!(inner.is_sorted());
        assert_eq!(inner[0], partners[7].party);
    }

    #[test]
    fn long_names_are_cut_to_their_columns() {
        assert_eq!(cut("青屿精密", 8), "青屿精密");
        assert_eq!(cut("青屿精密机械", 8), "青屿精…");
        assert_eq!(cut("Qingyu Precision", 8), "Qingyu …");
    }
}
