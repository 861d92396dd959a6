//! `/projects`: every project; `/projects/{key}`: one project's file, with the verdict under a rule set that the reader
//! chooses.

use jinqiao_events::duty::Light;
use jinqiao_events::rule_set::{self, RuleSet};
use jinqiao_projections::credit::Adopted;
use jinqiao_projections::ledger::Sum;
use maud::{Markup, html};

use super::context::Context;
use super::event::{amount, money_of};
use super::frame::{Page, moment};
use super::texts::{Text, vocabulary};
use super::{Answer, Failure};
use crate::projects::{self, ProjectEntry, ProjectFile};

/// Most projects of the list.
const LISTED_MAX: usize = 1_000;

pub(super) fn list(context: &Context) -> Answer {
    let projects = projects::list(&context.views, context.asked_day());
    let body = html! {
        div.head { h1 { (context.say(Text::ProjectsTitle)) } p.note { (context.say(Text::ProjectsNote)) } }
        section.card { div.scroll { table.list {
            thead { tr {
                th { (context.say(Text::Light)) } th { (context.say(Text::ProjectKey)) } th { (context.say(Text::Name)) }
                th { (context.say(Text::Stage)) } th.number { (context.say(Text::Signed)) } th.number { (context.say(Text::Arrived)) }
            } }
            tbody { @for project in projects.iter().take(LISTED_MAX) { (line(context, project)) } }
        } } }
        @if projects.len() > LISTED_MAX { p.note { (context.with(Text::KeysMore, &[&LISTED_MAX, &projects.len()])) } }
    };
    Ok(Page { title: context.say(Text::ProjectsTitle).to_owned(), body }.into())
}

/// A light as a mark of its colour and its word.
pub(super) fn light(context: &Context, light: Light) -> Markup {
    let word = match light {
        Light::Unknown => "unknown",
        Light::Green => "green",
        Light::Yellow => "yellow",
        Light::Red => "red",
    };
    html! { span class=(format!("light {word}")) { (vocabulary::value("light", word, context.lang()).unwrap_or(word)) } }
}

/// The address of a project's file.
pub(super) fn href(context: &Context, project: &str, fields: &[(&str, &str)]) -> String {
    context.reader.href(&format!("/projects/{}", super::context::segment(project)), fields)
}

fn line(context: &Context, project: &ProjectEntry) -> Markup {
    html! {
        tr {
            td { (light(context, project.light)) }
            td { a href=(href(context, project.project.as_str(), &[])) { (project.project) } }
            td.name { (project.title) }
            td { (context.lang().pick(project.stage.labels().0, project.stage.labels().1)) }
            td.number { (sums(context, &project.signed)) }
            td.number { (sums(context, &project.arrived)) }
        }
    }
}

/// Sums of different kinds, each with its kind; they are never added.
fn sums(context: &Context, sums: &[Sum]) -> Markup {
    html! { @for sum in sums { p { (money_of(context, sum.fen, sum.currency)) " " span.note { (context.lang().pick(sum.kind.label_zh(), sum.kind.label_en())) } } } }
}

pub(super) fn page(context: &Context, key: &str) -> Answer {
    let rules = context.reader.field("rules");
    let file = projects::file(&context.views, key, rules, context.asked_day(), context.lang());
    let file = file.map_err(|refusal| match refusal.code {
        "project_unknown" => Failure::Page,
        _ => Failure::from(crate::error::AppError::from(refusal)),
    })?;
    let title = file.entry.title.clone();
    let body = html! {
        div.head {
            h1 { (title) " " span.mark { (file.entry.project) } " " (light(context, file.entry.light)) }
            p.note { (context.lang().pick(file.entry.stage.labels().0, file.entry.stage.labels().1)) }
        }
        (signings(context, &file))
        (money(context, &file))
        div.columns {
            (life(context, &file))
            (clocks(context, &file))
        }
        (verdict(context, &file))
        (dossier(context, &file))
    };
    Ok(Page { title, body }.into())
}

fn signings(context: &Context, file: &ProjectFile) -> Markup {
    html! {
        section.card {
            h2 { (context.say(Text::SigningsTitle)) }
            div.scroll { table.list { tbody { @for signed in &file.signings { tr {
                td.date { (signed.noted.occurred) " " (context.event_link(signed.noted.position)) }
                td { (vocabulary::label("agreement", &signed.agreement, context.lang())) }
                td { b { (signed.decision) } }
                td.number { @if let Some(money) = &signed.amount { (amount(context, money)) } }
                td { (signed.investors.join("、")) @if let Some(ceremony) = &signed.ceremony { br; span.note { (ceremony) } } }
            } } } } }
        }
    }
}

