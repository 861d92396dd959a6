//! Why a page cannot be shown; told as a page in the reader's language.

use axum::http::StatusCode;
use jinqiao_events::log::LogError;

use super::context::Reader;
use super::texts::Text;
use crate::error::AppError;

/// Why a page cannot be shown.
#[derive(Debug)]
pub enum Failure {
    /// There is no such address.
    Page,
    /// The register knows no such party.
    Party(String),
    /// There is no such event.
    Event(String),
    /// A field of the address cannot be read.
    Field(Text, Vec<String>),
    /// The store could not answer.
    App(Box<AppError>),
    /// A fault of ours.
    Broken,
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        Self::App(Box::new(error))
    }
}

impl From<LogError> for Failure {
    fn from(error: LogError) -> Self {
        AppError::from(error).into()
    }
}

impl Failure {
    /// A field of the address that cannot be read, told by a text with its value in it.
    #[must_use]
    pub fn field(text: Text, values: &[&str]) -> Self {
        Self::Field(text, values.iter().map(|value| (*value).to_owned()).collect())
    }

    /// HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::Page | Self::Party(_) | Self::Event(_) => StatusCode::NOT_FOUND,
            Self::Field(..) => StatusCode::BAD_REQUEST,
            Self::App(error) => {
                StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
            }
            Self::Broken => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The heading.
    #[must_use]
    pub const fn title(&self) -> Text {
        match self {
            Self::Page | Self::Party(_) | Self::Event(_) => Text::NotFoundTitle,
            Self::Field(..) => Text::WrongTitle,
            Self::App(_) | Self::Broken => Text::FailedTitle,
        }
    }

    /// What is wrong and what to do.
    #[must_use]
    pub fn sentence(&self, reader: &Reader) -> String {
        match self {
            Self::Page => reader.say(Text::NoSuchPage).to_owned(),
            Self::Party(id) => reader.with(Text::NoSuchParty, &[id]),
            Self::Event(position) => reader.with(Text::NoSuchEvent, &[position]),
            Self::Field(text, values) => {
                let values: Vec<&str> = values.iter().map(String::as_str).collect();
                text.with(reader.lang, &values)
            }
            Self::App(error) if self.status() != StatusCode::INTERNAL_SERVER_ERROR => {
                error.sentence(reader.lang)
            }
            // What the system said may name files and machines; it is for the log, not for the reader.
            Self::App(_) | Self::Broken => reader.say(Text::Failed).to_owned(),
        }
    }
}
