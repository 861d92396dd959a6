//! Reference data (规则、产业链、排序模型): a rule set that is adopted can be applied, an edition of a chain holds
//! together, a model of ranking has readings that can be looked up.

use super::layered::{Layered, layers};
use super::{Draft, Refusal, Roll, Rule};
use crate::chain;
use crate::kinds::ranking::{ModelRule, RankingModelAdopted, Reading};
use crate::kinds::reference::{ChainDefined, RuleSetAdopted};
use crate::kinds::{Event, RecordKey};
use crate::log::Recorded;
use crate::rule_set;

/// The editions of chains that were defined.
#[derive(Debug, Default, borsh::BorshSerialize, borsh::BorshDeserialize)]
pub struct Reference {
    editions: Layered<(RecordKey, String), ()>,
}

impl Rule for Reference {
    #[expect(clippy::wildcard_enum_match_arm, reason = "a rule looks at its own kinds only")]
    fn decide(&self, draft: &mut Draft, _registry: &Roll) -> Result<(), Refusal> {
        match &draft.event {
            Event::RuleSetAdopted(event) => may_adopt(event),
            Event::ChainDefined(event) => self.may_define(event),
            Event::RankingModelAdopted(event) => may_rank(event),
            _ => Ok(()),
        }
    }

    fn evolve(&mut self, recorded: &Recorded, _registry: &Roll) {
        if let Event::ChainDefined(event) = &recorded.event {
            self.editions.insert((event.chain.clone(), event.edition.clone()), ());
        }
    }

    layers! { editions }
}

fn may_adopt(event: &RuleSetAdopted) -> Result<(), Refusal> {
    let shipped = rule_set::named(event.rules.as_str());
    match (&event.definition, shipped) {
        (None, Some(_)) => Ok(()),
        (None, None) => {
            let known: Vec<&str> = rule_set::shipped().iter().map(|rules| rules.name.as_str()).collect();
            Err(Refusal::missing(
                "rules_unknown",
                "/body/rules",
                format!(
                    "没有名为「{}」的认定规则；现有 {}，或在 definition 里写明",
                    event.rules,
                    known.join("、")
                ),
                format!("no rule set {}; there are {}, or define it", event.rules, known.join(", ")),
            ))
        }
        (Some(_), Some(_)) => Err(Refusal::conflict(
            "rules_taken",
            "/body/rules",
            format!("「{}」是软件自带的规则名；自定的规则请另取名称", event.rules),
            format!("{} is the name of a rule set that ships with the program; take another", event.rules),
        )),
        (Some(rules), None) if rules.name != event.rules => Err(Refusal::invalid(
            "rules_name",
            "/body/definition/name",
            "规则的名称与 rules 不一致；请改成一样",
            "the definition goes by another name than rules; make them the same",
        )),
        (Some(rules), None) => rules.check().map_err(|fault| {
            Refusal::invalid(
                "rules_invalid",
                "/body/definition",
                fault.to_string(),
                format!("the rule set does not hold together: {fault}"),
            )
        }),
    }
}

/// A model ranks by something, and its tables ascend.
fn may_rank(event: &RankingModelAdopted) -> Result<(), Refusal> {
    if event.model.trim().is_empty() || event.weights.is_empty() {
        return Err(Refusal::invalid(
            "model_empty",
            "/body/weights",
            "排序模型没有名称或没有规则；请写明名称和至少一条规则",
            "the model has no name or no rules; give it a name and at least one rule",
        ));
    }
    let odds = event.odds.iter().flat_map(|odds| &odds.rules);
    let unsorted = event.weights.iter().chain(odds).find(|rule| !ascends(rule));
    unsorted.map_or(Ok(()), |rule| {
        Err(Refusal::invalid(
            "model_table",
            "/body/weights",
            format!("信号「{}」的分段表没有从小到大排列；请按起点升序写", rule.signal),
            format!("the table of signal {} does not ascend; sort its steps", rule.signal),
        ))
    })
}

