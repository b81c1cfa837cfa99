//! Fetching an export: whoever holds the link holds the file, for as long as the link counts and whoever made it may
//! export.

use super::super::entity::export;
use super::super::files;
use super::super::sheet::Sheet;
use crate::crypto::sha256;
use crate::problem::Problem;
use crate::scope::Scope;
use crate::scope::system::System;
use domain::permission::Permission;
use domain::transfer::ExportState;
use futures::Stream;
use futures::stream::unfold;
use sea_orm::ColumnTrait as _;
use uuid::Uuid;

/// Letters of the secret part of a ticket.
const SECRET: usize = 64;

/// A ticket as it stands in the link: the business, the export and a secret.
pub(super) fn spelled(tenant: i64, export: Uuid, secret: &[u8; 32]) -> String {
    format!("{tenant}-{}-{}", export.simple(), hex::encode(secret))
}

pub(super) fn digest(secret: &str) -> Vec<u8> {
    sha256(secret.as_bytes()).to_vec()
}

/// The export of a ticket that still counts, with a scope to read it.
///
/// # Errors
/// 404 for a ticket that opens nothing, or nothing any more.
pub(super) async fn opened(system: &System, ticket: &str) -> Result<(Scope, export::Model), Problem> {
    let mut parts = ticket.splitn(3, '-');
    let tenant = parts.next().and_then(|text| text.parse::<i64>().ok()).ok_or(Problem::NotFound)?;
    let id = parts.next().and_then(|text| Uuid::try_parse(text).ok()).ok_or(Problem::NotFound)?;
    let secret = parts.next().filter(|text| text.len() == SECRET).ok_or(Problem::NotFound)?;
    let scope = system.ticket_scope(tenant).await?;
    let found = scope.find::<export::Entity>().filter(export::Column::Id.eq(id)).one().await?;
    let found = found.ok_or(Problem::NotFound)?;
    let known = found.ticket_digest.as_deref().unwrap_or_default();
    let counts = found.ticket_until.is_some_and(|until| until > scope.now()) && found.expires_at > scope.now();
    let opens = counts && found.state.0 == ExportState::Done && crate::crypto::equal(known, &digest(secret));
    if opens && may_export(system, &found).await? { Ok((scope, found)) } else { Err(Problem::NotFound) }
}

/// Whether whoever made an export works here and may export, now: a link is no way around a right that was taken away.
async fn may_export(system: &System, made: &export::Model) -> Result<bool, Problem> {
    let Some(row) = system.staffer(made.tenant_id, made.staff_id).await? else { return Ok(false) };
    let rights = system.rights_of(made.tenant_id, row.role.0, row.role_id).await?;
    Ok(rights.can(Permission::CustomersExport))
}

struct State {
    scope: Scope,
    export: export::Model,
    sheet: Option<Sheet>,
    next: i64,
}

/// The file, piece by piece.
pub(super) fn stream(
    scope: Scope,
    export: export::Model,
) -> impl Stream<Item = Result<actix_web::web::Bytes, actix_web::Error>> + 'static {
    let sheet = Some(Sheet::new(export.format.0));
    unfold(State { scope, export, sheet, next: 0 }, async |mut state: State| {
        let sheet = state.sheet.take()?;
        match step(&mut state, sheet).await {
            Ok(bytes) => Some((Ok(bytes.into()), state)),
            Err(problem) => Some((Err(problem.into()), state)),
        }
    })
}

/// The next piece of the file; the table is put back unless this was its end.
async fn step(state: &mut State, mut sheet: Sheet) -> Result<Vec<u8>, Problem> {
    if state.next == state.export.chunk_count {
        return Ok(sheet.finish()?.0);
    }
    // A piece that has gone ends the file without its end, so that nobody takes it for the whole.
    let lines = files::get(&state.scope, state.export.file(), state.next).await?.ok_or(Problem::NotFound)?;
    state.next += 1;
    let mut bytes = Vec::new();
    for line in lines {
        bytes.extend(sheet.line(&line)?);
    }
    state.sheet = Some(sheet);
    Ok(bytes)
}
