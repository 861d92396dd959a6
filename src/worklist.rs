//! The work list (待办): what waits for a person. Names that mean no party yet, branches whose head office is not
//! confirmed, corrections that files propose, projects that may be one (查重). Nothing here decides.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use jinqiao_events::decide::Refusal;
use jinqiao_events::kinds::correction::{CorrectionDeclined, EventCorrected};
use jinqiao_events::kinds::{Event, Kind};
use jinqiao_events::log::{Log, Position, Source, Stored};
use jinqiao_events::value::ids::EventId;
use jinqiao_events::value::money::Money;
use jinqiao_events::value::occurred::Occurred;
use jinqiao_projections::ledger::ProposedCorrection;
use jinqiao_projections::register::{Mention, head_office_named};
use jinqiao_projections::views::Views;
use serde::Serialize;
use serde_json::Value;

use crate::config::Lang;
use crate::duplicates::{self, DuplicateAnswer};
use crate::error::AppError;
use crate::limits::WORK_LINES_MAX;
use crate::naming::{self, Named};

/// Most names that candidates are looked up for, unless more are asked for.
pub const LINKS_MAX: usize = 200;

/// What waits for a person.
#[derive(Debug, Clone, Serialize)]
pub struct WorkAnswer {
    /// Up to this event.
    pub position: Position,
    /// How many names mean no party yet.
    pub unlinked: usize,
    /// The most used of them, with the parties that each may mean.
    pub links: Vec<LinkTask>,
    /// How many branches wait to be confirmed.
    pub unconfirmed: usize,
    /// The first of them.
    pub branches: Vec<BranchTask>,
    /// How many corrections wait.
    pub proposed: usize,
    /// The first of them, to follow or to decline.
    pub corrections: Vec<CorrectionTask>,
    /// How many pairs of projects wait to be looked at.
    pub alike: usize,
    /// The first of them: one project under two keys, or two?
    pub duplicates: Vec<DuplicateAnswer>,
}

/// A name on events that means no party yet.
#[derive(Debug, Clone, Serialize)]
pub struct LinkTask {
    /// As written.
    pub name: String,
    /// On how many events.
    pub times: u64,
    /// The first of them.
    pub first: Position,
    /// The latest of them.
    pub last: Position,
    /// The parties that it may mean; never one that it is a branch of.
    pub candidates: Vec<Named>,
    /// The registered head office whose branch it is by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch_of: Option<Named>,
}

/// A registered party whose name says that it is a branch of another.
#[derive(Debug, Clone, Serialize)]
pub struct BranchTask {
    /// The branch.
    pub branch: Named,
    /// The head office.
    pub head_office: Named,
}

/// A correction that a file proposes.
#[derive(Debug, Clone, Serialize)]
pub struct CorrectionTask {
    /// The event that proposes it.
    pub proposal: Position,
    /// Its id.
    pub id: EventId,
    /// The id of the event to correct.
    pub event: EventId,
    /// Where that stands.
    pub position: Option<Position>,
    /// Its kind.
    pub kind: String,
    /// What the kind is called.
    pub label: String,
    /// Where the proposal was read: file, sheet, row.
    pub place: String,
    /// What differs, field by field; a changed date under `occurred`.
    pub changes: Vec<Change>,
}

/// A field that a proposal changes.
#[derive(Debug, Clone, Serialize)]
pub struct Change {
    /// The field.
    pub field: String,
    /// What the log holds; null where the field is left out.
    pub held: Value,
    /// What is proposed.
    pub proposed: Value,
    /// What the log holds, as people read it.
    pub held_text: String,
    /// What is proposed, as people read it.
    pub proposed_text: String,
}

impl Change {
    fn new(field: &str, held: Value, proposed: Value, lang: Lang) -> Self {
        let (held_text, proposed_text) = (in_words(&held, lang), in_words(&proposed, lang));
        Self { field: field.to_owned(), held, proposed, held_text, proposed_text }
    }
}

/// A value of a body as people read it.
fn in_words(value: &Value, lang: Lang) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| in_words(item, lang)).collect();
            items.join(lang.pick("、", ", "))
        }
        Value::Object(_) => match serde_json::from_value::<Money>(value.clone()) {
            Ok(money) => naming::money(money.fen().get().into(), money.currency(), lang),
            Err(_) => value.to_string(),
        },
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

