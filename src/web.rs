//! Pages for people: made on the server with maud, pictures as SVG of our own, one style sheet, no script.
//!
//! A page is one file below with a function from a [`Context`] to a [`Page`]; [`frame`] puts it into the frame
//! that all share, and every link keeps the reader's language. What a page shows is in its address, so an
//! address can be saved, sent and printed. What is written goes through the desk, as from every door: [`record`] has
//! a form for each kind, [`imports`] takes imports back.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;

use crate::desk::Desk;
use crate::http::state::Places;
use crate::report::Shelf as Books;

pub mod assets;
pub mod context;
pub mod duplicates;
pub mod ego;
pub mod event;
pub mod failure;
pub mod find;
pub mod frame;
pub mod imports;
pub mod matches;
pub mod pair;
pub mod party;
pub mod posted;
pub mod project;
pub mod record;
pub mod report;
pub mod texts;
pub mod vitality;
pub mod work;

#[cfg(test)]
mod tests;

pub use context::{Context, Reader};
pub use failure::Failure;
pub use frame::Page;

use find::Overviews;
use posted::Posted;

/// What pages read from.
#[derive(Debug, Clone)]
struct Web {
    desk: Desk,
    overviews: Arc<Overviews>,
    books: Arc<Books>,
    heavy: Places,
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
    /// What was sent in was done, and is to be seen at this address.
    Done(String),
    /// What was sent in was refused; the page says why and keeps what was typed.
    Refused(Page),
}

impl From<Page> for Shown {
    fn from(page: Page) -> Self {
        Self::Page(page)
    }
}

/// The pages on that desk, and the answer where nothing is; to be merged into any router without a fallback. Pages that
/// compute or read for long wait for a place among the heavy questions, as the API's do.
pub fn router<S: Clone + Send + Sync + 'static>(desk: Desk, books: Arc<Books>, heavy: Places) -> Router<S> {
    let web = Web { desk, overviews: Arc::default(), books, heavy };
    Router::new()
        .route("/", get(home))
        .route("/parties/{party}", get(party_page))
        .route("/parties/{party}/matches", get(matches_page))
        .route("/parties/{party}/matches/{other}", get(pair_page))
        .route("/events/{position}", get(event_page))
        .route("/report", get(report_page))
        .route("/report/claims", get(claims_page))
        .route("/report/article", get(article_page))
        .route("/report/{figure}", get(figure_page))
        .route("/projects/duplicates", get(duplicates_page))
        .route("/record", get(record_index))
        .route("/record/{kind}", get(record_page).post(record_post))
        .route("/projects", get(projects_page))
        .route("/projects/{project}", get(project_page))
        .route("/projects/{project}/credit", get(project_page))
        .route("/chambers/dormant", get(dormant_page))
        .route("/chains", get(chains_page))
        .route("/chains/{chain}", get(chain_page))
        .route("/needs", get(needs_page))
        .route("/work", get(work_page))
        .route("/imports", get(imports_page))
        .route("/imports/{import}", get(import_page).post(undo_post))
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
    weigh(web, reader, move |context| find::page(context, &overviews)).await
}

type Named = Result<Path<String>, PathRejection>;

async fn party_page(State(web): State<Web>, reader: Reader, party: Named) -> Response {
    weigh(web, reader, move |context| party::page(context, &named(party)?)).await
}

async fn matches_page(State(web): State<Web>, reader: Reader, party: Named) -> Response {
    weigh(web, reader, move |context| matches::page(context, &named(party)?)).await
}

async fn pair_page(
    State(web): State<Web>,
    reader: Reader,
    pair: Result<Path<(String, String)>, PathRejection>,
) -> Response {
    weigh(web, reader, move |context| {
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
    weigh(web, reader, move |context| report::page(context, &books)).await
}

async fn claims_page(State(web): State<Web>, reader: Reader) -> Response {
    let books = Arc::clone(&web.books);
    weigh(web, reader, move |context| report::claims(context, &books)).await
}

async fn article_page(State(web): State<Web>, reader: Reader) -> Response {
    let books = Arc::clone(&web.books);
    weigh(web, reader, move |context| report::article(context, &books)).await
}

async fn figure_page(State(web): State<Web>, reader: Reader, figure: Named) -> Response {
    let books = Arc::clone(&web.books);
    weigh(web, reader, move |context| report::figure(context, &books, &named(figure)?)).await
}

async fn duplicates_page(State(web): State<Web>, reader: Reader) -> Response {
    weigh(web, reader, duplicates::page).await
}

async fn record_index(State(web): State<Web>, reader: Reader) -> Response {
    show(web, reader, record::index).await
}

async fn record_page(State(web): State<Web>, reader: Reader, kind: Named) -> Response {
    show(web, reader, move |context| record::blank(context, &named(kind)?)).await
}

async fn record_post(State(web): State<Web>, reader: Reader, kind: Named, Posted(typed): Posted) -> Response {
    show(web, reader, move |context| record::submit(context, &named(kind)?, typed?)).await
}

async fn projects_page(State(web): State<Web>, reader: Reader) -> Response {
    weigh(web, reader, project::list).await
}

async fn project_page(State(web): State<Web>, reader: Reader, key: Named) -> Response {
    weigh(web, reader, move |context| project::page(context, &named(key)?)).await
}

async fn dormant_page(State(web): State<Web>, reader: Reader) -> Response {
    weigh(web, reader, vitality::dormant).await
}

async fn chains_page(State(web): State<Web>, reader: Reader) -> Response {
    weigh(web, reader, vitality::chain_list).await
}

async fn chain_page(State(web): State<Web>, reader: Reader, chain: Named) -> Response {
    weigh(web, reader, move |context| vitality::chain(context, &named(chain)?)).await
}

async fn needs_page(State(web): State<Web>, reader: Reader) -> Response {
    weigh(web, reader, vitality::needs).await
}

async fn work_page(State(web): State<Web>, reader: Reader) -> Response {
    weigh(web, reader, work::page).await
}

async fn imports_page(State(web): State<Web>, reader: Reader) -> Response {
    weigh(web, reader, imports::list).await
}

async fn import_page(State(web): State<Web>, reader: Reader, import: Named) -> Response {
    weigh(web, reader, move |context| imports::page(context, &named(import)?)).await
}

async fn undo_post(State(web): State<Web>, reader: Reader, import: Named, Posted(typed): Posted) -> Response {
    show(web, reader, move |context| imports::undo(context, &named(import)?, &typed?)).await
}

fn named(path: Named) -> Result<String, Failure> {
    path.map(|Path(name)| name).map_err(|_| Failure::Page)
}

/// Makes a page that computes or reads for long: once there is a place for it.
async fn weigh(web: Web, reader: Reader, make: impl FnOnce(&Context) -> Answer + Send + 'static) -> Response {
    match web.heavy.one().await {
        Ok(place) => {
            let make = move |context: &Context| {
                let _place = place;
                make(context)
            };
            show(web, reader, make).await
        }
        Err(busy) => frame::failure(&reader, &busy.into()),
    }
}

/// Makes a page on a thread that may block: it reads the log.
async fn show(web: Web, reader: Reader, make: impl FnOnce(&Context) -> Answer + Send + 'static) -> Response {
    let asked = reader.clone();
    let made = tokio::task::spawn_blocking(move || {
        let context = Context::new(web.desk, reader);
        make(&context).map(|shown| match shown {
            Shown::Page(page) => frame::response(&context, &page, StatusCode::OK),
            Shown::Refused(page) => frame::response(&context, &page, StatusCode::UNPROCESSABLE_ENTITY),
            Shown::Done(address) => Redirect::to(&address).into_response(),
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
