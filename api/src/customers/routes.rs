//! Customers over HTTP.

use super::contacts::Contacts;
use super::entity::{customer, phone};
use super::search::{self, CustomerQuery};
use super::store::{find, index_phones};
use super::tagging::{How, Retag};
use super::vault::{Vault, person_key};
use super::view::{CustomerRow, CustomerView, Seen, tags_of};
use super::{bury, custom, dates, merging, pools, tagging, types};
use crate::db::{Code, Taken, refusal};
use crate::page::Page;
use crate::problem::{Problem, Problems};
use crate::scope::grants::{CustomersDelete, CustomersRead, CustomersWrite};
use crate::scope::{Can, Checked, Created, IfMatch, Path, Query, Scope, changeable};
use actix_web::{HttpResponse, delete, get, patch, post, web::Json};
use domain::customers::{CustomerChanges, CustomerKind, CustomerTags, CustomerType, NewCustomer};
use domain::permission::Permission;
use sea_orm::{ColumnTrait as _, DbErr, Set};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

pub(super) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(create_customer)
        .service(list_customers)
        .service(count_customers)
        .service(get_customer)
        .service(change_customer)
        .service(delete_customer)
        .service(tag_customer);
}

/// A count that stops at 1000.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountView {
    /// 0 to 1000.
    pub count: u64,
    /// Whether there are more.
    pub capped: bool,
}

/// Naming somebody else as the owner is a right of its own.
fn check_owner(scope: &Scope, owner: Option<Uuid>) -> Result<(), Problem> {
    match owner {
        Some(owner) if owner != scope.me()? && !scope.may(Permission::CustomersAssign) => {
            Err(Problem::Forbidden("forbidden"))
        }
        _ => Ok(()),
    }
}

fn owner_unknown(error: DbErr) -> Problem {
    match refusal(&error) {
        Some(Taken::Reference) => Problem::field("owner_id", "owner_unknown"),
        _ => error.into(),
    }
}

/// Writes a customer down. A live customer's first phone is unique in the business; the refusal
/// names, masked, who has it.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.write"])), request_body = NewCustomer, responses((status = 201, body = CustomerView), Problems))]
#[post("/customers")]
async fn create_customer(
    mut scope: Can<CustomersWrite>,
    body: Checked<NewCustomer>,
) -> Result<Created<CustomerView>, Problem> {
    let Checked { value: input, once } = body;
    let id = scope.id_for(input.id)?;
    check_owner(&scope, input.owner_id)?;
    if !input.phones.is_empty() {
        changeable(scope.fields().phones, "phones")?;
    }
    let contacts = Contacts {
        emails: Some(input.emails).filter(|list| !list.is_empty()),
        wechat_ids: Some(input.wechat_ids).filter(|list| !list.is_empty()),
        address: input.address.map(Some),
    };
    contacts.allowed(&scope)?;
    if let Some(code) = &input.type_ {
        types::known(&*scope, code).await?;
    }
    let me = scope.me()?;
    let filled = custom::check(&*scope, input.custom, None).await?;
    scope
        .create(&once, input.id, async |tx| {
            pools::room(tx, input.owner_id.unwrap_or(me), "owner_id").await?;
            let (keys, person_key) = tx.keys().new_person_keys(id);
            let mut vault = Vault::of(input.phones);
            filled.put_into(&mut vault);
            contacts.put_into(&mut vault);
            let (name, company) = (input.name.clone(), input.company.clone());
            let row = customer::ActiveModel {
                id: Set(id),
                owner_id: Set(input.owner_id.unwrap_or(me)),
                name: Set(input.name),
                kind: Set(Code(input.kind.unwrap_or(CustomerKind::Person))),
                type_: Set(input.type_.unwrap_or_else(|| CustomerType::Potential.as_str().to_owned())),
                company: Set(input.company),
                title: Set(input.title),
                region: Set(input.region),
                source: Set(input.source.map(Code)),
                industry: Set(input.industry.map(Code)),
                size: Set(input.size.map(Code)),
                needs: Set(input.needs),
                dates: Set(dates::kept(&input.dates)?),
                birthday: Set(input.birthday),
                remark: Set(input.remark),
                vault: Set(Some(vault.seal(tx, &keys.vault, id)?)),
                person_key: Set(Some(person_key)),
                custom: Set(filled.kept(None)?),
                created_by: Set(me),
                pool_id: Set(None),
                last_contact_at: Set(None),
                next_contact_at: Set(None),
                erased_at: Set(None),
                merged_into: Set(None),
                owned_at: Set(None),
                ..Default::default()
            };
            let customer = tx.insert_shown::<customer::Entity>(row).await.map_err(owner_unknown)?;
            search::index(tx, id, &name, company.as_deref()).await?;
            index_phones(tx, id, &vault).await?;
            filled.write(tx, id, None).await?;
            contacts.index(tx, id, &vault, true).await?;
            dates::index(tx, id, &input.dates, true).await?;
            let tags = tagging::first(tx, id, &input.tag_ids, "tag_ids").await?;
            tagging::touched(tx, &[id]).await?;
            CustomerView::of(tx, Seen::new(customer), &custom::definitions(tx).await?, tags)
        })
        .await
}

