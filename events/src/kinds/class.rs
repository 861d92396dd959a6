//! The class of what is said (数据分级): who may see it, and what it may be used for.

use serde::{Deserialize, Serialize};

use super::Event;
use super::identity::Role;
use super::visit::NeedType;

/// Class of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DataClass {
    /// 一般: seen by everyone who works with the log; may be a tie and a feature of a ranking.
    Ordinary,
    /// 个人信息: about what was done with a person's data. Never a tie.
    Personal,
    /// 党建 (敏感): counted, seen by those who may, never a tie, never a feature of a ranking.
    PartyBuilding,
}

impl DataClass {
    /// Whether what is of this class may say anything of who knows whom.
    #[must_use]
    pub const fn may_tie(self) -> bool {
        matches!(self, Self::Ordinary)
    }
}

impl Event {
    /// The class of this event: that of its kind, or a stricter one where its fields tell of party building.
    #[must_use]
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the class of most kinds does not depend on their fields"
    )]
    pub fn class(&self) -> DataClass {
        match self {
            Self::RoleAssigned(event) => of_role(event.role),
            Self::RoleEnded(event) => of_role(event.role),
            Self::NeedDeclared(event) if event.need_type == NeedType::PartyBuilding => {
                DataClass::PartyBuilding
            }
            other => other.kind().class(),
        }
    }
}

const fn of_role(role: Role) -> DataClass {
    match role {
        Role::PartySecretary | Role::LiaisonOfficer => DataClass::PartyBuilding,
        Role::President
        | Role::ExecutivePresident
        | Role::VicePresident
        | Role::CouncilMember
        | Role::SecretaryGeneral
        | Role::Other => DataClass::Ordinary,
    }
}
