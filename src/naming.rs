//! How doors name things to people.

use jinqiao_events::kinds::identity::OrgKind;
use jinqiao_events::kinds::project::Signing;
use jinqiao_events::value::{currency::Currency, fen::Fen, ids::PartyId, party_ref::PartyRef};
use jinqiao_projections::views::Views;
use serde::Serialize;

use crate::config::Lang;

/// A party by id and name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Its id.
    pub party: PartyId,
    /// What it is called now.
    pub name: String,
}

/// A party with its name.
#[must_use]
pub fn named(views: &Views, id: PartyId) -> Named {
    Named { party: views.register.canonical(id), name: party(views, id) }
}

/// The name of a party, as it is called now.
#[must_use]
pub fn party(views: &Views, id: PartyId) -> String {
    views
        .register
        .party(views.register.canonical(id))
        .map_or_else(|| id.to_string(), |party| party.name.clone())
}

/// The name of what an event named: the party's, or the name as written where it is linked to none.
#[must_use]
pub fn party_ref(views: &Views, reference: &PartyRef) -> String {
    match (views.register.resolve(reference), reference) {
        (Some(id), _) => party(views, id),
        (None, PartyRef::Name(name)) => name.as_str().to_owned(),
        (None, PartyRef::Party(id)) => id.to_string(),
        (None, PartyRef::Identifier(identifier)) => identifier.to_string(),
    }
}

/// A sort of organisation.
#[must_use]
pub fn org_kind(kind: OrgKind, lang: Lang) -> &'static str {
    match kind {
        OrgKind::Enterprise => lang.pick("企业", "enterprise"),
        OrgKind::Chamber => lang.pick("商协会", "chamber"),
        OrgKind::Government => lang.pick("党政机关", "government"),
        OrgKind::Institution => lang.pick("机构", "institution"),
        OrgKind::Village => lang.pick("村", "village"),
        OrgKind::School => lang.pick("学校", "school"),
        OrgKind::Other => lang.pick("其他", "other"),
    }
}

/// How a signing counts.
#[must_use]
pub fn signing(signing: Signing, lang: Lang) -> &'static str {
    match signing {
        Signing::First => lang.pick("首次签约", "first signing"),
        Signing::ReSigning => lang.pick("重复签约（不计金额）", "re-signing (adds nothing)"),
        Signing::Upgrade => lang.pick("升格（不计金额）", "upgrade (adds no amount)"),
        Signing::Increment => lang.pick("增资（只计增量）", "increment"),
        Signing::NewInvestor => lang.pick("更换投资方（计入本次）", "new investor (counts here)"),
    }
}

/// A sum in a currency: `1.205亿元`, `5000万美元`; in English main units with two decimals and the code, so too in Chinese
/// where it is wider than one amount.
#[must_use]
pub fn money(hundredths: i128, currency: Currency, lang: Lang) -> String {
    match lang {
        Lang::Zh => Fen::sum_zh_in(hundredths, currency),
        Lang::En => format!("{} {}", Fen::sum_text(hundredths), currency.code()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_wider_than_one_amount_keeps_its_cents_in_both_languages() {
        let wide = i128::from(i64::MAX) + 2;
        for lang in [Lang::Zh, Lang::En] {
            assert_eq!(money(wide, Currency::CNY, lang), "92233720368547758.09 CNY");
        }
        assert_eq!(money(-5, Currency::CNY, Lang::En), "-0.05 CNY");
    }
}
