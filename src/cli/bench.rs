//! stub
use super::Globals; use crate::error::AppError;
#[derive(Debug, clap::Args)] pub(super) struct Args {}
pub(super) fn run(_a: &Args, _g: &Globals) -> Result<u8, AppError> { Ok(0) }
