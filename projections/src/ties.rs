//! What each kind of event is worth as a tie: THE exhaustive match over kinds in this crate.
//!
//! An event with two parties is a direct tie; an event with several makes each of them sit at an *occasion*,
//! a node between them, never a clique. Deals (purchases, joint projects, alliances) make a pair leave the
//! candidates. Party-building kinds have no tie at all.

use jinqiao_events::kinds::{Event, RecordKey};
use jinqiao_events::value::party_ref::PartyRef;

/// How fast a tie fades: its weight halves every so many days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum HalfLife {
    /// It stands until it is ended: membership, office.
    Never,
    /// Four years: real ties between organisations fade slowly (measured on three registers: 2 to 4 years).
    Slow,
}

impl HalfLife {
    /// The half-life in days, if it fades at all.
    #[must_use]
    pub const fn days(self) -> Option<u32> {
        match self {
            Self::Never => None,
            Self::Slow => Some(1_460),
        }
    }
}

/// What sort of tie it is; what a reason is said with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[derive(borsh::BorshSerialize, borsh::BorshDeserialize)]
pub enum TieClass {
    /// 会员: belonging, structural.
    Membership,
    /// 任职: an office held, structural.
    Office,
    /// 帮扶: one helps the other, or both help the same village or school.
    Welfare,
    /// 同场: present at the same occasion.
    CoPresence,
    /// 走访、考察: one came to the other.
    Visit,
    /// 见面: met by introduction or otherwise.
    Meeting,
    /// 采购: bought from the other.
    Trade,
    /// 合作项目: in one undertaking.
    JointProject,
    /// 结盟: agreed to work together.
    Alliance,
}

impl TieClass {
    /// Whether it says that two had to do with each other, not only that one belongs to the other.
    #[must_use]
    pub const fn is_contact(self) -> bool {
        !matches!(self, Self::Membership | Self::Office)
    }
}

/// One row of the table: what a kind is worth.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, borsh::BorshSerialize, borsh::BorshDeserialize,
)]
pub struct Tie {
    /// Its sort.
    pub class: TieClass,
    /// Weight in thousandths, before it fades.
    pub weight_milli: u32,
    /// How fast it fades.
    pub half_life: HalfLife,
    /// Whether the pair already deals with each other and leaves the candidates.
    pub deal: bool,
}

const fn tie(class: TieClass, weight_milli: u32, half_life: HalfLife, deal: bool) -> Tie {
    Tie { class, weight_milli, half_life, deal }
}

const MEMBERSHIP: Tie = tie(TieClass::Membership, 500, HalfLife::Never, false);
const OFFICE: Tie = tie(TieClass::Office, 500, HalfLife::Never, false);
const WELFARE: Tie = tie(TieClass::Welfare, 300, HalfLife::Slow, false);
const PAIRING: Tie = tie(TieClass::Welfare, 300, HalfLife::Never, false);
const CO_PRESENCE: Tie = tie(TieClass::CoPresence, 500, HalfLife::Slow, false);
const VISIT: Tie = tie(TieClass::Visit, 700, HalfLife::Slow, false);
const MEETING: Tie = tie(TieClass::Meeting, 700, HalfLife::Slow, false);
const TRADE: Tie = tie(TieClass::Trade, 1_000, HalfLife::Slow, true);
const JOINT_PROJECT: Tie = tie(TieClass::JointProject, 1_000, HalfLife::Slow, true);
const ALLIANCE: Tie = tie(TieClass::Alliance, 1_000, HalfLife::Slow, true);

/// What one event says about ties.
#[derive(Debug, Clone, PartialEq)]
pub enum Said<'a> {
    /// Nothing.
    Nothing,
    /// These two are tied directly.
    Pair(Tie, &'a PartyRef, &'a PartyRef),
    /// The structural tie of these two ends.
    Ended(Tie, &'a PartyRef, &'a PartyRef),
    /// These sit at an occasion.
    Seats(Tie, Occasion<'a>, Vec<&'a PartyRef>),
}

/// An occasion: class of key and key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Occasion<'a> {
    /// Prefix of the event's tag (`activity`, `group`, …).
    pub class: &'static str,
    /// The key that people gave it.
    pub key: &'a RecordKey,
}

/// What an event says about ties. Party building and what is done with persons' data say nothing, whatever the
/// table below would make of it: not even an office of party secretary is a tie.
#[must_use]
pub fn said(event: &Event) -> Said<'_> {
    if event.class().may_tie() { table(event) } else { Said::Nothing }
}

