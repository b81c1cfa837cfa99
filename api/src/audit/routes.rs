//! Searching the audit record, and proving that nobody touched it.

use super::names::names;
use super::unseen::unseen;
use crate::customers;
use crate::openapi::ServiceConfig;
use crate::page::{Page, PageQuery, Position};
use crate::problem::{Problem, Problems};
use crate::scope::system::System;
use crate::scope::{
    Can, Find, INSTALLATION, Kind, Operating, Query, Scope, Verdict,
    audit_entry::entry,
    audit_words::{ACTIONS, RESOURCES, actions, resources},
    grants::AuditRead,
};
use actix_web::{get, web::Json};
use chrono::{DateTime, Utc};
use domain::Violation;
use sea_orm::ColumnTrait as _;
use sea_orm::sea_query::Condition;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Entries that one request verifies.
const VERIFIED: u64 = 5000;

pub(crate) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(list_audit_entries)
        .service(verify_audit)
        .service(list_installation_audit)
        .service(verify_installation_audit);
}

/// Filters of the audit record; all of them together. The command line has the same.
#[derive(Debug, Deserialize, IntoParams, clap::Args)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Entries about this row.
    #[arg(long)]
    pub resource_id: Option<Uuid>,
    /// Entries about this kind of row: `customer`, `order`, `session`, …
    #[param(schema_with = resources)]
    #[arg(long)]
    pub resource: Option<String>,
    /// Entries of this member of staff.
    #[arg(long)]
    pub actor_id: Option<Uuid>,
    /// `create`, `update`, `delete`, `reveal`, `login`, …
    #[param(schema_with = actions)]
    #[arg(long)]
    pub action: Option<String>,
    /// From this instant on.
    #[arg(long)]
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    #[arg(long)]
    pub until: Option<DateTime<Utc>>,
    /// Rows on a page, 1 to 100; 20 when absent.
    #[arg(long)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    #[arg(long)]
    pub cursor: Option<String>,
}

impl AuditQuery {
    /// What the entries have to be.
    ///
    /// # Errors
    /// A word that no entry has.
    fn condition(&self) -> Result<Condition, Problem> {
        let words = [("resource", &self.resource, &RESOURCES[..]), ("action", &self.action, &ACTIONS[..])];
        for (name, said, known) in words {
            if said.as_ref().is_some_and(|said| !known.contains(&said.as_str())) {
                return Err(Violation::choice_among(name, known).into());
            }
        }
        Ok(Condition::all()
            .add_option(self.resource_id.map(|id| entry::Column::ResourceId.eq(id)))
            .add_option(self.resource.as_ref().map(|resource| entry::Column::Resource.eq(resource)))
            .add_option(self.actor_id.map(|id| entry::Column::ActorId.eq(id)))
            .add_option(self.action.as_ref().map(|action| entry::Column::Action.eq(action)))
            .add_option(self.from.map(|from| entry::Column::At.gte(from)))
            .add_option(self.until.map(|until| entry::Column::At.lt(until))))
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
    /// What a customer is called now, or an offer that somebody was given, or the number of an order; `null` for whatever
    /// else, and for what the reader does not see.
    pub resource_name: Option<String>,
    /// Whether personal values are kept from the reader, who does not see the row.
    pub unseen: bool,
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
    /// Whether the values are there: not those of secrets, nor of a person who was erased, nor personal ones of a row that
    /// the reader does not see.
    pub readable: bool,
}

impl AuditEntryView {
    fn of(hides: &Hides, row: entry::Model, personal: &Map<String, Value>, name: Option<String>) -> Self {
        let said = row.changes.as_deref().and_then(|text| serde_json::from_str::<Map<String, Value>>(text).ok());
        let mut changes = said.unwrap_or_default();
        let fields = match changes.remove("fields") {
            Some(Value::Object(fields)) => {
                fields.into_iter().map(|(name, said)| shown(hides, name, said, personal)).collect()
            }
            // Entries of the first versions have only names.
            Some(Value::Array(names)) => {
                let names = names.into_iter().filter_map(|name| name.as_str().map(str::to_owned));
                let secret = Value::from("secret");
                names.map(|name| shown(hides, name, secret.clone(), personal)).collect()
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
            resource_name: name,
            unseen: false,
            fields,
            changes: changes.into(),
            request_id: row.request_id,
            seq: row.seq,
        }
    }
}

/// What the reader's field rules hide.
#[derive(Default)]
struct Hides {
    amounts: bool,
    /// Names of the business's own fields that are shown, unless all of them are.
    own: Option<Vec<String>>,
}

impl Hides {
    async fn from(scope: &Scope, entries: &[(entry::Model, Map<String, Value>)]) -> Result<Self, Problem> {
        // Only then it is worth a statement: own fields are recorded as personal.
        let some = entries.iter().flat_map(|(_, personal)| personal.keys()).any(|name| name.starts_with("custom."));
        let own = if some { customers::custom::recorded_names(scope).await? } else { None };
        Ok(Self { amounts: !scope.fields().amounts.opens(), own })
    }