/// A page of customers, newest first.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.read"])), params(CustomerQuery), responses((status = 200, body = Page<CustomerRow>), Problems))]
#[get("/customers")]
async fn list_customers(
    scope: Can<CustomersRead>,
    query: Query<CustomerQuery>,
) -> Result<Json<Page<CustomerRow>>, Problem> {
    let (rows, next_cursor) = search::page(&scope, &query.0).await?;
    let mut tags = tags_of(&*scope, rows.iter().map(|row| &row.seen.customer)).await?;
    let fields = custom::definitions(&*scope).await?;
    let items = rows.iter().map(|row| {
        let tags = tags.remove(&row.seen.customer.id).unwrap_or_default();
        Ok(CustomerRow { found: row.found, ..CustomerRow::of(&scope, &row.seen, &fields, tags)? })
    });
    Ok(Json(Page { items: items.collect::<Result<_, Problem>>()?, next_cursor }))
}

/// How many customers the same filters find, up to 1000.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.read"])), params(CustomerQuery), responses((status = 200, body = CountView), Problems))]
#[get("/customers/count")]
async fn count_customers(scope: Can<CustomersRead>, query: Query<CustomerQuery>) -> Result<Json<CountView>, Problem> {
    let condition = query.0.condition(&scope).await?;
    let (count, capped) = scope.find::<customer::Entity>().filter(condition).count().await?;
    Ok(Json(CountView { count, capped }))
}

/// One customer. One who was merged into another answers 404 `merged` with the id and name of that one, for
/// whoever sees both.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.read"])), params(("id" = Uuid, Path)), responses((status = 200, body = CustomerView), Problems))]
#[get("/customers/{id}")]
async fn get_customer(scope: Can<CustomersRead>, id: Path<Uuid>) -> Result<Json<CustomerView>, Problem> {
    match CustomerView::find(&*scope, id.0).await {
        Err(Problem::NotFound) => Err(merging::gone(&scope, id.0).await),
        other => Ok(Json(other?)),
    }
}

