//! HTTP: the routes, one line each. A noun is one file below; what holds for every route is a layer here.
//!
//! A request passes [`gate`] (is it meant for us), then its handler, which reads its input by [`input`] and
//! writes through the desk only. On the way out [`problem`] turns every refusal, ours or the framework's, into
//! `application/problem+json` in the reader's language, and [`gate`] sets the headers that guard browsers.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub mod avoidance;
pub mod backup;
pub mod chambers;
pub mod docs;
pub mod events;
pub mod gate;
pub mod idempotency;
pub mod imports;
pub mod input;
pub mod introductions;
pub mod limit;
pub mod links;
pub mod matches;
pub mod metrics;
pub mod operations;
pub mod parties;
pub mod problem;
pub mod projects;
pub mod report;
pub mod server;
pub mod state;
pub mod stream;
pub mod work;

#[cfg(test)]
mod tests;

pub(crate) use server::stop_signal;
pub use server::{refuse_public, refuse_taken, serve, serve_until};
pub use state::AppState;

/// The table of contents. Adding an endpoint is one line here and its handler in the file of its noun.
#[expect(clippy::cognitive_complexity, reason = "it is a list; what each line expands to is counted")]
fn api() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(docs::head())
        .routes(routes!(events::record, events::list))
        .routes(routes!(stream::follow))
        .routes(routes!(parties::find))
        .routes(routes!(parties::show))
        .routes(routes!(matches::list))
        .routes(routes!(matches::explain))
        .routes(routes!(projects::show))
        .routes(routes!(projects::credit))
        .routes(routes!(projects::duplicates))
        .routes(routes!(chambers::dormant))
        .routes(routes!(chambers::list))
        .routes(routes!(chambers::chain))
        .routes(routes!(chambers::purchases))
        .routes(routes!(chambers::needs))
        .routes(routes!(introductions::propose))
        .routes(routes!(introductions::show))
        .routes(routes!(introductions::answer))
        .routes(routes!(introductions::meet))
        .routes(routes!(introductions::conclude))
        .routes(routes!(links::link, links::unlink))
        .routes(routes!(avoidance::set, avoidance::lift))
        .routes(routes!(report::report))
        .routes(routes!(report::article))
        .routes(routes!(report::claims))
        .routes(routes!(imports::import, imports::list))
        .routes(routes!(imports::undo))
        .routes(routes!(work::list))
        .routes(routes!(backup::back_up))
        .routes(routes!(operations::healthz))
        .routes(routes!(operations::readyz))
        .routes(routes!(operations::metrics))
}

/// The whole service.
pub fn router(state: AppState) -> Router {
    let (routes, openapi) = api().split_for_parts();
    routes
        .merge(docs::routes(openapi))
        .merge(crate::web::router(state.desk.clone(), Arc::clone(&state.books), state.heavy.clone()))
        // Bodies are bounded, in size and time, where they are read: see `limit`.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(state.clone(), metrics::measure))
        .layer(CatchPanicLayer::new())
        .layer(from_fn(gate::check))
        .layer(from_fn(problem::dress))
        .layer(from_fn(gate::guard_browser))
        .with_state(state)
}