    fn hide(&self, name: &str) -> bool {
        // Sums are in columns that say so (guard: names of columns); phones are never in the record.
        let sum = name.ends_with("_fen") && self.amounts;
        let own = || self.own.as_ref().filter(|_| name.starts_with("custom."));
        sum || own().is_some_and(|seen| !seen.iter().any(|seen| seen == name))
    }
}

/// The one place where a recorded value is shown: what the reader's field rules hide is hidden here.
fn shown(hides: &Hides, name: String, said: Value, personal: &Map<String, Value>) -> FieldChange {
    let (kind, values) = match &said {
        Value::Object(values) => (Kind::Plain, Some(values)),
        Value::String(kind) if kind == "personal" => (Kind::Personal, personal.get(&name).and_then(Value::as_object)),
        _ => (Kind::Secret, None),
    };
    let values = values.filter(|_| !hides.hide(&name));
    let value = |which: &str| values.and_then(|values| values.get(which)).cloned().unwrap_or_default();
    FieldChange {
        kind: kind.as_str().to_owned(),
        old: value("old"),
        new: value("new"),
        readable: values.is_some(),
        name,
    }
}

/// What a query finds of a record, newest first, and the next cursor.
async fn found(
    record: Find<'_, entry::Entity>,
    query: AuditQuery,
) -> Result<(Vec<entry::Model>, Option<String>), Problem> {
    let condition = query.condition()?;
    let page = PageQuery { limit: query.limit, cursor: query.cursor }.check()?;
    let position = |row: &entry::Model| Position { at: row.at, id: row.id };
    Ok(record.filter(condition).page(entry::Column::At, page, |rows| rows, position).await?)
}

/// A page of a business's record, as far as the scope shows it.
pub(crate) async fn of_business(scope: &Scope, query: AuditQuery) -> Result<Page<AuditEntryView>, Problem> {
    let (rows, next_cursor) = found(scope.find(), query).await?;
    let names = names(scope, &rows).await?;
    let unseen = unseen(scope, &rows).await?;
    let fields = rows.iter().filter(|row| row.resource == "custom_field").filter_map(|row| row.resource_id);
    let hidden = customers::custom::unseen(scope, fields.collect()).await?;
    let opened = scope.open_entries(rows).await?;
    let hides = Hides::from(scope, &opened).await?;
    let items = opened.into_iter().map(|(row, personal)| {
        let hidden = row.resource_id.is_some_and(|id| hidden.contains(&id));
        let seen = !hidden && row.resource_id.is_none_or(|id| !unseen.contains(&id));
        let personal = if seen { personal } else { Map::new() };
        let name = row.resource_id.and_then(|id| names.get(&id).cloned());
        let entry = AuditEntryView { unseen: !seen, ..AuditEntryView::of(&hides, row, &personal, name) };
        // What a field is called, and what may stand in it, is not personal: none of it is for whoever does not see it.
        if hidden { AuditEntryView { fields: Vec::new(), changes: Map::new().into(), ..entry } } else { entry }
    });
    Ok(Page { items: items.collect(), next_cursor })
}

/// A page of the installation's own record. It is about no customer, so nothing in it is anybody's.
pub(crate) async fn of_installation(system: &System, query: AuditQuery) -> Result<Page<AuditEntryView>, Problem> {
    let (rows, next_cursor) = found(system.record_of(INSTALLATION), query).await?;
    let items = rows.into_iter().map(|row| AuditEntryView::of(&Hides::default(), row, &Map::new(), None));
    Ok(Page { items: items.collect(), next_cursor })
}

/// A page of the audit record, newest first. Personal values are shown to whoever may read the record and sees the row
/// that they are about, until the person is erased.
#[utoipa::path(tag = "audit", security(("bearer" = ["audit.read"])), params(AuditQuery), responses((status = 200, body = Page<AuditEntryView>), Problems))]
#[get("/audit")]
async fn list_audit_entries(
    scope: Can<AuditRead>,
    query: Query<AuditQuery>,
) -> Result<Json<Page<AuditEntryView>>, Problem> {
    Ok(Json(of_business(&scope, query.0).await?))
}

/// A page of the installation's own record, newest first: what operators and the command line did, and logins of
/// whoever works in no business.
#[utoipa::path(tag = "operators", security(("bearer" = ["installation"])), params(AuditQuery), responses((status = 200, body = Page<AuditEntryView>), Problems))]
#[get("/operator/audit")]
async fn list_installation_audit(
    operating: Operating,
    query: Query<AuditQuery>,
) -> Result<Json<Page<AuditEntryView>>, Problem> {
    Ok(Json(of_installation(&operating.system, query.0).await?))
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

/// As `GET /audit/verify`, for the installation's own record.
#[utoipa::path(tag = "operators", security(("bearer" = ["installation"])), params(VerifyQuery), responses((status = 200, body = Verdict), Problems))]
#[get("/operator/audit/verify")]
async fn verify_installation_audit(operating: Operating, query: Query<VerifyQuery>) -> Result<Json<Verdict>, Problem> {
    Ok(Json(operating.system.verify_audit(INSTALLATION, query.0.after.unwrap_or_default(), VERIFIED).await?))
}