/// What waits for a person now. Candidates are looked up for `top` names; of the rest the first [`WORK_LINES_MAX`] are
/// told and all counted. One pass over the log up to the last event to correct; and every project is compared with those
/// of its 字号 ([`duplicates::proposed`]).
///
/// # Errors
/// When the log cannot be read.
pub fn list(log: &dyn Log, views: &Views, top: usize, lang: Lang) -> Result<WorkAnswer, AppError> {
    let mut mentions: Vec<&Mention> = views.register.unlinked().collect();
    mentions.sort_by(|one, other| other.times.cmp(&one.times).then_with(|| one.name.cmp(&other.name)));
    let named = |party| naming::named(views, party);
    let branches = views.register.branches_to_confirm();
    let mut open = views.ledger.open_proposals();
    let proposed = open.len();
    open.truncate(WORK_LINES_MAX);
    let alike = duplicates::proposed(views, lang, WORK_LINES_MAX);
    let held = events(log, &open.iter().map(|proposal| proposal.proposed.event).collect())?;
    let corrections = open.into_iter().map(|proposal| {
        let source = log.at(proposal.noted.position)?.and_then(|stored| stored.source);
        Ok::<_, AppError>(correction(views, proposal, held.get(&proposal.proposed.event), source, lang))
    });
    Ok(WorkAnswer {
        position: views.position,
        unlinked: mentions.len(),
        links: mentions.into_iter().take(top).map(|mention| link(views, mention)).collect(),
        unconfirmed: branches.len(),
        branches: branches
            .into_iter()
            .take(WORK_LINES_MAX)
            .map(|(branch, head)| BranchTask { branch: named(branch), head_office: named(head) })
            .collect(),
        proposed,
        corrections: corrections.collect::<Result<_, _>>()?,
        alike: alike.pairs,
        duplicates: alike.proposed,
    })
}

fn link(views: &Views, mention: &Mention) -> LinkTask {
    let named = |party| naming::named(views, party);
    let head = head_office_named(&mention.name).and_then(|head| head.parse().ok());
    let head = head.and_then(|head| views.register.resolve(&head));
    let may_mean = views.register.proposals_for(&mention.name).into_iter();
    LinkTask {
        name: mention.name.clone(),
        times: mention.times,
        first: mention.first,
        last: mention.last,
        candidates: may_mean.filter(|party| Some(*party) != head).map(named).collect(),
        branch_of: head.map(named),
    }
}

fn correction(
    views: &Views,
    proposal: &ProposedCorrection,
    held: Option<&Stored>,
    source: Option<Source>,
    lang: Lang,
) -> CorrectionTask {
    let kind = held.map(|held| held.kind.clone()).unwrap_or_default();
    let known = Kind::from_name(&kind);
    let body: Value = held.and_then(|held| serde_json::from_str(&held.body).ok()).unwrap_or_default();
    let mut changes = changes(views, &body, &proposal.proposed.body, lang);
    if let (Some(held), Some(proposed)) = (held.map(|held| held.occurred), proposal.proposed.occurred)
        && held != proposed
    {
        let [held, proposed] = [held, proposed].map(|day: Occurred| Value::String(day.to_string()));
        changes.push(Change::new("occurred", held, proposed, lang));
    }
    let place = source.map(|source| {
        let parts = [Some(source.file), source.sheet, source.row.map(|row| format!("#{row}"))];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
    });
    CorrectionTask {
        proposal: proposal.noted.position,
        id: proposal.id,
        event: proposal.proposed.event,
        position: held.map(|held| held.position),
        label: known.map_or(kind.clone(), |kind| lang.pick(kind.label_zh(), kind.label_en()).to_owned()),
        kind,
        place: place.unwrap_or_default(),
        changes,
    }
}

