//! Pages for people: made on the server with maud, pictures as SVG of our own, one style sheet, no script.
//!
//! A page is one file below with a function from a [`Context`] to a [`Page`]; [`frame`] puts it into the frame
//! that all share, and every link keeps the reader's language. What a page shows is in its address, so an
//! address can be saved, sent and printed. Nothing here writes.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use crate::desk::Desk;
use crate::report::Shelf as Books;

pub mod assets;
pub mod context;
pub mod duplicates;
pub mod ego;
pub mod event;
pub mod failure;
pub mod find;
pub mod frame;
pub mod matches;
pub mod pair;
pub mod party;
pub mod report;
pub mod texts;

#[cfg(test)]
mod tests;

pub use context::{Context, Reader};
pub use failure::Failure;
pub use frame::Page;

use find::Overviews;

/// What pages read from.
#[derive(Debug, Clone)]
struct Web {
    desk: Desk,
    overviews: Arc<Overviews>,
    books: Arc<Books>,
}

/// What a page's function answers.
pub type Answer = Result<Shown, Failure>;

/// A page, or the way to the one that is meant.
#[derive(Debug)]
pub enum Shown {
    /// This page.
    Page(Page),
    /// Another address, for now.
    Elsewhere(String),
}

impl From<Page> for Shown {
    fn from(page: Page) -> Self {
        Self::Page(page)
    }
}

/// The pages on that desk, and the answer where nothing is; to be merged into any router without a fallback.
pub fn router<S: Clone + Send + Sync + 'static>(desk: Desk, books: Arc<Books>) -> Router<S> {
    let web = Web { desk, overviews: Arc::default(), books };
    Router::new()
        .route("/", get(home))
        .route("/parties/{party}", get(party_page))
        .route("/parties/{party}/matches", get(matches_page))
        .route("/parties/{party}/matches/{other}", get(pair_page))
        .route("/events/{position}", get(event_page))
        .route("/report", get(report_page))
        .route("/report/claims", get(claims_page))
        .route("/report/{figure}", get(figure_page))
        .route("/projects/duplicates", get(duplicates_page))
        .route("/assets/{file}", get(assets::serve))
        .fallback(missing)
        .with_state(web)
}

/// What a browser gets where no page is; a program gets the bare status, which the API dresses as a problem.
async fn missing(reader: Reader, headers: HeaderMap) -> Response {
    let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if accepted.contains("text/html") {
        frame::failure(&reader, &Failure::Page)
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

async fn home(State(web): State<Web>, reader: Reader) -> Response {
    let overviews = Arc::clone(&web.overviews);
    show(web, reader, move |context| find::page(context, &overviews)).await
}

type Named = Result<Path<String>, PathRejection>;

async fn party_page(State(web): State<Web>, reader: Reader, party: Named) -> Response {
    show(web, reader, move |context| party::page(context, &named(party)?)).await
}

async fn matches_page(State(web): State<Web>, reader: Reader, party: Named) -> Response {
    show(web, reader, move |context| matches::page(context, &named(party)?)).await
}

async fn pair_page(
    State(web): State<Web>,
    reader: Reader,
    pair: Result<Path<(String, String)>, PathRejection>,
) -> Response {
    show(web, reader, move |context| {
        let Path((party, other)) = pair.map_err(|_| Failure::Page)?;
        pair::page(context, &party, &other)
    })
    .await
}

async fn event_page(State(web): State<Web>, reader: Reader, position: Named) -> Response {
    show(web, reader, move |context| event::page(context, &named(position)?)).await
}

async fn report_page(State(web): State<Web>, reader: Reader) -> Response {
    let books = Arc::clone(&web.books);
    show(web, reader, move |context| report::page(context, &books)).await
}

async fn claims_page(State(web): State<Web>, reader: Reader) -> Response {
    let books = Arc::clone(&web.books);
    show(web, reader, move |context| report::claims(context, &books)).await
}

async fn figure_page(State(web): State<Web>, reader: Reader, figure: Named) -> Response {
    let books = Arc::clone(&web.books);
    show(web, reader, move |context| report::figure(context, &books, &named(figure)?)).await
}

async fn duplicates_page(State(web): State<Web>, reader: Reader) -> Response {
    show(web, reader, duplicates::page).await
}

fn named(path: Named) -> Result<String, Failure> {
    path.map(|Path(name)| name).map_err(|_| Failure::Page)
}

/// Makes a page on a thread that may block: it reads the log and may build graphs.
async fn show(web: Web, reader: Reader, make: impl FnOnce(&Context) -> Answer + Send + 'static) -> Response {
    let asked = reader.clone();
    let made = tokio::task::spawn_blocking(move || {
        let context = Context::new(web.desk, reader);
        make(&context).map(|shown| match shown {
            Shown::Page(page) => frame::response(&context, &page),
            Shown::Elsewhere(address) => Redirect::temporary(&address).into_response(),
        })
    });
    match made.await {
        Ok(Ok(response)) => response,
        Ok(Err(failure)) => frame::failure(&asked, &failure),
        Err(error) => {
            tracing::error!(%error, path = asked.path(), "a page failed");
            frame::failure(&asked, &Failure::Broken)
        }
    }
}
