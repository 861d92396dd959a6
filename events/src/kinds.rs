//! The vocabulary: every kind of event that can be said, one block a kind in its family's file and one
//! line here.
//!
//! A family file declares a kind with `body!`: name, version, labels, fields, and which fields are
//! parties and tags. Everything else (JSON, schema, form, example, tags in the log) follows from that.

use std::fmt;

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::value::party_ref::PartyRef;
use crate::value::text_value::{known_code, split_code};

pub mod activity;
pub mod chamber;
pub mod claim;
pub mod class;
pub mod correction;
pub mod identity;
pub mod introduction;
pub mod membership;
pub mod participation;
pub mod party_building;
pub mod privacy;
pub mod project;
pub mod ranking;
pub mod reference;
pub mod station;
pub mod store;
pub mod supply;
pub mod tag;
pub mod text;
pub mod united_front;
pub mod visit;
pub mod welfare;

pub use class::DataClass;
pub use tag::{EachParty, EachTag, RecordKey, Tag};

/// What every kind of event says about itself.
pub trait Body: Serialize + DeserializeOwned + JsonSchema {
    /// Stable snake_case name, as in JSON.
    const NAME: &'static str;
    /// Version of today's shape; older ones are lifted by [`Body::upcast`].
    const VERSION: u16;
    /// Chinese label.
    const LABEL_ZH: &'static str;
    /// English label.
    const LABEL_EN: &'static str;
    /// Who may see it and what it may be used for.
    const CLASS: DataClass = DataClass::Ordinary;
    /// The golden JSON line of this version: the example shown to people, read back by a test.
    const EXAMPLE: &'static str;

    /// Lifts a stored body of an older version to today's shape.
    ///
    /// # Errors
    /// A sentence when the version is unknown; the default knows no older version.
    fn upcast(version: u16, body: Value) -> Result<Value, String> {
        if version == Self::VERSION {
            Ok(body)
        } else {
            Err(format!("no version {version} of {}", Self::NAME))
        }
    }