/// The events of these ids. One pass over the log, up to the last of them.
fn events(log: &dyn Log, wanted: &BTreeSet<EventId>) -> Result<BTreeMap<EventId, Stored>, AppError> {
    let mut found = BTreeMap::new();
    if wanted.is_empty() {
        return Ok(found);
    }
    log.scan(0, &mut |stored| {
        if wanted.contains(&stored.id) {
            found.insert(stored.id, stored);
        }
        if found.len() == wanted.len() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(found)
}

/// The fields in which two bodies differ. A party that is written in two ways is no difference.
fn changes(views: &Views, held: &Value, proposed: &Value, lang: Lang) -> Vec<Change> {
    let (Some(held), Some(proposed)) = (held.as_object(), proposed.as_object()) else { return Vec::new() };
    let same_party = |one: &Value, other: &Value| {
        let party = |value: &Value| {
            value.as_str().and_then(|text| text.parse().ok()).and_then(|it| views.register.resolve(&it))
        };
        matches!((party(one), party(other)), (Some(one), Some(other)) if one == other)
    };
    let fields: BTreeSet<&String> = held.keys().chain(proposed.keys()).collect();
    let mut changes = Vec::new();
    for field in fields {
        let none = Value::Null;
        let (one, other) = (held.get(field).unwrap_or(&none), proposed.get(field).unwrap_or(&none));
        if one != other && !same_party(one, other) {
            changes.push(Change::new(field, one.clone(), other.clone(), lang));
        }
    }
    changes
}

/// The event that follows a proposal: the correction of the event as the file has it.
///
/// # Errors
/// `proposal_unknown` when no open proposal stands at that position.
pub fn accepted(views: &Views, proposal: Position) -> Result<Event, Refusal> {
    at(views, proposal).map(|open| following(open).into())
}

/// The correction that an open proposal asks for, by the id of the event that proposed it.
#[must_use]
pub fn proposed_by(views: &Views, id: EventId) -> Option<EventCorrected> {
    views.ledger.open_proposals().into_iter().find(|open| open.id == id).map(following)
}

fn following(open: &ProposedCorrection) -> EventCorrected {
    let proposed = open.proposed.clone();
    EventCorrected {
        event: proposed.event,
        body: proposed.body,
        version: proposed.version,
        occurred: proposed.occurred,
        reason: proposed.reason,
    }
}

/// The event that declines a proposal.
///
/// # Errors
/// As [`accepted`].
pub fn declined(views: &Views, proposal: Position, reason: &str) -> Result<Event, Refusal> {
    at(views, proposal).map(|open| CorrectionDeclined { proposal: open.id, reason: reason.to_owned() }.into())
}

fn at(views: &Views, proposal: Position) -> Result<&ProposedCorrection, Refusal> {
    let mut open = views.ledger.open_proposals().into_iter();
    open.find(|open| open.noted.position == proposal).ok_or_else(|| {
        Refusal::missing(
            "proposal_unknown",
            "",
            format!("第 {proposal} 号不是待处理的更正建议；jinqiao work 列出全部待办"),
            format!("{proposal} is no open proposal; jinqiao work lists what waits"),
        )
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jinqiao_events::clock::{Manual, System};
    use jinqiao_events::kinds::correction::ImportForm;

    use super::*;
    use crate::config::LogUrl;
    use crate::desk::{Desk, Submission, draft};
    use crate::intake::{FileInput, ImportOptions, import};
    use crate::store::Store;

    const DIRECTORY: &str = "\
企业名称,统一社会信用代码,主要产品,所属商会
青岛琅屿建设工程有限公司,91370202MA00003490,钢结构,青岛市无名商会
青岛琅屿建设工程有限公司即墨分公司,91370202MA000004XW,,
";

    fn read(desk: &Desk, text: &str) {
        let options =
            ImportOptions { form: ImportForm::Enterprises, dry_run: false, strict: false, date: None };
        import(desk, FileInput { name: "名录.csv", bytes: text.as_bytes() }, &options, &mut |_| {}).unwrap();
    }

    fn work(desk: &Desk) -> WorkAnswer {
        list(desk.store().log.as_ref(), &desk.shelf().views(), LINKS_MAX, Lang::Zh).unwrap()
    }

    fn record(desk: &Desk, event: Event) {
        let units = vec![vec![draft(event, "2026-11-20".parse().unwrap())]];
        desk.record_blocking(Submission { units, rehearsal: false }).unwrap()[0].as_ref().unwrap();
    }

    #[test]
    fn a_proposal_waits_until_it_is_followed_or_declined() {
        let clock = Arc::new(Manual::at("2026-11-20T02:00:00Z".parse().unwrap()));
        let desk = Desk::open_with(Store::open(&LogUrl::Memory).unwrap(), clock, Arc::new(System)).unwrap();
        read(&desk, DIRECTORY);
        let first = work(&desk);
        assert_eq!((first.corrections.len(), first.branches.len()), (0, 1));
        assert_eq!(first.branches[0].head_office.name, "青岛琅屿建设工程有限公司");
        read(&desk, &DIRECTORY.replace("钢结构", "铝模板"));
        read(&desk, &DIRECTORY.replace("钢结构", "爬架"));
        let open = work(&desk).corrections;
        assert_eq!(open.len(), 2);
        let [change] = open[0].changes.as_slice() else { panic!("{:?}", open[0].changes) };
        assert_eq!((change.field.as_str(), change.proposed[0].as_str()), ("products", Some("铝模板")));
        assert_eq!((open[0].position, open[0].place.as_str()), (Some(1), "名录.csv · #2"));
        let views = desk.shelf().views();
        let no = declined(&views, open[0].proposal, "名录过时").unwrap();
        let yes = accepted(&views, open[1].proposal).unwrap();
        drop(views);
        record(&desk, no);
        assert_eq!(work(&desk).corrections.len(), 1);
        record(&desk, yes);
        assert_eq!(work(&desk).corrections.len(), 0);
        let views = desk.shelf().views();
        assert_eq!(accepted(&views, open[0].proposal).unwrap_err().code, "proposal_unknown");
        let party = views.register.resolve(&"uscc:91370202MA00003490".parse().unwrap()).unwrap();
        assert_eq!(views.register.products(party).into_iter().collect::<Vec<_>>(), ["爬架"]);
    }
}
