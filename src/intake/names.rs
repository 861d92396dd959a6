//! 曾用名, 简称, 分公司: the names of an organisation beside its name, and whom it belongs to. Each is a relation that is
//! recorded; none makes two entries of the register one.

use jinqiao_events::kinds::identity::{Affiliation, OrgAffiliated, OrgRenamed};
use jinqiao_events::value::credit_code::CreditCode;
use jinqiao_events::value::identifier::Identifier;
use jinqiao_events::value::name::{self, OrgName};
use jinqiao_events::value::party_ref::PartyRef;
use jinqiao_projections::register::{Register, head_office_named};

use super::form::Item;
use super::heading::Column;
use super::line::{Line, RowFault};

pub(super) const FORMER: Column =
    Column::optional("曾用名", &["原名称", "原名", "更名前名称", "历史名称", "曾用名称"]);
pub(super) const SHORT: Column = Column::optional("简称", &["企业简称", "商会简称", "单位简称", "公司简称"]);
pub(super) const HEAD: Column =
    Column::optional("总公司", &["隶属企业", "总公司名称", "上级公司", "隶属单位", "母公司", "总部名称"]);

/// The names of a row.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Names {
    /// Under which name it enters the register, or entered it.
    pub(super) entered: String,
    /// The names that it took since and the register does not know, oldest first.
    pub(super) since: Vec<String>,
    /// Short names.
    pub(super) short: Vec<String>,
}

/// The names of a row beside what the register knows of its code: a new party enters under its oldest name and is
/// renamed; a known one that goes by a new name is renamed when the row names one that the register knows.
pub(super) fn of_row(
    line: &Line<'_>,
    written: &OrgName,
    code: &CreditCode,
    register: &Register,
) -> Result<Names, RowFault> {
    let same = |one: &str, other: &str| name::normalise(one) == name::normalise(other);
    let former = line.list(&FORMER);
    for text in &former {
        text.parse::<OrgName>().map_err(|error| line.fault(&FORMER, error.code(), &error.to_string()))?;
    }
    let former: Vec<String> = former.into_iter().filter(|old| !same(old, written.as_str())).collect();
    let short = line.list(&SHORT).into_iter().filter(|short| !same(short, written.as_str())).collect();
    let reference = PartyRef::Identifier(Identifier::Uscc(code.clone()));
    let known = register.resolve(&reference).and_then(|id| register.party(id));
    let (entered, since) = match known {
        None => {
            let mut chain = former.into_iter().chain([written.as_str().to_owned()]);
            (chain.next().unwrap_or_default(), chain.collect())
        }
        Some(party) => {
            let first = party.former_names.first().unwrap_or(&party.name).clone();
            let is_known = party.full_names().any(|known| same(known, written.as_str()));
            let is_renamed = former.iter().any(|old| party.full_names().any(|known| same(known, old)));
            match (is_known, is_renamed) {
                (true, _) => (first, Vec::new()),
                (false, true) => (first, vec![written.as_str().to_owned()]),
                (false, false) => (written.as_str().to_owned(), Vec::new()),
            }
        }
    };
    Ok(Names { entered, since, short })
}

/// The events of the names and of the head office, dated by the file.
pub(super) fn items(line: &Line<'_>, code: &CreditCode, names: &Names) -> Result<Vec<Item>, RowFault> {
    let party = PartyRef::Identifier(Identifier::Uscc(code.clone()));
    let as_of = line.page.as_of;
    let renamed = names.since.iter().map(|name| {
        let event = OrgRenamed { party: party.clone(), name: name.clone() };
        Item::new(format!("{code}:renamed:{name}"), event, as_of).dated_by_file()
    });
    let mut items: Vec<Item> = renamed.collect();
    if let Some(head) = line.parse::<OrgName>(&HEAD)? {
        let current = names.since.last().unwrap_or(&names.entered);
        let affiliation = match head_office_named(current) {
            Some(_) => Affiliation::BranchOffice,
            None => Affiliation::Subsidiary,
        };
        let event = OrgAffiliated { party: party.clone(), head_office: PartyRef::Name(head), affiliation };
        items.push(Item::new(format!("{code}:head-office"), event, as_of).dated_by_file().optional());
    }
    Ok(items)
}
