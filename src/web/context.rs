//! Who reads, in which language, what was asked in the address, and what it is answered from.

use std::convert::Infallible;
use std::fmt::Display;
use std::sync::Arc;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{Uri, header};
use jinqiao_events::clock;
use jinqiao_events::decide::{Draft, Refusal};
use jinqiao_events::log::{Log, Position, Stored};
use jinqiao_events::value::{ids::PartyId, occurred::Occurred, party_ref::PartyRef};
use jinqiao_projections::register::{Face, Party};
use maud::{Markup, html};

use super::failure::Failure;
use super::texts::Text;
use crate::config::Lang;
use crate::demo;
use crate::desk::{Desk, Receipt, Submission};
use crate::error::AppError;
use crate::matching::{self, Ground, Times};
use crate::shelf::Snapshot;

/// The reader and the address that was asked for.
#[derive(Debug, Clone)]
pub struct Reader {
    /// The language to answer in.
    pub lang: Lang,
    /// Whether the address itself says the language; links then keep it.
    says_lang: bool,
    path: String,
    fields: Vec<(String, String)>,
}

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let accepted = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Ok(Self::new(&parts.uri, Lang::from_accept_language(accepted)))
    }
}

impl Reader {
    /// The reader of that address, who would read `accepted` if the address says nothing. What cannot be read
    /// of the query counts as absent.
    #[must_use]
    pub fn new(uri: &Uri, accepted: Lang) -> Self {
        let fields =
            Query::<Vec<(String, String)>>::try_from_uri(uri).map(|Query(fields)| fields).unwrap_or_default();
        let said = fields.iter().find(|(name, _)| name == "lang").and_then(|(_, lang)| match lang.as_str() {
            "zh" => Some(Lang::Zh),
            "en" => Some(Lang::En),
            _ => None,
        });
        Self {
            lang: said.unwrap_or(accepted),
            says_lang: said.is_some(),
            path: uri.path().to_owned(),
            fields,
        }
    }

    /// The text in the reader's language.
    #[must_use]
    pub fn say(&self, text: Text) -> &'static str {
        text.say(self.lang)
    }

    /// The text in the reader's language, filled in.
    #[must_use]
    pub fn with(&self, text: Text, values: &[&dyn Display]) -> String {
        let values: Vec<String> = values.iter().map(ToString::to_string).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        text.with(self.lang, &values)
    }

    /// The path that was asked for.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A field of the query, without spaces around it; nothing when it is empty.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&str> {
        let value = self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.trim());
        value.filter(|value| !value.is_empty())
    }

    /// The fields of the query, in their order.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// An address with these fields and the reader's language.
    #[must_use]
    pub fn href(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let lang = self.says_lang.then_some(("lang", self.lang_code()));
        address(path, fields.iter().copied().chain(lang))
    }

    /// This very page in the other language.
    #[must_use]
    pub fn in_other_language(&self) -> String {
        let other = match self.lang {
            Lang::Zh => "en",
            Lang::En => "zh",
        };
        let kept = self.fields.iter().filter(|(name, _)| name != "lang");
        address(
            &self.path,
            kept.map(|(name, value)| (name.as_str(), value.as_str())).chain([("lang", other)]),
        )
    }

    /// The language as forms send it on.
    #[must_use]
    pub fn lang_field(&self) -> Markup {
        html! { @if self.says_lang { input type="hidden" name="lang" value=(self.lang_code()); } }
    }

    /// The language's code.
    #[must_use]
    pub fn lang_code(&self) -> &'static str {
        self.lang.pick("zh", "en")
    }
}

/// A text as one step of a path.
#[must_use]
pub fn segment(text: &str) -> String {
    let mut segment = String::new();
    text.bytes().for_each(|byte| escape(byte, &mut segment));
    segment
}

fn escape(byte: u8, address: &mut String) {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => address.push(char::from(byte)),
        _ => address.push_str(&format!("%{byte:02X}")),
    }
}

/// An address with a query; the path is taken as it is.
fn address<'a>(path: &str, fields: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut address = path.to_owned();
    for (at, (name, value)) in fields.enumerate() {
        address.push(if at == 0 { '?' } else { '&' });
        address.push_str(name);
        address.push('=');
        value.bytes().for_each(|byte| escape(byte, &mut address));
    }
    address
}

/// What a page is made from: the reader, and one moment of the views.
#[derive(Debug)]
pub struct Context {
    /// The reader.
    pub reader: Reader,
    /// The views of this moment.
    pub views: Snapshot,
    desk: Desk,
}

impl Context {
    /// The newest views, for that reader.
    #[must_use]
    pub fn new(desk: Desk, reader: Reader) -> Self {
        Self { reader, views: desk.shelf().views(), desk }
    }

