//! Searching the audit record, and proving that nobody touched it.

use crate::openapi::ServiceConfig;
use crate::page::{Page, PageQuery, Position};
use crate::problem::{Problem, Problems};
use crate::scope::system::System;
use crate::scope::{Can, Kind, Query, Scope, Verdict, audit_entry::entry, grants::AuditRead};
use actix_web::{get, web::Json};
use chrono::{DateTime, Utc};
use sea_orm::ColumnTrait as _;
use sea_orm::sea_query::Condition;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Entries that one request verifies.
const VERIFIED: u64 = 5000;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(list_audit_entries).service(verify_audit);
}

/// Filters of the audit record; all of them together.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Entries about this row.
    pub resource_id: Option<Uuid>,
    /// Entries about this kind of row: `customer`, `order`, `session`, …
    pub resource: Option<String>,
    /// Entries of this member of staff.
    pub actor_id: Option<Uuid>,
    /// `create`, `update`, `delete`, `reveal`, `login`, …
    pub action: Option<String>,
    /// From this instant on.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub until: Option<DateTime<Utc>>,
    /// Rows on a page, 1 to 100; 20 when absent.
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl AuditQuery {
    fn condition(&self) -> Condition {
        Condition::all()
            .add_option(self.resource_id.map(|id| entry::Column::ResourceId.eq(id)))
            .add_option(self.resource.as_ref().map(|resource| entry::Column::Resource.eq(resource)))
            .add_option(self.actor_id.map(|id| entry::Column::ActorId.eq(id)))
            .add_option(self.action.as_ref().map(|action| entry::Column::Action.eq(action)))
            .add_option(self.from.map(|from| entry::Column::At.gte(from)))
            .add_option(self.until.map(|until| entry::Column::At.lt(until)))
    }
}

/// Who did what to which row.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntryView {
    /// Id.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Who; `null` for the system itself and for somebody who could not log in.
    pub actor_id: Option<Uuid>,
    /// Their name then.
    pub actor_name: String,
    /// Whence: the address of the client.
    pub address: Option<String>,
    /// The login with which it was done.
    pub session_id: Option<Uuid>,
    /// `create`, `update`, `delete`, `reveal`, `move`, `login`, …
    pub action: String,
    /// `customer`, `order`, …
    pub resource: String,
    /// Which.
    pub resource_id: Option<Uuid>,
    /// The fields that changed.
    pub fields: Vec<FieldChange>,
    /// What else belongs to the action. Never a personal value.
    #[schema(value_type = Object)]
    pub changes: Value,
    /// The request that did it.
    pub request_id: String,
    /// Its place in the chain; `null` for some seconds, until it is sealed.
    pub seq: Option<i64>,
}

/// What became of a field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldChange {
    /// The field.
    pub name: String,
    /// `plain`, `personal` (sealed under the person's key) or `secret` (only the fact is recorded).
    pub kind: String,
    /// What stood there before: a value of any type.
    pub old: Value,
    /// What stood there after: a value of any type.
    pub new: Value,
    /// Whether the values are there: not those of secrets, nor of a person who was erased.
    pub readable: bool,
}

impl AuditEntryView {
    fn of(scope: &Scope, row: entry::Model, personal: &Map<String, Value>) -> Self {
        let said = row.changes.as_deref().and_then(|text| serde_json::from_str::<Map<String, Value>>(text).ok());
        let mut changes = said.unwrap_or_default();
        let fields = match changes.remove("fields") {
            Some(Value::Object(fields)) => {
                fields.into_iter().map(|(name, said)| shown(scope, name, said, personal)).collect()
            }
            // Entries of the first versions have only names.
            Some(Value::Array(names)) => {
                let names = names.into_iter().filter_map(|name| name.as_str().map(str::to_owned));
                let secret = Value::from("secret");
                names.map(|name| shown(scope, name, secret.clone(), personal)).collect()
            }
            _ => Vec::new(),
        };
        Self {
            id: row.id,
            at: row.at,
            actor_id: row.actor_id,
            actor_name: row.actor_name,
            address: row.address,
            session_id: row.session_id,
            action: row.action,
            resource: row.resource,
            resource_id: row.resource_id,
            fields,
            changes: changes.into(),
            request_id: row.request_id,
            seq: row.seq,
        }
    }
}

/// The one place where a recorded value is shown: what the reader's field rules hide is hidden here.
fn shown(scope: &Scope, name: String, said: Value, personal: &Map<String, Value>) -> FieldChange {
    let (kind, values) = match &said {
        Value::Object(values) => (Kind::Plain, Some(values)),
        Value::String(kind) if kind == "personal" => (Kind::Personal, personal.get(&name).and_then(Value::as_object)),
        _ => (Kind::Secret, None),
    };
    // Sums are in columns that say so (guard: names of columns); phones are never in the record.
    let values = values.filter(|_| !name.ends_with("_fen") || scope.fields().amounts.opens());
    let value = |which: &str| values.and_then(|values| values.get(which)).cloned().unwrap_or_default();
    FieldChange {
        kind: kind.as_str().to_owned(),
        old: value("old"),
        new: value("new"),
        readable: values.is_some(),
        name,
    }
}

/// A page of the audit record, newest first. Personal values are shown to whoever may read the record,
/// until the person is erased.
#[utoipa::path(tag = "audit", security(("bearer" = ["audit.read"])), params(AuditQuery), responses((status = 200, body = Page<AuditEntryView>), Problems))]
#[get("/audit")]
async fn list_audit_entries(
    scope: Can<AuditRead>,
    query: Query<AuditQuery>,
) -> Result<Json<Page<AuditEntryView>>, Problem> {
    let condition = query.0.condition();
    let page = PageQuery { limit: query.0.limit, cursor: query.0.cursor }.check()?;
    let position = |row: &entry::Model| Position { at: row.at, id: row.id };
    let find = scope.find::<entry::Entity>().filter(condition);
    let (rows, next_cursor) = find.page(entry::Column::At, page, |rows| rows, position).await?;
    let opened = scope.open_entries(rows).await?;
    let items = opened.into_iter().map(|(row, personal)| AuditEntryView::of(&scope, row, &personal));
    Ok(Json(Page { items: items.collect(), next_cursor }))
}

/// Where to go on verifying.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VerifyQuery {
    /// `next` of the answer before; from the beginning when absent.
    pub after: Option<i64>,
}

/// Verifies that no entry of the record was removed, changed or put elsewhere: 5,000 entries at a time.
#[utoipa::path(tag = "audit", security(("bearer" = ["audit.read"])), params(VerifyQuery), responses((status = 200, body = Verdict), Problems))]
#[get("/audit/verify")]
async fn verify_audit(scope: Can<AuditRead>, query: Query<VerifyQuery>) -> Result<Json<Verdict>, Problem> {
    let system = System::new(scope.installation());
    Ok(Json(system.verify_audit(scope.tenant_id(), query.0.after.unwrap_or_default(), VERIFIED).await?))
}
