//! A business's own fields over HTTP.

use super::super::of_live;
use super::super::tagging::rules;
use super::super::views;
use super::definitions;
use super::entity::{field, value};
use crate::crypto::random;
use crate::db::{Code, Taken, refusal};
use crate::openapi::ServiceConfig;
use crate::page::All;
use crate::problem::{Problem, Problems};
use crate::scope::grants::{BusinessWrite, CustomersRead};
use crate::scope::{Can, Checked, Created, IfMatch, Once, Path, Reads, Scope};
use crate::tenants::role;
use actix_web::{HttpResponse, delete, get, patch, post, web::Json};
use domain::custom_fields::{CustomFieldChanges, CustomFieldOrder, Definition, FieldTerms, NewCustomField};
use domain::permission::Role;
use domain::{Violation, Violations};
use sea_orm::{ColumnTrait as _, Condition, QueryOrder as _, Set};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// Fields that a business may have.
const MOST: usize = 100;

pub(in crate::customers) fn routes(services: &mut ServiceConfig<'_>) {
    services
        .service(list_custom_fields)
        .service(create_custom_field)
        .service(order_custom_fields)
        .service(change_custom_field)
        .service(count_custom_field)
        .service(delete_custom_field);
}

/// A field.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomFieldView {
    /// What it is.
    #[serde(flatten)]
    pub definition: Definition,
    /// ETag.
    pub version: i64,
}

impl From<&field::Model> for CustomFieldView {
    fn from(row: &field::Model) -> Self {
        Self { definition: row.definition(), version: row.version }
    }
}

/// What a field is used for.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomFieldUses {
    /// Customers who have something in it, up to 1000: what deleting it puts out of sight.
    pub count: u64,
    /// Whether there are more.
    pub capped: bool,
    /// Saved views that ask for it, everybody's: nobody meets that any more once it is deleted.
    pub views: u64,
    /// Rules of tags that ask for it: they are switched off when it is deleted.
    pub rules: usize,
}

/// The fields that whoever asks sees, first to last.
#[utoipa::path(tag = "custom fields", security(("bearer" = ["customers.read"])), responses((status = 200, body = All<CustomFieldView>), Problems))]
#[get("/custom-fields")]
async fn list_custom_fields(scope: Can<CustomersRead>) -> Result<Json<All<CustomFieldView>>, Problem> {
    let rows = scope.find::<field::Entity>().shape(|rows| rows.order_by_asc(field::Column::Place)).all().await?;
    let seen = rows.iter().filter_map(|row| {
        let definition = scope.custom_seen(&row.definition())?;
        Some(CustomFieldView { definition, version: row.version })
    });
    Ok(Json(All { items: seen.collect() }))
}

/// Makes a field. It is asked for, shown, checked and found from then on.
#[utoipa::path(tag = "custom fields", params(Once), security(("bearer" = ["business.write"])), request_body = NewCustomField, responses((status = 201, body = CustomFieldView), Problems))]
#[post("/custom-fields")]
async fn create_custom_field(
    mut scope: Can<BusinessWrite>,
    body: Checked<NewCustomField>,
) -> Result<Created<CustomFieldView>, Problem> {
    let Checked { value: input, once } = body;
    let id = scope.id_for(input.id)?;
    let mut rules = input.rules;
    name_choices(&mut rules);
    let made = scope
        .create(&once, input.id, async |tx| {
            let others = rows(tx).await?;
            if others.len() >= MOST {
                let most = i64::try_from(MOST).unwrap_or(i64::MAX);
                return Err(Violation::new("", "too_many").with("max", most).into());
            }
            let key = input.key.unwrap_or_else(|| format!("f{}", hex::encode(random::<4>())));
            let order = others.last().map_or(1, |last| last.place + 1);
            free(&input.label, id, &others)?;
            let definition = Definition { id, key, label: input.label, kind: input.kind, order, rules, writable: true };
            sound(tx, &definition, None, &others).await?;
            let row = field::ActiveModel {
                id: Set(id),
                key: Set(definition.key.clone()),
                label: Set(definition.label.clone()),
                kind: Set(Code(definition.kind)),
                place: Set(order),
                rules: Set(text(&definition.rules)?),
                ..Default::default()
            };
            tx.insert::<field::Entity>(row).await.map_err(|error| match refusal(&error) {
                Some(Taken::Unique) => Problem::conflict("name_taken", Some("key")),
                _ => error.into(),
            })?;
            Ok(CustomFieldView { definition, version: 1 })
        })
        .await?;
    forget(&scope);
    Ok(made)
}