/// The table. A new kind needs one arm here. Persons are no parties: no arm can hand one out.
#[expect(clippy::too_many_lines, reason = "it is a table: one arm a kind")]
fn table(event: &Event) -> Said<'_> {
    match event {
        Event::MemberJoined(e) => Said::Pair(MEMBERSHIP, &e.chamber, &e.member),
        Event::MemberLeft(e) => Said::Ended(MEMBERSHIP, &e.chamber, &e.member),
        Event::RoleAssigned(e) => {
            e.holder.as_ref().map_or(Said::Nothing, |h| Said::Pair(OFFICE, &e.organisation, h))
        }
        Event::RoleEnded(e) => {
            e.holder.as_ref().map_or(Said::Nothing, |h| Said::Ended(OFFICE, &e.organisation, h))
        }
        Event::ActivityHeld(e) => seats(CO_PRESENCE, "activity", &e.activity, e.organisers.iter()),
        Event::TrainingDelivered(e) => {
            seats(CO_PRESENCE, "activity", &e.activity, e.organisers.iter().chain(&e.partners))
        }
        Event::WelfareActivityHeld(e) => {
            let parties = e.organisers.iter().chain(&e.beneficiaries);
            seats(WELFARE, "welfare_activity", &e.welfare_activity, parties)
        }
        Event::PairingSigned(e) => Said::Pair(PAIRING, &e.chamber, &e.beneficiary),
        Event::PairingEnded(e) => Said::Ended(PAIRING, &e.chamber, &e.beneficiary),
        Event::CashDonated(e) => {
            e.beneficiary.as_ref().map_or(Said::Nothing, |to| Said::Pair(WELFARE, &e.donor, to))
        }
        Event::GoodsDonated(e) => {
            e.beneficiary.as_ref().map_or(Said::Nothing, |to| Said::Pair(WELFARE, &e.donor, to))
        }
        Event::ConsumptionPurchased(e) => {
            e.seller.as_ref().map_or(Said::Nothing, |from| Said::Pair(WELFARE, &e.buyer, from))
        }
        Event::AttendanceRecorded(e) => seats(CO_PRESENCE, "activity", &e.activity, e.organisation.iter()),
        Event::ParticipationRecorded(e) => seats(JOINT_PROJECT, "group", &e.group, std::iter::once(&e.party)),
        Event::DelegationVisited(e) => {
            seats(VISIT, "delegation", &e.delegation, e.hosts.iter().chain(&e.met).chain(&e.delegates))
        }
        Event::MemberVisited(e) => Said::Pair(VISIT, &e.chamber, &e.member),
        Event::MemberPurchaseMade(e) => Said::Pair(TRADE, &e.buyer, &e.seller),
        Event::MeetingHeld(e) => Said::Pair(MEETING, &e.a, &e.b),
        Event::ProjectSigned(e) => seats(JOINT_PROJECT, "project", &e.project, e.investors.iter()),
        Event::StationEstablished(e) => {
            e.host.as_ref().map_or(Said::Nothing, |host| Said::Pair(ALLIANCE, &e.chamber, host))
        }
        Event::AllianceSigned(e) => Said::Pair(ALLIANCE, &e.a, &e.b),
        // Party building has no tie, ever; `said` does not even ask for it.
        Event::PartyOrgEstablished(_)
        | Event::SecretaryStudioOpened(_)
        | Event::PartyActivityHeld(_)
        | Event::ActivistsTrained(_)
        | Event::InstructorDispatched(_)
        | Event::PartyContentPublished(_)
        | Event::LiaisonOfficerAppointed(_) => Said::Nothing,
        // Identity, texts, plans, needs, introductions under way, money and corrections are no ties.
        // A branch belongs to its chamber.
        Event::BranchEstablished(e) => Said::Pair(MEMBERSHIP, &e.chamber, &e.branch),
        // Identity, texts, needs, introductions under way, money and corrections are no ties.
        Event::OrgRegistered(_)
        | Event::OrgRenamed(_)
        | Event::IdentifierAdded(_)
        | Event::OrgMerged(_)
        | Event::OrgUnmerged(_)
        | Event::OrgClosed(_)
        // A branch office is not its head office: whom one knows, the other may not.
        | Event::OrgAffiliated(_)
        | Event::PersonRegistered(_)
        | Event::PartyLinked(_)
        | Event::PartyUnlinked(_)
        | Event::ChamberFounded(_)
        | Event::ChamberLegallyRegistered(_)
        | Event::ChamberRectified(_)
        | Event::AnnualCheckFiled(_)
        | Event::TermRenewed(_)
        | Event::ChamberFlaggedDormant(_)
        | Event::ChamberDissolved(_)
        | Event::DemonstrationDesignated(_)
        | Event::ChamberContacted(_)
        | Event::MembershipLevelChanged(_)
        | Event::NoShowRecorded(_)
        | Event::ActivityPlanned(_)
        | Event::PolicyQuestionRaised(_)
        | Event::PolicyAnswered(_)
        | Event::SuggestionSubmitted(_)
        | Event::SuggestionStatusChanged(_)
        | Event::SupplyOffered(_)
        | Event::DemandPosted(_)
        | Event::StationClosed(_)
        | Event::RegulationIssued(_)
        | Event::ReportPublished(_)
        | Event::ClaimPublished(_)
        | Event::NoticeGiven(_)
        | Event::ConsentChanged(_)
        | Event::PersonalDataErased(_)
        | Event::DataShared(_)
        | Event::NeedDeclared(_)
        | Event::NeedStatusChanged(_)
        | Event::NeedResolved(_)
        | Event::CapabilityAssessed(_)
        | Event::MatchListIssued(_)
        | Event::IntroductionProposed(_)
        | Event::IntroductionConsented(_)
        | Event::IntroductionDeclined(_)
        | Event::IntroductionExpired(_)
        | Event::OutcomeReported(_)
        | Event::DoNotIntroduceSet(_)
        | Event::DoNotIntroduceLifted(_)
        | Event::LeadReported(_)
        | Event::ProjectStageChanged(_)
        | Event::FundsArrived(_)
        | Event::ProjectDuplicateMarked(_)
        | Event::ProjectTransferred(_)
        | Event::ParkPlanned(_)
        | Event::FirstNegotiationClaimed(_)
        | Event::ClaimArbitrated(_)
        | Event::ReferrerFiled(_)
        | Event::ReferrerConfirmed(_)
        | Event::RuleSetAdopted(_)
        | Event::ChainDefined(_)
        | Event::RankingModelAdopted(_)
        | Event::EventCorrected(_)
        | Event::EventVoided(_)
        | Event::CorrectionProposed(_)
        | Event::CorrectionDeclined(_)
        | Event::FileImported(_)
        | Event::StoreHealed(_)
        | Event::LossAccepted(_) => Said::Nothing,
    }
}