    /// The text in the reader's language.
    #[must_use]
    pub fn say(&self, text: Text) -> &'static str {
        self.reader.say(text)
    }

    /// The text in the reader's language, filled in.
    #[must_use]
    pub fn with(&self, text: Text, values: &[&dyn Display]) -> String {
        self.reader.with(text, values)
    }

    /// The reader's language.
    #[must_use]
    pub const fn lang(&self) -> Lang {
        self.reader.lang
    }

    /// The sentence of a refusal, as people read it.
    #[must_use]
    pub fn refusal<'a>(&self, refusal: &'a Refusal) -> &'a str {
        self.lang().pick(&refusal.zh, &refusal.en)
    }

    /// Today in Asia/Shanghai.
    #[must_use]
    pub fn today(&self) -> Occurred {
        clock::today(self.desk.clock())
    }

    /// The day that a page is about where none is asked for ([`matching::today`]).
    #[must_use]
    pub fn asked_day(&self) -> Occurred {
        matching::today(&self.desk)
    }

    /// What questions about introductions are answered from, as of the end of that day.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn ground(&self, as_of: Occurred) -> Result<Ground, Failure> {
        Ok(Ground::gather(&self.desk, Times { as_of: Some(as_of), known_at: None })?)
    }

    /// The desk that pages write through and read the log from.
    #[must_use]
    pub const fn desk(&self) -> &Desk {
        &self.desk
    }

    /// A word that no other form carries.
    #[must_use]
    pub fn token(&self) -> String {
        self.desk.ids().event_id(self.desk.clock().now()).to_string()
    }

    /// Records one event; where it stands, or why it was refused.
    ///
    /// # Errors
    /// When the store fails.
    pub fn record(&self, draft: Draft) -> Result<Result<Receipt, Refusal>, Failure> {
        let units = vec![vec![draft]];
        let answer = self.desk.record_blocking(Submission { units, rehearsal: false })?.pop();
        let receipt = match answer.ok_or(AppError::Busy)? {
            Ok(receipts) => Ok(receipts.first().copied().ok_or(AppError::Busy)?),
            Err(fault) => Err(fault.refusal),
        };
        Ok(receipt)
    }

    /// The event at that position.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn event(&self, position: Position) -> Result<Option<Stored>, Failure> {
        Ok(self.log().at(position)?)
    }

    /// The books of the newest position, for reports.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn books(
        &self,
        kept: &crate::report::Shelf,
    ) -> Result<Arc<jinqiao_projections::figures::Books>, Failure> {
        Ok(kept.books(&self.desk, None)?)
    }

    /// Whether the log tells of the invented city.
    #[must_use]
    pub fn is_demo(&self) -> bool {
        self.views.position > 0 && demo::is_demo(self.desk.store()).unwrap_or_default()
    }

    fn log(&self) -> &dyn Log {
        self.desk.store().log.as_ref()
    }

    /// The party with that id, canonical, as it stands in an address.
    ///
    /// # Errors
    /// When the register does not know it.
    pub fn party(&self, id: &str) -> Result<&Party, Failure> {
        let known = id.parse::<PartyId>().ok().map(|id| self.views.register.canonical(id));
        known.and_then(|id| self.views.register.party(id)).ok_or_else(|| Failure::Party(id.to_owned()))
    }

    /// A link to an event.
    #[must_use]
    pub fn event_link(&self, position: Position) -> Markup {
        let href = self.reader.href(&format!("/events/{position}"), &[]);
        html! { a.event href=(href) { "#" (position) } }
    }

    /// The address of a party's page, or of one below it.
    #[must_use]
    pub fn party_href(&self, party: PartyId, below: &str, fields: &[(&str, &str)]) -> String {
        self.reader.href(&format!("/parties/{party}{below}"), fields)
    }

    /// A link to a party by its name now.
    #[must_use]
    pub fn party_link(&self, party: PartyId) -> Markup {
        let name = crate::naming::party(&self.views, party);
        html! { a href=(self.party_href(self.views.register.canonical(party), "", &[])) { (name) } }
    }

    /// A link to what an event named; plain text where it means no party yet.
    #[must_use]
    pub fn ref_link(&self, reference: &PartyRef) -> Markup {
        match self.views.register.resolve(reference) {
            Some(party) => self.party_link(party),
            None => html! { span.unlinked { (crate::naming::party_ref(&self.views, reference)) } },
        }
    }

    /// A party as a form's field takes it: by its full name where that means it alone, else by its id.
    #[must_use]
    pub fn written(&self, party: PartyId) -> String {
        let name = self.views.register.party(party).map(|known| known.name.clone());
        let means_it = |name: &String| {
            let read = name.parse::<PartyRef>().ok();
            read.and_then(|reference| self.views.register.resolve(&reference)) == Some(party)
        };
        name.filter(means_it).unwrap_or_else(|| party.to_string())
    }

    /// The face of a reference as the register reads it now.
    #[must_use]
    pub fn reading(&self, reference: &PartyRef) -> Face {
        self.views.register.reading(&Face::of(reference))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(address: &str) -> Reader {
        Reader::new(&address.parse().unwrap(), Lang::Zh)
    }

    #[test]
    fn links_keep_the_language_that_the_address_says() {
        assert_eq!(reader("/").href("/events/3", &[]), "/events/3");
        assert_eq!(reader("/?lang=en").href("/events/3", &[("q", "a b&c")]), "/events/3?q=a%20b%26c&lang=en");
        assert_eq!(reader("/?lang=fr").lang, Lang::Zh);
    }

    #[test]
    fn the_other_language_shows_the_same_page() {
        assert_eq!(reader("/?q=%E9%9D%92&lang=zh").in_other_language(), "/?q=%E9%9D%92&lang=en");
        assert_eq!(reader("/?lang=en").in_other_language(), "/?lang=zh");
    }

    #[test]
    fn empty_fields_count_as_absent() {
        assert_eq!(reader("/?q=+&top=20").field("q"), None);
        assert_eq!(reader("/?q=+&top=20").field("top"), Some("20"));
        assert_eq!(reader("/?q=%FF%FE&q=2").field("top"), None);
    }
}