fn ascends(rule: &ModelRule) -> bool {
    match &rule.reading {
        Reading::OfBest { .. } | Reading::Slope { .. } => true,
        Reading::Curve { steps, .. } => steps.is_sorted_by(|one, next| one.0 < next.0),
    }
}

impl Reference {
    fn may_define(&self, event: &ChainDefined) -> Result<(), Refusal> {
        if self.editions.contains(&(event.chain.clone(), event.edition.clone())) {
            return Err(Refusal::conflict(
                "chain_exists",
                "/body/edition",
                format!("产业链「{}」的「{}」版已经登记过；新的一版请另写版本", event.title, event.edition),
                format!(
                    "edition {} of chain {} was recorded before; name another edition",
                    event.edition, event.chain
                ),
            ));
        }
        chain::check(&event.segments).map_err(|fault| {
            Refusal::invalid(
                "chain_invalid",
                "/body/segments",
                fault.to_string(),
                format!("the chain does not hold together: {fault}"),
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenario::{event, given};
    use super::*;

    fn adopted(rules: &str, rest: &str) -> Event {
        event("rule_set_adopted", &format!(r#"{{"rules":"{rules}"{rest}}}"#))
    }

    fn definition(name: &str, by: &str) -> String {
        format!(
            r#","definition":{{"name":"{name}","title":"试行","title_en":"trial","source":"某文","certainty":"adopted","first":{{"by":[{by}]}}}}"#
        )
    }

    #[test]
    fn a_rule_set_that_ships_or_is_defined_whole_may_be_adopted() {
        given([]).when(adopted("qingdao-2017", "")).then_recorded(|_| {});
        given([]).when(adopted("trial", &definition("trial", r#""lead""#))).then_recorded(|_| {});
        given([]).when(adopted("nowhere-1900", "")).then_refused_at("rules_unknown", "/body/rules");
        given([]).when(adopted("house", &definition("house", r#""lead""#))).then_refused("rules_taken");
        given([]).when(adopted("trial", &definition("other", r#""lead""#))).then_refused("rules_name");
        given([])
            .when(adopted("trial", &definition("trial", "")))
            .then_refused_at("rules_invalid", "/body/definition");
    }

    #[test]
    fn a_model_of_ranking_has_rules_and_tables_that_ascend() {
        let adopted = |weights: &str| {
            event(
                "ranking_model_adopted",
                &format!(
                    r#"{{"model":"m","among":"enterprises","weights":[{weights}],"model_form":"stumps","queries":1,"trained_to":"2019","at_position":1,"program":"p"}}"#
                ),
            )
        };
        let curve = |steps: &str| {
            format!(
                r#"{{"signal":"openness","reading":{{"curve":{{"floor_log2":0,"of_best":false,"base_micro":0,"steps":[{steps}]}}}}}}"#
            )
        };
        given([]).when(adopted(&curve("[1,5],[2,6]"))).then_recorded(|_| {});
        given([]).when(adopted("")).then_refused_at("model_empty", "/body/weights");
        given([]).when(adopted(&curve("[2,5],[2,6]"))).then_refused_at("model_table", "/body/weights");
    }

    #[test]
    fn an_edition_of_a_chain_is_defined_once_and_holds_together() {
        let defined = |edition: &str, feeds: &str| {
            event(
                "chain_defined",
                &format!(
                    r#"{{"chain":"c","title":"链","edition":"{edition}","source":"某文","segments":[{{"name":"甲","feeds":[{feeds}]}},{{"name":"乙"}}]}}"#
                ),
            )
        };
        given([]).when(defined("2019", r#""乙""#)).then_recorded(|_| {});
        given([]).when(defined("2019", r#""丙""#)).then_refused_at("chain_invalid", "/body/segments");
        given([defined("2019", "")]).when(defined("2022", "")).then_recorded(|_| {});
        given([defined("2019", "")])
            .when(defined("2019", ""))
            .then_refused_at("chain_exists", "/body/edition");
    }
}