fn seats<'a>(
    tie: Tie,
    class: &'static str,
    key: &'a RecordKey,
    parties: impl Iterator<Item = &'a PartyRef>,
) -> Said<'a> {
    Said::Seats(tie, Occasion { class, key }, parties.collect())
}

#[cfg(test)]
mod tests {
    use jinqiao_events::kinds::{DataClass, Kind};
    use serde_json::{Value, json};

    use super::*;

    fn body(kind: Kind) -> Value {
        let line: Value = serde_json::from_str(kind.example()).unwrap();
        line["body"].clone()
    }

    fn event(kind: Kind, body: &Value) -> Event {
        kind.decode(kind.version(), &body.to_string()).unwrap()
    }

    #[test]
    fn party_building_and_personal_data_are_never_a_tie() {
        let classed = |class| Kind::ALL.iter().filter(move |kind| kind.class() == class);
        for kind in classed(DataClass::PartyBuilding).chain(classed(DataClass::Personal)) {
            assert_eq!(said(&event(*kind, &body(*kind))), Said::Nothing, "{kind}");
            assert_eq!(table(&event(*kind, &body(*kind))), Said::Nothing, "{kind}: not by the table either");
        }
        assert_eq!(classed(DataClass::PartyBuilding).count(), 7);
    }

    #[test]
    fn an_office_in_a_party_organisation_is_no_tie_and_any_other_is() {
        for kind in [Kind::RoleAssigned, Kind::RoleEnded] {
            for (role, is_tie) in [
                ("president", true),
                ("secretary_general", true),
                ("party_secretary", false),
                ("liaison_officer", false),
            ] {
                let mut body = body(kind);
                body["role"] = json!(role);
                body["holder"] = json!("琅屿机械厂");
                assert_eq!(said(&event(kind, &body)) != Said::Nothing, is_tie, "{kind} {role}");
            }
        }
    }

    /// Which fields of a body hold a person's id, by the schema's format.
    fn person_fields(kind: Kind) -> Vec<String> {
        let schema = kind.schema();
        let fields = schema["properties"].as_object().unwrap();
        let text = |field: &Value| field.to_string().contains("PersonId");
        fields.iter().filter(|(_, field)| text(field)).map(|(name, _)| name.clone()).collect()
    }

    #[test]
    fn no_person_reaches_a_tie_from_any_field_of_any_kind() {
        let mut asked = 0;
        for kind in Kind::ALL.iter().copied() {
            for field in person_fields(kind) {
                let (one, mut other) = (body(kind), body(kind));
                let id = "00000000-0000-4000-8000-00000000dead";
                other[&field] = if one[&field].is_array() { json!([id]) } else { json!(id) };
                assert_ne!(one, other);
                let told = format!("{:?}", said(&event(kind, &other)));
                assert_eq!(format!("{:?}", said(&event(kind, &one))), told, "{kind}.{field}");
                assert!(!told.contains("dead"), "{kind}.{field}");
                asked += 1;
            }
        }
        assert!(asked >= 10, "the schemas name their persons: {asked}");
    }
}
