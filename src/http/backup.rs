//! `/api/v1/backup`: a backup of the log while the server runs.

use std::path::PathBuf;

use axum::extract::State;
use axum::http::StatusCode;
use jinqiao_events::decide::Refusal;
use jinqiao_events::log::proof::Profile;
use jinqiao_events::log::sled_log::Backup;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::idempotency::IdempotencyKey;
use super::problem::Problem;
use super::state::{AppState, blocking};
use crate::error::AppError;

/// A finished backup.
#[derive(Debug, Serialize, ToSchema)]
pub struct BackedUp {
    /// Its directory, on the server's disk, beside the store.
    directory: String,
    /// Its last position.
    position: u64,
    /// Root of the tree of proofs over everything in it.
    root: String,
    /// How the tree is hashed: `sm3` or `sha256`.
    #[schema(value_type = String)]
    hash: Profile,
    /// Which store it is of.
    #[schema(value_type = String)]
    store: Uuid,
    /// Bytes of its segments.
    bytes: u64,
}

impl BackedUp {
    fn new(directory: &std::path::Path, backup: Backup) -> Self {
        let Backup { position, root, hash, store, bytes, .. } = backup;
        Self { directory: directory.display().to_string(), position, root, hash, store, bytes }
    }
}

/// Backs the log up while others write. The same `Idempotency-Key` hears of the same backup.
#[utoipa::path(
    post, path = "/api/v1/backup", tag = "operations", summary = "运行中备份",
    responses(
        (status = 201, description = "Backed up", body = BackedUp),
        (status = 200, description = "Backed up before, under the same key", body = BackedUp)
    )
)]
pub(super) async fn back_up(
    State(state): State<AppState>,
    key: IdempotencyKey,
) -> Result<(StatusCode, axum::Json<BackedUp>), Problem> {
    let _turn = key.turn(&state).await;
    let now = state.desk.clock().now();
    let desk = state.desk.clone();
    blocking(move || {
        let log = desk.store().provable()?;
        let mut above = log.home().map_err(AppError::from)?.into_os_string();
        above.push("-backups");
        let above = PathBuf::from(above);
        let directory =
            above.join(key.name().unwrap_or_else(|| now.strftime("%Y%m%dT%H%M%S%3fZ").to_string()));
        if let Some(before) = Backup::read(&directory).map_err(AppError::from)? {
            return Ok((StatusCode::OK, axum::Json(BackedUp::new(&directory, before))));
        }
        if directory.exists() {
            // Begun under this key and never finished, or begun in the same millisecond.
            return Err(AppError::from(unfinished(&directory)).into());
        }
        let backup = log.back_up(&directory).map_err(|error| {
            // What was begun is of no use, and would keep this key from being tried again.
            let _ = std::fs::remove_dir_all(&directory);
            AppError::from(error)
        })?;
        Ok((StatusCode::CREATED, axum::Json(BackedUp::new(&directory, backup))))
    })
    .await
}

fn unfinished(directory: &std::path::Path) -> Refusal {
    let shown = directory.display();
    Refusal::conflict(
        "backup_unfinished",
        "",
        format!("{shown} 里有一份未完成的备份；请换一个 Idempotency-Key，或删去该目录后重试"),
        format!(
            "there is an unfinished backup in {shown}: use another Idempotency-Key, or remove it and try again"
        ),
    )
}
