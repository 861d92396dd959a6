//! What the register and the ledger say that signals may read: place, trade, form of activity. Nothing else.

use std::collections::BTreeMap;

use crate::numbers::number;
use crate::register::Party;
use crate::signals::background::{Attribute, Background};
use crate::tie_graph::TieGraph;
use crate::views::Views;

/// What is true of everyone in a graph as of a day.
pub(super) fn background(views: &Views, graph: &TieGraph, as_of_day: i32) -> Background {
    let place =
        attribute(views, graph, |party| party.region.map(|region| region.current().code().to_owned()));
    let trade = attribute(views, graph, |party| {
        let industry = party.industry?;
        Some(industry.division().unwrap_or_else(|| industry.section()).code().to_owned())
    });
    Background::new(graph, as_of_day, vec![place, trade], sorts(views, graph))
}

fn attribute(views: &Views, graph: &TieGraph, said: impl Fn(&Party) -> Option<String>) -> Attribute {
    let mut numbers = Numbers::default();
    let of = |node| graph.party(node).and_then(|id| views.register.party(id)).and_then(&said);
    (0..graph.party_count()).map(|node| of(node).map(|text| numbers.of(text))).collect()
}

/// The sort of each occasion: its class, for activities also their form.
fn sorts(views: &Views, graph: &TieGraph) -> Vec<Option<u32>> {
    let mut numbers = Numbers::default();
    let mut forms: BTreeMap<String, String> = BTreeMap::new();
    for (key, activity) in views.ledger.activities() {
        if let Some(held) = &activity.held {
            forms.insert(key.to_string(), format!("{:?}", held.event.activity_type));
        }
    }
    let mut sorts = Vec::new();
    let mut node = graph.party_count();
    while let Some(occasion) = graph.occasion(node) {
        let form = forms.get(&occasion.key).filter(|_| occasion.class == "activity");
        let sort =
            form.map_or_else(|| occasion.class.clone().into_owned(), |form| format!("activity/{form}"));
        sorts.push(Some(numbers.of(sort)));
        node += 1;
    }
    sorts
}

/// Texts as numbers, in the order of first sight.
#[derive(Default)]
struct Numbers(BTreeMap<String, u32>);

impl Numbers {
    fn of(&mut self, text: String) -> u32 {
        let next = number(self.0.len());
        *self.0.entry(text).or_insert(next)
    }
}
