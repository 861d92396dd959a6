//! `/parties/{id}`: who a party is, what it belongs to, what it needs, whom it met.

use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::kinds::membership::MembershipLevel;
use jinqiao_events::value::ids::PartyId;
use jinqiao_projections::ledger::Introduction;
use jinqiao_projections::register::{Noted, Office, Party};
use maud::{Markup, html};

use super::context::Context;
use super::find::closed_mark;
use super::frame::Page;
use super::texts::{Text, vocabulary};
use super::{Answer, Shown, ego};
use crate::naming;

mod history;

pub(super) use history::{events, label};

/// Most members of a chamber on its page.
const MEMBERS_MAX: usize = 90;

pub(super) fn page(context: &Context, id: &str) -> Answer {
    let party = context.party(id)?;
    if party.id.to_string() != id {
        // The entry was merged into another, or the id was written in capitals.
        return Ok(Shown::Elsewhere(context.party_href(party.id, "", &[])));
    }
    let body = html! {
        (head(context, party))
        div.columns.uneven {
            div {
                (identity(context, party))
                (products(context, party.id))
                (memberships(context, party.id))
                (offices(context, party.id))
            }
            div { (ego::picture(context, party)?) }
        }
        (members(context, party))
        (needs(context, party.id))
        (introductions(context, party.id))
        (history::section(context, party.id)?)
    };
    Ok(Page { title: party.name.clone(), body }.into())
}

fn head(context: &Context, party: &Party) -> Markup {
    html! {
        div.head {
            h1 {
                (party.name) " "
                span.mark { (naming::org_kind(party.kind, context.lang())) }
                (closed_mark(context, party))
            }
            p.actions {
                a.button href=(context.party_href(party.id, "/matches", &[("with", "enterprises")])) {
                    (context.say(Text::SeeMatches)) " · " (context.say(Text::Enterprises))
                }
                " "
                a.button href=(context.party_href(party.id, "/matches", &[("with", "chambers")])) {
                    (context.say(Text::SeeMatches)) " · " (context.say(Text::ChambersWord))
                }
            }
        }
    }
}

/// One line of a list of facts; nothing where there is nothing to say.
fn fact(context: &Context, label: Text, value: Option<Markup>) -> Markup {
    html! { @if let Some(value) = value { dt { (context.say(label)) } dd { (value) } } }
}

fn noted(context: &Context, noted: Noted) -> Markup {
    html! { (noted.occurred) " " (context.event_link(noted.position)) }
}

fn lines<'a>(texts: impl Iterator<Item = &'a str>) -> Option<Markup> {
    let texts: Vec<&str> = texts.collect();
    (!texts.is_empty())
        .then(|| html! { @for (at, text) in texts.iter().enumerate() { @if at > 0 { br; } (text) } })
}

fn identity(context: &Context, party: &Party) -> Markup {
    let register = &context.views.register;
    let entries = register.entries(party.id);
    let identifiers: Vec<String> =
        entries.iter().flat_map(|entry| &entry.identifiers).map(ToString::to_string).collect();
    let short_names = entries.iter().flat_map(|entry| &entry.short_names).map(String::as_str);
    let former_names = entries.iter().flat_map(|entry| &entry.former_names).map(String::as_str);
    let merged = entries.iter().skip(1).map(|entry| entry.name.as_str());
    let industry = party.industry.map(|industry| html! { (industry.name_zh()) " " span.note { (industry) } });
    let district = party.region.map(|region| html! { (region.name_zh()) " " span.note { (region) } });
    let chamber_type =
        party.chamber_type.map(|sort| html! { (vocabulary::label("chamber_type", &sort, context.lang())) });
    html! {
        section.card {
            h2 { (context.say(Text::Identity)) }
            dl {
                (fact(context, Text::District, district))
                (fact(context, Text::Industry, industry))
                (fact(context, Text::ChamberType, chamber_type))
                (fact(context, Text::HomePlace, party.home_place.as_ref().map(|place| html! { (place) })))
                (fact(context, Text::Identifiers, lines(identifiers.iter().map(String::as_str))))
                (fact(context, Text::ShortNames, lines(short_names)))
                (fact(context, Text::FormerNames, lines(former_names)))
                (fact(context, Text::MergedEntries, lines(merged)))
                (fact(context, Text::Founded, register.founded(party.id).map(|at| noted(context, at))))
                (fact(context, Text::LegallyRegistered, register.legally_registered(party.id).map(|at| noted(context, at))))
                (fact(context, Text::Registered, Some(noted(context, party.registered))))
                (fact(context, Text::ClosedOn, party.closed.map(|at| noted(context, at))))
            }
        }
    }
}

fn products(context: &Context, party: PartyId) -> Markup {
    let products = context.views.register.products(party);
    html! {
        @if !products.is_empty() {
            section.card {
                h2 { (context.say(Text::Products)) }
                ul.chips { @for product in products { li { (product) } } }
            }
        }
    }
}

fn memberships(context: &Context, party: PartyId) -> Markup {
    let memberships = context.views.register.chambers_of(party);
    html! {
        @if !memberships.is_empty() {
            section.card {
                h2 { (context.say(Text::Memberships)) }
                table {
                    @for membership in memberships {
                        tr {
                            td.name { (context.party_link(membership.chamber)) }
                            td { (vocabulary::label("level", &membership.level, context.lang())) }
                            td.number { (context.say(Text::Since)) " " (noted(context, membership.joined)) }
                        }
                    }
                }
            }
        }
    }
}

