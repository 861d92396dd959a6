//! Texts (制度与报道): regulations, reports whose figures are frozen with their evidence, and published claims.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{RecordKey, body};
use crate::value::{amount::Approximator, counter::Counter, occurred::Occurred, party_ref::PartyRef};

body! {
    /// 印发制度: a regulation or guide came into force.
    "regulation_issued" v 1, "印发制度", "Regulation issued";
    pub struct RegulationIssued {
        /// Key of the text: a new edition has another.
        pub regulation: RecordKey,
        /// Its title.
        pub title: String,
        /// Who issued it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub issuer: Option<PartyRef>,
        /// Its number (文号).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub document: Option<String>,
    }
    parties: issuer;
    tags: regulation = "regulation";
}

/// A figure as it was printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FrozenFigure {
    /// Name of the figure.
    pub figure: String,
    /// Its value; of money, in fen.
    pub value: i64,
    /// Its unit.
    pub unit: Counter,
    /// How many events stood behind it.
    pub rows: u64,
    /// SM3 over their positions, hexadecimal.
    pub evidence: String,
}

body! {
    /// 发布报告: a report was published; its figures are frozen with their evidence.
    "report_published" v 1, "发布报告", "Report published";
    pub struct ReportPublished {
        /// Key of the report.
        pub report: RecordKey,
        /// Its title.
        pub title: String,
        /// Who published it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub publisher: Option<PartyRef>,
        /// First day that it tells of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub from: Option<Occurred>,
        /// Last day that it tells of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub to: Option<Occurred>,
        /// The log position that it was computed at.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub at_position: Option<u64>,
        /// Its figures.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub figures: Vec<FrozenFigure>,
    }
    parties: publisher;
    tags: report = "report";
}

body! {
    /// 公开表述: somebody published a figure; `reconcile` holds it against the log.
    "claim_published" v 1, "公开表述", "Claim published";
    pub struct ClaimPublished {
        /// Key of the claim.
        pub claim: RecordKey,
        /// The words in which it was published.
        pub text: String,
        /// What it is about: claims of one subject with different values contradict each other.
        pub subject: String,
        /// The figure of the report that it is held against; none when no figure measures it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub figure: Option<String>,
        /// The value claimed, the lower bound where it is approximate; of money, in fen.
        pub value: i64,
        /// Its unit.
        pub unit: Counter,
        /// Present when the number is not meant exactly: 70多 is 71 to 79.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub approximator: Option<Approximator>,
        /// Where it was published: paper, page.
        pub publication: String,
        /// Who published it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub publisher: Option<PartyRef>,
        /// First day that it tells of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub from: Option<Occurred>,
        /// Last day that it tells of; the day of publication when left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub to: Option<Occurred>,
    }
    parties: publisher;
    tags: claim = "claim";
}
