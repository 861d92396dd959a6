//! Values: parse once, valid for ever. Having the value is the proof that it was checked.
//!
//! Reading order: ids and who ([`ids`], [`credit_code`], [`identifier`], [`name`], [`party_ref`]), how much
//! ([`fen`], [`currency`], [`amount`], [`money`]), when ([`occurred`]), what and where ([`industry`],
//! [`region`]). [`text_value`] holds what they share: how a value that is written as text enters and leaves
//! JSON, and how a refusal's stable code travels through serde.
//!
//! Every error has `code()`, a stable word for machines, and displays as one plain Chinese sentence that says
//! what is wrong and what to do. Nothing here reads a clock, a disk or a random source.

pub mod amount;
pub mod counter;
pub mod credit_code;
pub mod currency;
pub mod fen;
pub mod identifier;
pub mod ids;
pub mod industry;
pub mod money;
pub mod name;
pub mod occurred;
pub mod party_ref;
pub mod region;
pub mod text_value;

pub use amount::{Amount, AmountError, Approximator, ParsedAmount, Unit, parse_amount, parse_amount_cell};
pub use counter::Counter;
pub use credit_code::{CreditCode, CreditCodeError};
pub use currency::{Currency, CurrencyError};
pub use fen::Fen;
pub use identifier::{ForeignScheme, Identifier, IdentifierError};
pub use ids::{EventId, IdError, PartyId, PersonId};
pub use industry::{Industry, IndustryError};
pub use money::{AmountKind, Money};
pub use name::{NameError, NameParts, OrgName};
pub use occurred::{DateError, Occurred, Precision, from_excel_serial, parse_date};
pub use party_ref::{PartyRef, PartyRefError};
pub use region::{Region, RegionError};