    /// Visits every party named by the event, in field order.
    fn each_party(&self, visit: &mut dyn FnMut(&PartyRef));
    /// Visits every party named by the event for resolution, with the field's name.
    fn each_party_mut(&mut self, visit: &mut dyn FnMut(&'static str, &mut PartyRef));
    /// Visits the tags other than parties: projects, activities, introductions.
    fn each_tag(&self, visit: &mut dyn FnMut(Tag));
}

/// Declares one kind of event: doc comment, name, version, labels, fields, then its parties and tags.
macro_rules! body {
    (
        $(#[$doc:meta])*
        $name:literal v $version:literal, $zh:literal, $en:literal;
        $(class: $class:ident;)?
        pub struct $Struct:ident { $($(#[$field_doc:meta])* pub $field:ident : $Type:ty),* $(,)? }
        $(parties: $($party:ident),+;)?
        $(tags: $($tag:ident = $prefix:literal),+;)?
        $(upcast: $upcast:path;)?
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $Struct { $($(#[$field_doc])* pub $field: $Type),* }

        impl borsh::BorshSerialize for $Struct {
            fn serialize<W: borsh::io::Write>(&self, to: &mut W) -> borsh::io::Result<()> {
                $crate::kept::json::serialize(self, to)
            }
        }

        impl borsh::BorshDeserialize for $Struct {
            fn deserialize_reader<R: borsh::io::Read>(from: &mut R) -> borsh::io::Result<Self> {
                $crate::kept::json::deserialize_reader(from)
            }
        }

        impl $crate::kinds::Body for $Struct {
            const NAME: &'static str = $name;
            const VERSION: u16 = $version;
            const LABEL_ZH: &'static str = $zh;
            const LABEL_EN: &'static str = $en;
            $(const CLASS: $crate::kinds::DataClass = $crate::kinds::DataClass::$class;)?
            const EXAMPLE: &'static str = include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"), "/../tests/golden/", $name, ".v", stringify!($version), ".json"
            ));
            $(fn upcast(version: u16, body: serde_json::Value) -> Result<serde_json::Value, String> {
                $upcast(version, body)
            })?
            fn each_party(&self, visit: &mut dyn FnMut(&$crate::value::party_ref::PartyRef)) {
                $($($crate::kinds::EachParty::each(&self.$party, visit);)+)?
                let _ = visit;
            }
            fn each_party_mut(
                &mut self,
                visit: &mut dyn FnMut(&'static str, &mut $crate::value::party_ref::PartyRef),
            ) {
                $($($crate::kinds::EachParty::each_mut(
                    &mut self.$party, &mut |party| visit(stringify!($party), party));)+)?
                let _ = visit;
            }
            fn each_tag(&self, visit: &mut dyn FnMut($crate::kinds::Tag)) {
                $($($crate::kinds::EachTag::each(&self.$tag, $prefix, visit);)+)?
                let _ = visit;
            }
        }
    };
}
use body;

/// The [`Body::upcast`] of a kind whose version 2 only added fields that may be left out.
fn only_added(version: u16, body: Value) -> Result<Value, String> {
    if version == 1 { Ok(body) } else { Err(format!("no version {version}")) }
}

/// Makes [`Kind`] and [`Event`] from the one list of kinds below.
macro_rules! vocabulary {
    ($($Variant:ident in $family:ident),* $(,)?) => {
        /// A kind of event, without its body.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, borsh::BorshSerialize, borsh::BorshDeserialize)]
        pub enum Kind { $(#[doc = concat!("See [`", stringify!($family), "::", stringify!($Variant), "`].")] $Variant),* }

        /// An event in today's shape. Exhaustive inside the workspace on purpose: a missing arm is the guide.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Event { $(#[doc = concat!("See [`", stringify!($family), "::", stringify!($Variant), "`].")] $Variant($family::$Variant)),* }

        $(impl From<$family::$Variant> for Event { fn from(body: $family::$Variant) -> Self { Self::$Variant(body) } })*

        impl Kind {
            /// Every kind, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),*];

            /// Stable snake_case name.
            #[must_use]
            pub const fn name(self) -> &'static str { match self { $(Self::$Variant => <$family::$Variant as Body>::NAME),* } }
            /// Version of today's shape.
            #[must_use]
            pub const fn version(self) -> u16 { match self { $(Self::$Variant => <$family::$Variant as Body>::VERSION),* } }
            /// Chinese label.
            #[must_use]
            pub const fn label_zh(self) -> &'static str { match self { $(Self::$Variant => <$family::$Variant as Body>::LABEL_ZH),* } }
            /// English label.
            #[must_use]
            pub const fn label_en(self) -> &'static str { match self { $(Self::$Variant => <$family::$Variant as Body>::LABEL_EN),* } }
            /// Who may see events of this kind and what they may be used for; [`Event::class`] may be stricter.
            #[must_use]
            pub const fn class(self) -> DataClass { match self { $(Self::$Variant => <$family::$Variant as Body>::CLASS),* } }
            /// A whole example line, as `record` reads it.
            #[must_use]
            pub const fn example(self) -> &'static str { match self { $(Self::$Variant => <$family::$Variant as Body>::EXAMPLE),* } }
            /// JSON Schema (2020-12) of the body.
            #[must_use]
            pub fn schema(self) -> Value { match self { $(Self::$Variant => schemars::schema_for!($family::$Variant).to_value()),* } }

            /// Reads a body of this kind, lifting older versions to today's shape.
            ///
            /// # Errors
            /// Says which field of the body is wrong and why.
            pub fn decode(self, version: u16, body: &str) -> Result<Event, BodyError> {
                match self { $(Self::$Variant => read_body::<$family::$Variant>(version, body).map(Event::$Variant)),* }
            }
        }

        impl Event {
            /// Its kind.
            #[must_use]
            pub const fn kind(&self) -> Kind { match self { $(Self::$Variant(_) => Kind::$Variant),* } }
            /// The body as JSON text in field order: what is stored and hashed.
            ///
            /// # Errors
            /// Never for the kinds of the vocabulary; a map with keys that are no text would be one.
            pub fn body_json(&self) -> Result<String, serde_json::Error> {
                match self { $(Self::$Variant(body) => serde_json::to_string(body)),* }
            }
            /// Visits every party named by the event.
            pub fn each_party(&self, visit: &mut dyn FnMut(&PartyRef)) { match self { $(Self::$Variant(body) => body.each_party(visit)),* } }
            /// Visits every party for resolution, with the field's name.
            pub fn each_party_mut(&mut self, visit: &mut dyn FnMut(&'static str, &mut PartyRef)) {
                match self { $(Self::$Variant(body) => body.each_party_mut(visit)),* }
            }
            fn each_own_tag(&self, visit: &mut dyn FnMut(Tag)) { match self { $(Self::$Variant(body) => body.each_tag(visit)),* } }
        }
    };
}

vocabulary! {
    OrgRegistered in identity,
    OrgRenamed in identity,
    IdentifierAdded in identity,
    OrgMerged in identity,
    OrgUnmerged in identity,
    OrgClosed in identity,
    OrgAffiliated in identity,
    PersonRegistered in identity,
    RoleAssigned in identity,
    RoleEnded in identity,
    PartyLinked in identity,
    PartyUnlinked in identity,
    ChamberFounded in chamber,
    ChamberLegallyRegistered in chamber,
    BranchEstablished in chamber,
    ChamberRectified in chamber,
    AnnualCheckFiled in chamber,
    TermRenewed in chamber,
    ChamberFlaggedDormant in chamber,
    ChamberDissolved in chamber,
    DemonstrationDesignated in chamber,
    ChamberContacted in chamber,
    MemberJoined in membership,
    MemberLeft in membership,
    MembershipLevelChanged in membership,
    ActivityHeld in activity,
    AttendanceRecorded in activity,
    NoShowRecorded in activity,
    ActivityPlanned in activity,
    TrainingDelivered in activity,
    PolicyQuestionRaised in activity,
    PolicyAnswered in activity,
    ParticipationRecorded in participation,
    DelegationVisited in visit,
    MemberVisited in visit,
    NeedDeclared in visit,
    NeedStatusChanged in visit,
    NeedResolved in visit,
    CapabilityAssessed in supply,
    MemberPurchaseMade in supply,
    SupplyOffered in supply,
    DemandPosted in supply,
    MatchListIssued in introduction,
    IntroductionProposed in introduction,
    IntroductionConsented in introduction,
    IntroductionDeclined in introduction,
    IntroductionExpired in introduction,
    MeetingHeld in introduction,
    OutcomeReported in introduction,
    DoNotIntroduceSet in introduction,
    DoNotIntroduceLifted in introduction,
    LeadReported in project,
    ProjectSigned in project,
    ProjectStageChanged in project,
    FundsArrived in project,
    ProjectDuplicateMarked in project,
    ProjectTransferred in project,
    ParkPlanned in project,
    FirstNegotiationClaimed in claim,
    ClaimArbitrated in claim,
    ReferrerFiled in claim,
    ReferrerConfirmed in claim,
    RuleSetAdopted in reference,
    ChainDefined in reference,
    RankingModelAdopted in ranking,
    StationEstablished in station,
    StationClosed in station,
    AllianceSigned in station,
    PartyOrgEstablished in party_building,
    SecretaryStudioOpened in party_building,
    PartyActivityHeld in party_building,
    ActivistsTrained in party_building,
    InstructorDispatched in party_building,
    PartyContentPublished in party_building,
    LiaisonOfficerAppointed in united_front,
    SuggestionSubmitted in united_front,
    SuggestionStatusChanged in united_front,
    PairingSigned in welfare,
    PairingEnded in welfare,
    WelfareActivityHeld in welfare,
    CashDonated in welfare,
    GoodsDonated in welfare,
    ConsumptionPurchased in welfare,
    RegulationIssued in text,
    ReportPublished in text,
    ClaimPublished in text,
    NoticeGiven in privacy,
    ConsentChanged in privacy,
    PersonalDataErased in privacy,
    DataShared in privacy,
    EventCorrected in correction,
    EventVoided in correction,
    CorrectionProposed in correction,
    CorrectionDeclined in correction,
    FileImported in correction,
    StoreHealed in store,
    LossAccepted in store,
}

impl Kind {
    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        static BY_NAME: std::sync::LazyLock<std::collections::BTreeMap<&'static str, Kind>> =
            std::sync::LazyLock::new(|| Kind::ALL.iter().map(|kind| (kind.name(), *kind)).collect());
        BY_NAME.get(name).copied()
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Event {
    /// Every tag of the event: its parties, its projects, activities and introductions; sorted, once each.
    #[must_use]
    pub fn tags(&self) -> Vec<Tag> {
        let mut tags = Vec::new();
        self.each_party(&mut |party| tags.push(Tag::party(party)));
        self.each_own_tag(&mut |tag| tags.push(tag));
        tags.sort_unstable();
        tags.dedup();
        tags
    }
}

/// The code of a body whose shape is wrong: a field missing, unknown, or of the wrong type.
pub const INVALID_BODY: &str = "invalid_body";

/// Why a body could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {reason}")]
pub struct BodyError {
    /// Stable code: that of the value at fault, else [`INVALID_BODY`].
    pub code: &'static str,
    /// JSON pointer of the field at fault, relative to the event (`/body/amount`).
    pub pointer: String,
    /// What is wrong there.
    pub reason: String,
}

fn read_body<B: Body>(version: u16, body: &str) -> Result<B, BodyError> {
    if version == B::VERSION {
        // To know the place of a fault costs as much again as reading: it is looked for where there is one.
        if let Ok(read) = serde_json::from_str(body) {
            return Ok(read);
        }
        let mut reader = serde_json::Deserializer::from_str(body);
        return serde_path_to_error::deserialize(&mut reader).map_err(|error| body_error(&error));
    }
    let fault = |reason: String| BodyError { code: INVALID_BODY, pointer: "/body".into(), reason };
    let old: Value = serde_json::from_str(body).map_err(|error| fault(error.to_string()))?;
    let lifted = B::upcast(version, old).map_err(fault)?;
    serde_path_to_error::deserialize(lifted).map_err(|error| body_error(&error))
}

fn body_error(error: &serde_path_to_error::Error<serde_json::Error>) -> BodyError {
    let mut pointer = String::from("/body");
    for segment in error.path() {
        use serde_path_to_error::Segment;
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => pointer.push_str(&format!("/{key}")),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    let message = error.inner().to_string();
    match split_code(&message) {
        Some((code, sentence)) => BodyError { code: known_code(code), pointer, reason: sentence.to_owned() },
        None => BodyError { code: INVALID_BODY, pointer, reason: message },
    }
}

#[cfg(test)]
mod tests;