/// Changes a field's label or terms. What it holds, whether it is unique and whether it is secret stay as
/// they were made; a choice that customers have is retired where it is left out.
#[utoipa::path(tag = "custom fields", security(("bearer" = ["business.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), request_body = CustomFieldChanges, responses((status = 200, body = CustomFieldView), Problems))]
#[patch("/custom-fields/{id}")]
async fn change_custom_field(
    mut scope: Can<BusinessWrite>,
    id: Path<Uuid>,
    version: IfMatch,
    body: Checked<CustomFieldChanges>,
) -> Result<Json<CustomFieldView>, Problem> {
    let tx = scope.begin().await?;
    let others = rows(&tx).await?;
    let before = others.iter().find(|row| row.id == id.0 && sees(&tx, row)).ok_or(Problem::NotFound)?;
    let mut definition = before.definition();
    let mut change = field::ActiveModel::default();
    if let Some(label) = body.value.label {
        if label != before.label {
            free(&label, id.0, &others)?;
        }
        definition.label.clone_from(&label);
        change.label = Set(label);
    }
    if let Some(mut rules) = body.value.rules {
        for (fixed, same) in [
            ("rules.unique", rules.unique == definition.rules.unique),
            ("rules.secret", rules.secret == definition.rules.secret),
        ] {
            if !same {
                return Err(Problem::field(fixed, "field_fixed"));
            }
        }
        name_choices(&mut rules);
        keep_chosen(&tx, id.0, &definition.rules, &mut rules).await?;
        let terms = std::mem::replace(&mut definition.rules, rules);
        sound(&tx, &definition, Some(&terms), &others).await?;
        change.rules = Set(text(&definition.rules)?);
    }
    if !tx.update::<field::Entity>(id.0, Some(version.0), change).await? {
        return Err(Problem::stale(&CustomFieldView::from(before)));
    }
    tx.commit().await?;
    forget(&scope);
    Ok(Json(CustomFieldView { definition, version: version.0 + 1 }))
}

/// Shows the fields in another order. Fields that are not named come last.
#[utoipa::path(tag = "custom fields", security(("bearer" = ["business.write"])), request_body = CustomFieldOrder, responses((status = 200, body = All<CustomFieldView>), Problems))]
#[post("/custom-fields/order")]
async fn order_custom_fields(
    mut scope: Can<BusinessWrite>,
    body: Checked<CustomFieldOrder>,
) -> Result<Json<All<CustomFieldView>>, Problem> {
    let tx = scope.begin().await?;
    let mut ordered = rows(&tx).await?;
    let unknown = body.value.ids.iter().position(|id| !ordered.iter().any(|row| row.id == *id && sees(&tx, row)));
    if let Some(at) = unknown {
        return Err(Problem::field(&format!("ids.{at}"), "field_unknown"));
    }
    let at = |row: &field::Model| body.value.ids.iter().position(|id| *id == row.id).unwrap_or(usize::MAX);
    ordered.sort_by_key(at);
    // At most a hundred rows, and only those that move.
    for (place, row) in (1_i64..).zip(&mut ordered) {
        if row.place != place {
            let change = field::ActiveModel { place: Set(place), ..Default::default() };
            tx.derive::<field::Entity>(row.id, change).await?;
            row.place = place;
        }
    }
    tx.audit("order", "custom_field", None, serde_json::json!({ "ids": body.value.ids }));
    tx.commit().await?;
    forget(&scope);
    let seen = ordered.iter().filter(|row| scope.custom_seen(&row.definition()).is_some());
    Ok(Json(All { items: seen.map(CustomFieldView::from).collect() }))
}

/// How many customers have something in a field, and what asks for it.
#[utoipa::path(tag = "custom fields", security(("bearer" = ["business.write"])), params(("id" = Uuid, Path)), responses((status = 200, body = CustomFieldUses), Problems))]
#[get("/custom-fields/{id}/count")]
async fn count_custom_field(scope: Can<BusinessWrite>, id: Path<Uuid>) -> Result<Json<CustomFieldUses>, Problem> {
    let known = definitions(&*scope).await?;
    let field = known.iter().find(|definition| definition.id == id.0).ok_or(Problem::NotFound)?;
    let of = Condition::all().add(value::Column::FieldId.eq(id.0)).add(value::Column::Position.eq(0));
    let live = of.add(of_live(value::Column::CustomerId, scope.tenant_id()));
    let (count, capped) = scope.rows_of_all::<value::Entity>().filter(live).count().await?;
    let views = views::naming(&scope, &field.key).await?;
    let rules = rules::naming(&scope.whole(), &field.key).await?.len();
    Ok(Json(CustomFieldUses { count, capped, views, rules }))
}