/// Changes a customer (RFC 7396) if nobody else did meanwhile.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = CustomerChanges, responses((status = 200, body = CustomerView), Problems))]
#[patch("/customers/{id}")]
async fn change_customer(
    mut scope: Can<CustomersWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<CustomerChanges>,
) -> Result<Json<CustomerView>, Problem> {
    let input = body.value;
    check_owner(&scope, input.owner_id)?;
    if input.phones.is_some() {
        changeable(scope.fields().phones, "phones")?;
    }
    let contacts = Contacts { emails: input.emails, wechat_ids: input.wechat_ids, address: input.address };
    contacts.allowed(&scope)?;
    let tx = scope.begin().await?;
    let before = find(&tx, id.0).await?;
    // What is not named stays; a company must keep a name whichever of the two fields changes.
    let kind = input.kind.unwrap_or(before.kind.0);
    let company = input.company.clone().unwrap_or_else(|| before.company.clone());
    if kind == CustomerKind::Company && company.is_none() {
        return Err(Problem::field("company", "company_missing"));
    }
    let mut change = customer::ActiveModel::default();
    if let Some(name) = input.name {
        change.name = Set(name);
    }
    if let Some(kind) = input.kind {
        change.kind = Set(Code(kind));
    }
    if let Some(type_) = input.type_ {
        types::known(&tx, &type_).await?;
        change.type_ = Set(type_);
    }
    if let Some(company) = input.company {
        change.company = Set(company);
    }
    if let Some(title) = input.title {
        change.title = Set(title);
    }
    if let Some(region) = input.region {
        change.region = Set(region);
    }
    if let Some(source) = input.source {
        change.source = Set(source.map(Code));
    }
    if let Some(industry) = input.industry {
        change.industry = Set(industry.map(Code));
    }
    if let Some(size) = input.size {
        change.size = Set(size.map(Code));
    }
    if let Some(needs) = input.needs {
        change.needs = Set(needs);
    }
    if let Some(dates) = &input.dates {
        change.dates = Set(dates::kept(dates)?);
    }
    if let Some(birthday) = input.birthday {
        change.birthday = Set(birthday);
    }
    if let Some(remark) = input.remark {
        change.remark = Set(remark);
    }
    if let Some(owner) = input.owner_id {
        // Whoever is named takes the customer out of the pool.
        change.owner_id = Set(owner);
        change.pool_id = Set(None);
        if owner != before.owner_id || before.pool_id.is_some() {
            pools::room(&tx, owner, "owner_id").await?;
            change.owned_at = Set(Some(tx.now()));
        }
    }
    let kept = Vault::open(&tx, &before)?;
    let filled = match input.custom {
        Some(given) => custom::check(&tx, given, Some((&before, &kept))).await?,
        None => custom::Filled::default(),
    };
    let renamed = (change.name.is_set() || change.company.is_set()).then(|| change.clone());
    let phones = input.phones.map(Vault::of);
    let mut vault = kept.clone();
    if phones.is_some() || filled.seals() || !contacts.is_empty() {
        if let Some(given) = &phones {
            vault.phones.clone_from(&given.phones);
        }
        filled.put_into(&mut vault);
        contacts.put_into(&mut vault);
        change.vault = Set(Some(vault.seal(&tx, &person_key(&tx, &before)?, id.0)?));
    }
    if !filled.is_empty() {
        change.custom = Set(filled.kept(before.custom.as_deref())?);
    }
    if !tx.update::<customer::Entity>(id.0, Some(version.0), change).await.map_err(owner_unknown)? {
        return Err(Problem::stale(&CustomerView::find(&tx, id.0).await?));
    }
    if let (Some(owner), Some(pool)) = (input.owner_id, before.pool_id) {
        pools::record_moves(&tx, [pools::Moved::assigned(id.0, pool, owner)]).await?;
    }
    if let Some(change) = renamed {
        search::unindex(&tx, id.0, &before.name, before.company.as_deref()).await?;
        let name = change.name.try_as_ref().unwrap_or(&before.name);
        let company = change.company.try_as_ref().unwrap_or(&before.company);
        search::index(&tx, id.0, name, company.as_deref()).await?;
    }
    if let Some(vault) = &phones {
        tx.remove::<phone::Entity>(phone::Column::CustomerId.eq(id.0)).await?;
        index_phones(&tx, id.0, vault).await?;
    }
    filled.write(&tx, id.0, Some((&before, &kept))).await?;
    contacts.index(&tx, id.0, &vault, false).await?;
    if let Some(dates) = &input.dates {
        dates::index(&tx, id.0, dates, false).await?;
    }
    tagging::touched(&tx, &[id.0]).await?;
    let view = CustomerView::find(&tx, id.0).await?;
    tx.commit().await?;
    Ok(Json(view))
}

/// Deletes a customer: it becomes a tombstone, and its phone can be used again.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.delete"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 204), Problems))]
#[delete("/customers/{id}")]
async fn delete_customer(
    mut scope: Can<CustomersDelete>,
    id: Path<Uuid>,
    version: IfMatch,
) -> Result<HttpResponse, Problem> {
    let tx = scope.begin().await?;
    let current = CustomerView::find(&tx, id.0).await?;
    let names = (current.row.name.as_str(), current.row.company.as_deref());
    if !bury::put_away(&tx, id.0, names, Some(version.0)).await? {
        return Err(Problem::stale(&current));
    }
    tx.commit().await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Puts tags on a customer and takes tags off. Doing it twice changes nothing.
#[utoipa::path(tag = "customers", security(("bearer" = ["customers.write"])), params(("id" = Uuid, Path)), request_body = CustomerTags, responses((status = 200, body = CustomerView), Problems))]
#[post("/customers/{id}/tags")]
async fn tag_customer(
    mut scope: Can<CustomersWrite>,
    id: Path<Uuid>,
    body: Checked<CustomerTags>,
) -> Result<Json<CustomerView>, Problem> {
    let CustomerTags { add, remove } = body.value;
    let tx = scope.begin().await?;
    // The customer changed for whoever keeps a copy; and two who tag it at once go one after the other.
    if !tx.derive::<customer::Entity>(id.0, customer::ActiveModel::default()).await? {
        return Err(Problem::NotFound);
    }
    let known = tagging::known(&tx, &add, "add").await?;
    if add.is_empty() && remove.is_empty() {
        tx.unrecorded("nothing was asked for");
    }
    let change = Retag { customer: id.0, add, remove };
    tagging::write(&tx, vec![change], &known, How::default()).await?;
    tagging::touched(&tx, &[id.0]).await?;
    let view = CustomerView::find(&tx, id.0).await?;
    tx.commit().await?;
    Ok(Json(view))
}
