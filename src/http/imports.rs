//! `/api/v1/imports`: office files.

use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use jinqiao_events::kinds::correction::ImportForm;
use jinqiao_events::value::occurred::Occurred;
use serde::Deserialize;
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::idempotency::IdempotencyKey;
use super::input::{OptionalJson, Params, Segments};
use super::limit::read_body;
use super::problem::{Problem, language};
use super::state::{AppState, blocking};
use crate::intake::{self, FileInput, ImportOptions, ImportReport};
use crate::limits::FILE_NAME_MAX_CHARS;
use crate::undoing::{self, ImportEntry, UndoAnswer};

/// How to read the file.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportParams {
    /// What the file is: enterprises, chambers, sign-in, purchases, projects, delegations, visits, welfare, claims, participations.
    #[serde(rename = "as")]
    #[param(value_type = String, pattern = "^(enterprises|chambers|sign-in|purchases|projects|delegations|visits|welfare|claims|participations)$")]
    form: String,
    /// Report only, write nothing.
    #[serde(default)]
    dry_run: bool,
    /// Write nothing if any row is refused; the report is then that of a dry run.
    #[serde(default)]
    strict: bool,
    /// The day of facts for which the file has none.
    #[param(value_type = Option<String>, pattern = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
    date: Option<Occurred>,
}

/// The upload.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "stands in the document only")]
pub struct Upload {
    /// The file.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Reads an office file: accepted rows become events, the others are reported with sheet, row, column and reason.
///
/// The same file again adds nothing: each row is known by its natural key, so an `Idempotency-Key` is only checked.
#[utoipa::path(
    post, path = "/api/v1/imports", tag = "imports", summary = "导入办公文件", params(ImportParams),
    request_body(content = Upload, content_type = "multipart/form-data"),
    responses((status = 200, description = "What became of each row", body = Value))
)]
pub(super) async fn import(
    State(state): State<AppState>,
    Params(params): Params<ImportParams>,
    _key: IdempotencyKey,
    request: Request,
) -> Result<axum::Json<ImportReport>, Problem> {
    let form = form(&params.form)?;
    let options = ImportOptions { form, dry_run: params.dry_run, strict: params.strict, date: params.date };
    let place = state.uploads.one().await?;
    let (name, bytes) = file(&state, request).await?;
    let desk = state.desk.clone();
    let report = blocking(move || {
        let _place = place;
        Ok(intake::import(&desk, FileInput { name: &name, bytes: &bytes }, &options, &mut |_| {})?)
    });
    report.await.map(axum::Json)
}

/// Every import, newest first: its file, how many events it added, how many of them are void.
#[utoipa::path(
    get, path = "/api/v1/imports", tag = "imports", summary = "全部导入",
    responses((status = 200, description = "The imports", body = Value))
)]
pub(super) async fn list(State(state): State<AppState>) -> Result<axum::Json<Vec<ImportEntry>>, Problem> {
    let desk = state.desk.clone();
    state.heavy(move || Ok(axum::Json(undoing::imports(&desk)?))).await
}

/// Whether to write.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UndoParams {
    /// Say what it would do, write nothing.
    #[serde(default)]
    dry_run: bool,
}

/// Why an import is taken back.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    /// Why.
    #[serde(default)]
    reason: Option<String>,
}

/// Takes an import back: what it added is voided, what rests on it is listed and stays.
///
/// Asking again finishes an undo that was cut off; one that is done answers 409 `import_undone`, so an
/// `Idempotency-Key` is only checked.
#[utoipa::path(
    post, path = "/api/v1/imports/{import}/undo", tag = "imports", summary = "撤销导入",
    params(("import" = String, Path, description = "id or position of the event that notes the import"), UndoParams),
    request_body(content = Undo),
    responses((status = 200, description = "What was voided, and what rests on it", body = Value))
)]
pub(super) async fn undo(
    State(state): State<AppState>,
    Segments(import): Segments<String>,
    Params(params): Params<UndoParams>,
    _key: IdempotencyKey,
    headers: HeaderMap,
    OptionalJson(undo): OptionalJson<Undo>,
) -> Result<axum::Json<UndoAnswer>, Problem> {
    let (desk, lang) = (state.desk.clone(), language(&headers));
    let work = move || Ok(undoing::undo(&desk, &import, undo.reason.as_deref(), params.dry_run, lang)?);
    state.heavy(work).await.map(axum::Json)
}

/// The form of that name, as the command line spells it.
fn form(name: &str) -> Result<ImportForm, Problem> {
    let known = serde_json::from_value(Value::String(name.to_owned()));
    known.map_err(|error: serde_json::Error| super::input::bad_query(&format!("as={name}: {error}")))
}

/// The one file of the form, with its name without folders.
async fn file(state: &AppState, request: Request) -> Result<(String, axum::body::Bytes), Problem> {
    let (parts, body) = request.into_parts();
    let media_type =
        parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !media_type.to_ascii_lowercase().starts_with("multipart/form-data") {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "media_type",
            "请以 multipart/form-data 上传，文件放在 file 字段",
            "upload as multipart/form-data with the file in the field named file",
        ));
    }
    let whole = read_body(body, state.limits.upload_bytes, state.limits.body_read).await?;
    let request = Request::from_parts(parts, Body::from(whole));
    let mut fields =
        Multipart::from_request(request, state).await.map_err(|error| broken(&error.body_text()))?;
    while let Some(field) = fields.next_field().await.map_err(|error| broken(&error.body_text()))? {
        if field.name() == Some("file") {
            let name = field.file_name().map(file_name).unwrap_or_default();
            let bytes = field.bytes().await.map_err(|error| broken(&error.body_text()))?;
            return Ok((name, bytes));
        }
    }
    Err(broken("no field named file"))
}

/// A name that is only a name, whatever the client calls its file.
fn file_name(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|c| !c.is_control()).take(FILE_NAME_MAX_CHARS).collect()
}

fn broken(reason: &str) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "bad_upload",
        "上传内容不完整，或没有名为 file 的字段；请重新上传",
        format!("the upload cannot be read: {reason}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_has_no_folders() {
        for sent in ["../../etc/passwd", "C:\\x\\passwd", "passwd", "a/\u{0}passwd"] {
            assert_eq!(file_name(sent), "passwd");
        }
        assert_eq!(file_name(&"名".repeat(500)).chars().count(), FILE_NAME_MAX_CHARS);
    }

    #[test]
    fn the_document_knows_every_form() {
        let refusal = form("../x").unwrap_err();
        assert_eq!(refusal.code(), "bad_query");
        let error = serde_json::from_str::<ImportForm>("\"x\"").unwrap_err().to_string();
        let names: Vec<&str> = error.split('`').skip(3).step_by(2).collect();
        let document = serde_json::to_string(&ImportParams::into_params(|| None)).unwrap();
        assert!(names.len() >= 10, "{error}");
        for name in names {
            let is_named =
                [format!("{name}|"), format!("|{name})")].iter().any(|part| document.contains(part));
            assert!(is_named && form(name).is_ok(), "{name}");
        }
    }
}