fn money(context: &Context, file: &ProjectFile) -> Markup {
    let yuan = |fen: i64| money_of(context, i128::from(fen), jinqiao_events::value::currency::Currency::CNY);
    html! {
        section.card {
            h2 { (context.say(Text::MoneyTitle)) }
            dl {
                dt { (context.say(Text::Signed)) } dd { (sums(context, &file.entry.signed)) }
                dt { (context.say(Text::Arrived)) } dd { (sums(context, &file.entry.arrived)) }
                @if file.fixed_assets_fen > 0 { dt { (context.say(Text::FixedAssets)) } dd { (yuan(file.fixed_assets_fen)) } }
                @if file.working_capital_fen > 0 { dt { (context.say(Text::WorkingCapital)) } dd { (yuan(file.working_capital_fen)) } }
                @if let Some(milli) = file.arrived_milli { dt { (context.say(Text::ArrivedShare)) } dd { (milli / 10) "." (milli % 10) "%" } }
            }
            table.list { tbody { @for arrival in &file.arrivals { tr {
                td.date { (arrival.noted.occurred) " " (context.event_link(arrival.noted.position)) }
                td.number { (arrival.instalment) }
                td.number { (amount(context, &arrival.amount)) }
                td.note { (arrival.origin.as_deref().unwrap_or_default()) " " (arrival.voucher.as_deref().unwrap_or_default()) }
            } } } }
        }
    }
}

fn life(context: &Context, file: &ProjectFile) -> Markup {
    html! {
        section.card {
            h2 { (context.say(Text::LifeTitle)) }
            @if file.stages.is_empty() { p.note { (context.say(Text::LifeNone)) } }
            table.list { tbody { @for stage in &file.stages { tr {
                td.date { (stage.noted.occurred) } td { (stage.label) } td { (context.event_link(stage.noted.position)) }
            } } } }
        }
    }
}

fn clocks(context: &Context, file: &ProjectFile) -> Markup {
    html! {
        section.card {
            h2 { (context.say(Text::ClocksTitle)) }
            table.list { tbody { @for clock in &file.clocks { tr {
                td { (light(context, clock.clock.light)) }
                td { (clock.label) br; span.note { (context.with(Text::ClockRun, &[&clock.clock.since.occurred, &clock.clock.days])) } }
                td { @for position in &clock.clock.evidence { (context.event_link(*position)) " " } }
            } } } }
        }
    }
}

/// The rule sets that can be asked for: those that ship with the program, then those that only the log defines.
fn rule_sets(context: &Context) -> Vec<&RuleSet> {
    let mut sets: Vec<&RuleSet> = rule_set::shipped().iter().collect();
    for rules in context.views.credit.adopted().iter().filter_map(Adopted::rules) {
        if sets.iter().all(|known| known.name != rules.name) {
            sets.push(rules);
        }
    }
    sets
}

fn verdict(context: &Context, file: &ProjectFile) -> Markup {
    let verdict = &file.credit.verdict;
    let rules = context.views.credit.rules_named(&verdict.rules);
    let in_english = rules.map_or(verdict.rules_title.as_str(), |rules| &rules.title_en);
    html! {
        section.card {
            h2 { (context.say(Text::CreditTitle)) " " span.mark { (context.lang().pick(verdict.rules_title.as_str(), in_english)) } }
            form.filter.screen method="get" action=(href(context, file.entry.project.as_str(), &[])) {
                label {
                    span { (context.say(Text::CreditRules)) }
                    select name="rules" {
                        @for rules in rule_sets(context) {
                            option value=(rules.name) selected[rules.name.as_str() == verdict.rules] {
                                (context.lang().pick(rules.title.as_str(), rules.title_en.as_str()))
                            }
                        }
                    }
                }
                (context.reader.lang_field())
                button { (context.say(Text::Show)) }
            }
            table.list { tbody { @for sentence in &file.credit.sentences { tr {
                td.text { (sentence.text) }
                td { @for position in &sentence.evidence { (context.event_link(*position)) " " } }
            } } } }
            p.note { (verdict.source) }
        }
    }
}

fn dossier(context: &Context, file: &ProjectFile) -> Markup {
    html! {
        section.card {
            h2 { (context.say(Text::DossierTitle)) }
            div.scroll { table.list {
                thead { tr {
                    th { (context.say(Text::Occurred)) } th { (context.say(Text::Kind)) } th { (context.say(Text::Name)) } th { (context.say(Text::RecordedAt)) } th {}
                } }
                tbody { @for item in &file.credit.dossier { tr {
                    td.date { (item.occurred) }
                    td.kind { (item.label) }
                    td { (item.parties.join("、")) }
                    td.date { (moment(item.recorded_at)) @if item.backfilled { " " span.mark { (context.with(Text::Backfilled, &[&item.lag_days])) } } }
                    td { (context.event_link(item.position)) }
                } } }
            } }
        }
    }
}