fn members(context: &Context, party: &Party) -> Markup {
    if party.kind != OrgKind::Chamber {
        return html! {};
    }
    let mut members = context.views.register.members_of(party.id);
    members.sort_by_key(|membership| (std::cmp::Reverse(membership.level), membership.member));
    let more = members.len().saturating_sub(MEMBERS_MAX);
    html! {
        @if !members.is_empty() {
            section.card {
                h2 { (context.say(Text::Members)) " " span.note { (members.len()) } }
                ul.members {
                    @for membership in members.iter().take(MEMBERS_MAX) {
                        li {
                            (context.party_link(membership.member)) " "
                            @if membership.level != MembershipLevel::Member {
                                span.note { (vocabulary::label("level", &membership.level, context.lang())) }
                            }
                        }
                    }
                }
                @if more > 0 { p.note { (context.with(Text::MembersMore, &[&more])) } }
            }
        }
    }
}

fn offices(context: &Context, party: PartyId) -> Markup {
    let offices = context.views.register.offices(party);
    html! {
        @if !offices.is_empty() {
            section.card {
                h2 { (context.say(Text::Offices)) }
                table {
                    @for office in &offices {
                        tr {
                            td.kind { (vocabulary::label("role", &office.role, context.lang())) }
                            td.name { (office_side(context, party, office)) }
                            td.number { (noted(context, office.assigned)) }
                        }
                    }
                }
            }
        }
    }
}

/// The other side of an office: who holds it here, or where this party holds it.
fn office_side(context: &Context, party: PartyId, office: &Office) -> Markup {
    let other = if office.organisation == party { office.holder } else { Some(office.organisation) };
    html! {
        @if let Some(other) = other { (context.party_link(other)) " " }
        @if let Some(person) = office.person {
            span.note { (context.with(Text::PersonShort, &[&first_part(&person)])) }
        }
    }
}

/// The first part of a person's id: enough to tell two apart, and nobody's name.
pub(super) fn first_part(id: &impl std::fmt::Display) -> String {
    id.to_string().chars().take(8).collect()
}

fn needs(context: &Context, party: PartyId) -> Markup {
    let needs = context.views.ledger.needs_of(&context.views.register, party);
    html! {
        @if !needs.is_empty() {
            section.card {
                h2 { (context.say(Text::Needs)) }
                div.scroll {
                    table {
                        thead {
                            tr {
                                @for heading in [Text::Date, Text::Kind, Text::NeedText, Text::NeedState] {
                                    th scope="col" { (context.say(heading)) }
                                }
                                th.number scope="col" { (context.say(Text::EventColumn)) }
                            }
                        }
                        tbody {
                            @for need in needs {
                                tr {
                                    td.date { (need.noted.occurred) }
                                    td { (vocabulary::label("type", &need.declared.need_type, context.lang())) }
                                    td.text { (need.declared.text) }
                                    td {
                                        @match &need.resolved {
                                            None => (context.say(Text::NeedOpen)),
                                            Some((resolved, at)) => {
                                                (context.say(if resolved.met { Text::NeedMet } else { Text::NeedUnmet }))
                                                " " (context.event_link(at.position))
                                            }
                                        }
                                    }
                                    td.number { (context.event_link(need.noted.position)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn introductions(context: &Context, party: PartyId) -> Markup {
    let register = &context.views.register;
    let of_party = |introduction: &&Introduction| {
        [&introduction.a, &introduction.b].into_iter().any(|side| register.resolve(side) == Some(party))
    };
    let mut introductions: Vec<&Introduction> =
        context.views.ledger.introductions().filter(of_party).collect();
    introductions.sort_by_key(|introduction| std::cmp::Reverse(introduction.proposed.position));
    html! {
        @if !introductions.is_empty() {
            section.card {
                h2 { (context.say(Text::Introductions)) }
                table {
                    thead {
                        tr {
                            @for heading in [Text::Date, Text::IntroducedTo, Text::About, Text::NeedState] {
                                th scope="col" { (context.say(heading)) }
                            }
                            th.number scope="col" { (context.say(Text::EventColumn)) }
                        }
                    }
                    tbody { @for introduction in introductions { (introduction_row(context, party, introduction)) } }
                }
            }
        }
    }
}

fn introduction_row(context: &Context, party: PartyId, introduction: &Introduction) -> Markup {
    let register = &context.views.register;
    let is_a = register.resolve(&introduction.a) == Some(party);
    let other = if is_a { &introduction.b } else { &introduction.a };
    let outcome =
        introduction.outcome.map(|(outcome, _)| vocabulary::label("outcome", &outcome, context.lang()));
    let state = vocabulary::label("state", &introduction.state(register), context.lang());
    html! {
        tr {
            td.date { (introduction.proposed.occurred) }
            td.name { (context.ref_link(other)) }
            td.text { (introduction.reason.as_deref().unwrap_or_default()) }
            td { (state) @if let Some(outcome) = outcome { " · " (outcome) } }
            td.number { (context.event_link(introduction.proposed.position)) }
        }
    }
}
