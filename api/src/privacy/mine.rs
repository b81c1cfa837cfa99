//! A person's own data, over HTTP: seen and exported, and what they ask for. A record is theirs when it
//! carries a phone that they proved.

use super::answer::{RequestDue, tell};
use super::consents::{ConsentsView, consents};
use super::entity::{self as request, Words};
use super::page::{FormatQuery, answer, notes};
use super::record::{Keeper, KeptRecord, Reader, RequestView};
use crate::auth::limit;
use crate::customers::{self, Customer, person_key};
use crate::db::Code;
use crate::edge::Marks;
use crate::openapi::ServiceConfig;
use crate::problem::{Problem, Problems};
use crate::scope::{Checked, Created, Mine, Once, Origin, Path, Query, Scope, Tx};
use actix_web::{HttpRequest, HttpResponse, get, post};
use domain::privacy::{NewDataRequest, RequestState};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services.service(get_my_data).service(ask_about_my_data);
}

/// Everything that is kept about oneself.
#[derive(Debug, Serialize, ToSchema)]
pub struct MyData {
    /// What one agreed to.
    pub consents: ConsentsView,
    /// The records, business by business.
    pub records: Vec<KeptRecord>,
    /// What one asked for, newest first; also of businesses that have erased the record since.
    pub requests: Vec<RequestView>,
    /// What is not in it, and what the law obliges businesses to keep.
    pub notes: Vec<String>,
}

async fn scope_on(mine: &Mine, request: &HttpRequest, tenant_id: i64) -> Result<Scope, Problem> {
    mine.system.person_scope(tenant_id, mine.actor.account_id, Origin::marked(Marks::of(request))).await
}

async fn kept(scope: &Scope, id: Uuid) -> Result<Customer, Problem> {
    let found = scope.find_buried::<customers::Entity>().filter(customers::Column::Id.eq(id)).one().await?;
    found.filter(|row| row.erased_at.is_none()).ok_or(Problem::NotFound)
}

/// The record to hang a request on, held: whoever merged it into another one this very moment would leave the request
/// out of sight, and its deadline would pass.
async fn held(tx: &Tx<'_>, id: Uuid) -> Result<Customer, Problem> {
    let found = tx.find_buried::<customers::Entity>().filter(customers::Column::Id.eq(id)).held().one().await?;
    found.filter(|row| row.erased_at.is_none() && row.merged_into.is_none()).ok_or(Problem::NotFound)
}

/// What all businesses keep about oneself, as JSON or as a page to print. Each business has it on its record.
#[utoipa::path(tag = "customer side", security(("bearer" = [])), params(FormatQuery), responses((status = 200, content((MyData = "application/json"), (String = "text/html"))), Problems))]
#[get("/me/data")]
async fn get_my_data(request: HttpRequest, mine: Mine, query: Query<FormatQuery>) -> Result<HttpResponse, Problem> {
    let mut records = Vec::new();
    for (tenant_id, id) in mine.system.records_of(mine.actor.account_id).await? {
        let mut scope = scope_on(&mine, &request, tenant_id).await?;
        let Some(tenant) = mine.system.tenant(tenant_id).await? else { continue };
        let keeper = Keeper { name: tenant.name, phone: tenant.phone };
        records.push(KeptRecord::collect(&scope, keeper, &kept(&scope, id).await?, Reader::Person).await?);
        // Whoever proved the number may not be whom the record is about: the business sees that it was taken out.
        let tx = scope.begin().await?;
        tx.audit("export", "customer", Some(id), json!({ "rows": 1 }));
        tx.commit().await?;
    }
    // Words are sealed under the person's key, so those of records that are gone are gone too.
    let asked = mine.system.requests_of(mine.actor.account_id).await?.into_iter();
    let said = records.iter().flat_map(|record| &record.requests);
    let requests =
        asked.map(|row| match said.clone().find(|view| view.id == row.id && view.tenant_id == row.tenant_id) {
            Some(view) => view.clone(),
            None => RequestView::of(row, Words::default()),
        });
    let requests = requests.collect();
    let notes = notes(Reader::Person);
    let all = MyData { consents: consents(&mine.system, mine.actor.account_id).await?, records, requests, notes };
    Ok(answer(query.0.format, &all, &all.records, Reader::Person, mine.system.now()))
}

/// Asks a business to correct or to delete its record of oneself. The business must answer within the
/// days of the law; a deletion that it does not answer is then done by itself.
#[utoipa::path(tag = "customer side", security(("bearer" = [])), params(Once, ("tenant_id" = i64, Path), ("id" = Uuid, Path)), request_body = NewDataRequest, responses((status = 201, body = RequestView), Problems))]
#[post("/me/businesses/{tenant_id}/records/{id}/requests")]
async fn ask_about_my_data(
    http: HttpRequest,
    mine: Mine,
    path: Path<(i64, Uuid)>,
    body: Checked<NewDataRequest>,
) -> Result<Created<RequestView>, Problem> {
    let (tenant_id, customer_id) = path.0;
    let Checked { value: asked, once } = body;
    let account_id = mine.actor.account_id;
    if !mine.system.records_of(account_id).await?.contains(&(tenant_id, customer_id)) {
        return Err(Problem::NotFound);
    }
    limit(&mine.system, &format!("data-request:{account_id}"), 1).await?;
    let mut scope = scope_on(&mine, &http, tenant_id).await?;
    let (id, now) = (scope.id_for(asked.id)?, scope.now());
    let due_at = scope.installation().calendar.working_days_after(now, scope.config().privacy.answer_days);
    scope
        .create(&once, asked.id, async |tx| {
            let customer = held(tx, customer_id).await?;
            let key = person_key(tx, &customer)?;
            let waiting = tx
                .find::<request::Entity>()
                .filter(request::Column::CustomerId.eq(customer_id))
                .filter(request::Column::Kind.eq(asked.kind.as_str()))
                .filter(request::Column::State.eq(RequestState::Waiting.as_str()));
            if waiting.one().await?.is_some() {
                return Err(Problem::conflict("request_waiting", None));
            }
            let words = Words { text: asked.text, answer: None };
            let row = request::Model {
                tenant_id,
                id,
                customer_id,
                account_id,
                kind: Code(asked.kind),
                state: Code(RequestState::Waiting),
                ground: None,
                vault: Some(words.seal(tx, &key, id)?),
                due_at,
                answered_at: None,
                answered_by: None,
                version: 1,
                created_at: now,
                updated_at: now,
                deleted_at: None,
                live: Some(1),
            };
            tx.insert::<request::Entity>(request::ActiveModel::from(row.clone()).reset_all()).await?;
            tell(tx, &row, &customer.name).await?;
            tx.enqueue(&RequestDue { request_id: id }, due_at).await?;
            Ok(RequestView::of(row, words))
        })
        .await
}