/// Deletes a field. What customers have in it goes out of sight, and rules of tags that ask for it are switched off; one that
/// decides whether another field is asked for stays until that is changed.
#[utoipa::path(tag = "custom fields", security(("bearer" = ["business.write"])), params(("id" = Uuid, Path), ("If-Match" = String, Header)), responses((status = 204), Problems))]
#[delete("/custom-fields/{id}")]
async fn delete_custom_field(
    mut scope: Can<BusinessWrite>,
    id: Path<Uuid>,
    version: IfMatch,
) -> Result<HttpResponse, Problem> {
    let tx = scope.begin().await?;
    let others = rows(&tx).await?;
    let before = others.iter().find(|row| row.id == id.0 && sees(&tx, row)).ok_or(Problem::NotFound)?;
    let asks = |row: &field::Model| row.definition().rules.condition.is_some_and(|on| on.field == before.key);
    let led = others.iter().filter(|row| row.id != id.0 && asks(row)).count();
    Problem::in_use(&[("in_use_fields", u64::try_from(led).unwrap_or(u64::MAX))])?;
    if !tx.bury::<field::Entity>(id.0, Some(version.0)).await? {
        return Err(Problem::stale(&CustomFieldView::from(before)));
    }
    rules::stop_naming(&tx, &before.key).await?;
    tx.commit().await?;
    forget(&scope);
    rules::forget(&scope);
    Ok(HttpResponse::NoContent().finish())
}

/// Whether whoever asks sees a field; to others it is not there.
fn sees(reads: &impl Reads, row: &field::Model) -> bool {
    reads.scope().custom_seen(&row.definition()).is_some()
}

/// All live fields; there are at most a hundred.
async fn rows(reads: &impl Reads) -> Result<Vec<field::Model>, Problem> {
    Ok(reads.rows::<field::Entity>().shape(|rows| rows.order_by_asc(field::Column::Place)).all().await?)
}

/// Refuses the label of another field: a page, an export and an import know fields by it.
fn free(label: &str, id: Uuid, others: &[field::Model]) -> Result<(), Problem> {
    match others.iter().any(|other| other.id != id && other.label == label) {
        true => Err(Problem::field("label", "label_taken")),
        false => Ok(()),
    }
}

/// Gives choices that have no key one that stays.
fn name_choices(rules: &mut FieldTerms) {
    for choice in &mut rules.choices {
        choice.key.get_or_insert_with(|| format!("c{}", hex::encode(random::<4>())));
    }
}

/// A choice that is left out and that customers have stays, retired.
async fn keep_chosen(reads: &impl Reads, id: Uuid, before: &FieldTerms, rules: &mut FieldTerms) -> Result<(), Problem> {
    let left_out: Vec<_> =
        before.choices.iter().filter(|old| !rules.choices.iter().any(|new| new.key == old.key)).cloned().collect();
    for mut choice in left_out {
        let held = Condition::all()
            .add(value::Column::FieldId.eq(id))
            .add(value::Column::TextKey.eq(choice.key.clone().unwrap_or_default()));
        if reads.rows_of_all::<value::Entity>().filter(held).count().await?.0 > 0 {
            choice.retired = true;
            rules.choices.push(choice);
        }
    }
    Ok(())
}

/// Refuses a definition that is wrong in itself, or beside the others.
async fn sound(
    reads: &impl Reads,
    definition: &Definition,
    before: Option<&FieldTerms>,
    others: &[field::Model],
) -> Result<(), Problem> {
    let was = before.and_then(|terms| terms.condition.as_ref()).map(|on| on.field.as_str());
    let others = others.iter().map(field::Model::definition).filter(|one| one.id != definition.id);
    // A condition that was there stays; nobody makes one of what they do not see.
    let known = |one: &Definition| Some(one.key.as_str()) == was || reads.scope().custom_seen(one).is_some();
    let others: Vec<_> = others.filter(known).collect();
    let mut found = definition.flaws(&others);
    let lists = [("hidden_from", &definition.rules.hidden_from), ("read_only_for", &definition.rules.read_only_for)];
    if lists.iter().any(|(_, roles)| !roles.is_empty()) {
        let own = reads.rows::<role::Entity>().all().await?;
        for (list, roles) in lists {
            for (at, name) in roles.iter().enumerate() {
                let built_in = Role::parse(name).is_some_and(|role| !matches!(role, Role::Boss | Role::Custom));
                if !built_in && !own.iter().any(|role| role.id.to_string() == *name) {
                    found.push(Violation::new(format!("rules.{list}.{at}"), "role_unknown"));
                }
            }
        }
    }
    if found.is_empty() { Ok(()) } else { Err(Violations(found).into()) }
}

fn text(rules: &FieldTerms) -> Result<Option<String>, Problem> {
    Ok(Some(serde_json::to_string(rules).map_err(anyhow::Error::from)?))
}

/// This process knows of the change at once, the others within three seconds.
fn forget(scope: &Scope) {
    scope.installation().snapshots.forget_custom_fields(scope.tenant_id());
}
