//! 查重 as doors hand it out: projects under different keys that may be one, with in what they agree and the events
//! to look at. A person decides; the decision is an event (`project_duplicate_marked`).

use jinqiao_events::kinds::RecordKey;
use jinqiao_events::log::Position;
use jinqiao_projections::credit::likeness::{self, Agrees, Alike};
use jinqiao_projections::views::Views;
use serde::Serialize;

use crate::config::Lang;
use crate::naming;

/// The proposals of one moment.
#[derive(Debug, Serialize)]
pub struct DuplicatesAnswer {
    /// Up to this event.
    pub position: Position,
    /// How many projects go by their own key.
    pub projects: usize,
    /// How many pairs there are to look at.
    pub pairs: usize,
    /// The first of them; all, where no limit was asked for.
    pub proposed: Vec<DuplicateAnswer>,
}

/// Two projects that may be one.
#[derive(Debug, Clone, Serialize)]
pub struct DuplicateAnswer {
    /// The likely original.
    pub of: Face,
    /// What may be it under another key.
    pub project: Face,
    /// In what they agree: stable names.
    pub agrees: Vec<Agrees>,
    /// The same in words.
    pub sentence: String,
}

/// A project as an officer knows it.
#[derive(Debug, Clone, Serialize)]
pub struct Face {
    /// Its key.
    pub project: RecordKey,
    /// Its title.
    pub title: String,
    /// Who invests.
    pub investors: Vec<String>,
    /// The event that first tells of it.
    pub first: Position,
}

/// The first pairs that wait for a decision, by the keys of the originals, and how many wait. All projects are compared
/// each time, quadratic in those of one 字号, whatever the limit; it bounds the pairs that are put into words, for which
/// the files of both projects are read again.
#[must_use]
pub fn proposed(views: &Views, lang: Lang, pairs_max: usize) -> DuplicatesAnswer {
    let proposed = likeness::alike(views, &views.credit);
    DuplicatesAnswer {
        pairs: proposed.len(),
        position: views.position,
        projects: views.credit.projects().count(),
        proposed: proposed.iter().take(pairs_max).map(|alike| answer(views, alike, lang)).collect(),
    }
}

fn answer(views: &Views, alike: &Alike<'_>, lang: Lang) -> DuplicateAnswer {
    let [of, project] = alike.evidence;
    let words: Vec<&str> = alike.agrees.iter().map(|agrees| named(*agrees, lang)).collect();
    DuplicateAnswer {
        of: face(views, alike.of, of),
        project: face(views, alike.project, project),
        agrees: alike.agrees.clone(),
        sentence: words.join(lang.pick("、", ", ")),
    }
}

fn face(views: &Views, project: &RecordKey, first: Position) -> Face {
    let dossier = views.credit.dossier(project, i32::MAX);
    let mut investors: Vec<String> = Vec::new();
    for investor in dossier.iter().flat_map(|dossier| dossier.investors()) {
        let name = naming::party_ref(views, investor);
        if !investors.contains(&name) {
            investors.push(name);
        }
    }
    let title = dossier.as_ref().and_then(|dossier| dossier.title()).unwrap_or_default().to_owned();
    Face { project: project.clone(), title, investors, first }
}

const fn named(agrees: Agrees, lang: Lang) -> &'static str {
    match agrees {
        Agrees::SameInvestor => lang.pick("投资方相同", "same investor"),
        Agrees::NearInvestor => lang.pick("投资方名称相近", "investor of a like name"),
        Agrees::Title => lang.pick("项目名称相近", "like title"),
        Agrees::Amount => lang.pick("金额相同或相近", "same or near amount"),
        Agrees::Place => lang.pick("地点相同", "same place"),
    }
}
