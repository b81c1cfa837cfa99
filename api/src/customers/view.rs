//! What a customer looks like from outside: phones masked, always, or not there at all.

use super::contacts::{self, ContactView};
use super::custom::{self, Shown};
use super::dates::{self, SpecialDateView};
use super::entity::tagging;
use super::remark;
use super::rows::{Brief, Listed, Seen};
use super::search::Found;
use super::vault::{Person, SealedPhone, Vault};
use super::{Column, Customer};
use crate::db::{by_key, picked};
use crate::problem::Problem;
use crate::scope::{Reads, Scope, Tx};
use crate::tags::TagLabel;
use chrono::{DateTime, NaiveDate, Utc};
use domain::custom_fields::Definition;
use domain::customers::{CompanySize, CustomerKind, CustomerSource, Industry};
use sea_orm::{ColumnTrait as _, DbErr, FromQueryResult, JoinType, QueryResult, QuerySelect as _, RelationTrait as _};
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// A customer in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerRow {
    /// Id.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// Person or company.
    pub kind: CustomerKind,
    /// Where the customer stands.
    #[serde(rename = "type")]
    pub type_: String,
    /// Company.
    pub company: Option<String>,
    /// Job title.
    pub title: Option<String>,
    /// GB/T 2260 code.
    pub region: Option<String>,
    /// Its name: `浙江省杭州市西湖区`.
    pub region_name: Option<&'static str>,
    /// How the customer came.
    pub source: Option<CustomerSource>,
    /// Who looks after the customer; nobody while it is in a pool.
    pub owner_id: Option<Uuid>,
    /// The pool it waits in.
    pub pool_id: Option<Uuid>,
    /// The primary phone, masked.
    pub phone_masked: Option<String>,
    /// How many phones there are.
    pub phone_count: usize,
    /// Tags.
    pub tags: Vec<TagLabel>,
    /// Whether whoever asks has marked them with a star.
    pub starred: bool,
    /// The business's own fields, by their key; what is sealed is masked.
    #[schema(value_type = Object)]
    pub custom: Shown,
    /// What a search found in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<Found>,
    /// When somebody was last in touch.
    pub last_contact_at: Option<DateTime<Utc>>,
    /// When somebody will be in touch again.
    pub next_contact_at: Option<DateTime<Utc>>,
    /// When the customer was written down.
    pub created_at: DateTime<Utc>,
    /// When the record last changed.
    pub updated_at: DateTime<Utc>,
    /// ETag.
    pub version: i64,
}

/// A customer, whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerView {
    /// What the list shows.
    #[serde(flatten)]
    pub row: CustomerRow,
    /// All phones, masked, the primary one first.
    pub phones: Vec<PhoneView>,
    /// E-mail addresses, masked, the primary one first.
    pub emails: Vec<ContactView>,
    /// WeChat ids, masked, the primary one first.
    pub wechat_ids: Vec<ContactView>,
    /// Street and house; `null` for whoever may not see whole phones either.
    pub address: Option<String>,
    /// Trade, by GB/T 4754.
    pub industry: Option<Industry>,
    /// How many people work there.
    pub size: Option<CompanySize>,
    /// What they may want to buy.
    pub needs: Option<String>,
    /// Days of the year that matter.
    pub dates: Vec<SpecialDateView>,
    /// Birthday.
    pub birthday: Option<NaiveDate>,
    /// Remark.
    pub remark: Option<String>,
    /// Whether the remark is secret: then it is masked here.
    pub remark_secret: bool,
    /// Since when they refuse advertising, where somebody wrote it down (`POST /customers/{id}/ads-refusal`).
    pub ads_refused_at: Option<DateTime<Utc>>,
    /// Who wrote the customer down.
    pub created_by: Uuid,
}

/// A phone, masked.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhoneView {
    /// `138****8000`.
    pub masked: String,
    /// What it is for.
    pub label: Option<String>,
}

impl CustomerRow {
    pub(super) fn of(
        scope: &Scope,
        listed: Listed,
        fields: &[Definition],
        tags: Vec<TagLabel>,
    ) -> Result<Self, Problem> {
        let Listed { customer, starred } = listed;
        let vault = Vault::open(scope, &customer)?;
        let custom = custom::shown(scope, fields, customer.custom.as_deref(), &vault);
        Ok(Self::shown(customer, starred, tags, &phones(scope, vault), custom))
    }

    fn shown(customer: Brief, starred: i64, tags: Vec<TagLabel>, phones: &[PhoneView], custom: Shown) -> Self {
        Self {
            id: customer.id,
            name: customer.name,
            kind: customer.kind.0,
            type_: customer.type_,
            company: customer.company,
            title: customer.title,
            region_name: customer.region.as_deref().and_then(super::regions::name),
            region: customer.region,
            source: customer.source.map(|source| source.0),
            owner_id: customer.pool_id.is_none().then_some(customer.owner_id),
            pool_id: customer.pool_id,
            phone_masked: phones.first().map(|phone| phone.masked.clone()),
            phone_count: phones.len(),
            tags,
            starred: starred != 0,
            custom,
            found: None,
            last_contact_at: customer.last_contact_at,
            next_contact_at: customer.next_contact_at,
            created_at: customer.created_at,
            updated_at: customer.updated_at,
            version: customer.version,
        }
    }
}

impl CustomerView {
    pub(super) fn of(scope: &Scope, seen: Seen, fields: &[Definition], tags: Vec<TagLabel>) -> Result<Self, Problem> {
        let Seen { customer, starred } = seen;
        let vault = Vault::open(scope, &customer)?;
        let custom = custom::shown(scope, fields, customer.custom.as_deref(), &vault);
        let rules = scope.fields();
        let emails = contacts::shown(rules.emails(), &vault.emails);
        let wechat_ids = contacts::shown(rules.phones, &vault.wechat_ids);
        // Who looks through the pool sees whom there is, not where they live.
        let opens = rules.phones.opens() && customer.pool_id.is_none();
        let address = vault.address.clone().filter(|_| opens);
        let (remark, remark_secret) = remark::shown(scope, &customer, &vault);
        let phones = phones(scope, vault);
        Ok(Self {
            emails,
            wechat_ids,
            address,
            industry: customer.industry.map(|code| code.0),
            size: customer.size.map(|code| code.0),
            dates: dates::shown(scope, customer.dates.as_deref()),
            birthday: customer.birthday,
            remark,
            remark_secret,
            ads_refused_at: customer.ads_refused_at,
            created_by: customer.created_by,
            needs: customer.needs.clone(),
            row: CustomerRow::shown(customer.into(), starred, tags, &phones, custom),
            phones,
        })
    }

    /// A customer that was just put into the pool, from the row as it was before.
    pub(super) async fn released(tx: &Tx<'_>, before: Customer) -> Result<Self, Problem> {
        let id = before.id;
        let after = tx.find_masked::<super::Entity>().filter(Column::Id.eq(id)).one().await?;
        let after = after.unwrap_or(before);
        let tags = tags_of(tx, [&after]).await?.remove(&id).unwrap_or_default();
        Self::of(tx, Seen::new(after), &custom::definitions(tx).await?, tags)
    }

    /// Reads the customer again and shows it: two statements.
    pub(super) async fn find(rows: &impl Reads, id: Uuid) -> Result<Self, Problem> {
        let customer = Seen::find(rows, id).await?;
        let tags = tags_of(rows, [&customer.customer]).await?.remove(&id).unwrap_or_default();
        Self::of(rows.scope(), customer, &custom::definitions(rows).await?, tags)
    }
}

fn phones(scope: &Scope, vault: Vault) -> Vec<PhoneView> {
    let view =
        |sealed: SealedPhone| Some(PhoneView { masked: scope.phone_masked(&sealed.phone()?)?, label: sealed.label });
    vault.phones.into_iter().filter_map(view).collect()
}

picked! {
    /// On whom a tag is.
    struct On of "customer_tags" {
        customer_id: Uuid,
        by_rule: Option<i64>,
    }
}

picked! {
    /// What is shown of it.
    struct Label of "tags" {
        id: Uuid,
        name: String,
        colour: String,
        live: Option<i64>,
        created_at: DateTime<Utc>,
    }
}

/// A tag on a customer: a page has forty of them, so no column more is fetched.
struct Tagged(On, Label);

impl FromQueryResult for Tagged {
    fn from_query_result(row: &QueryResult, _: &str) -> Result<Self, DbErr> {
        let at = &mut 0;
        Ok(Self(On::read(row, at)?, Label::read(row, at)?))
    }
}

/// The live tags of customers, the oldest tag first, in one statement. Whoever has the customers has seen them: it is not asked again.
pub(super) async fn tags_of<'a>(
    rows: &impl Reads,
    customers: impl IntoIterator<Item = &'a (impl Person + 'a)>,
) -> Result<HashMap<Uuid, Vec<TagLabel>>, Problem> {
    let mut found: HashMap<Uuid, Vec<TagLabel>> = HashMap::new();
    let customers: Vec<Uuid> = customers.into_iter().map(Person::id).collect();
    if customers.is_empty() {
        return Ok(found);
    }
    let mut tagged = rows
        .rows_of_all::<tagging::Entity>()
        .filter(tagging::Column::CustomerId.is_in(customers))
        .showing([On::COLUMNS, Label::COLUMNS], |rows| {
            by_key(rows).join(JoinType::LeftJoin, tagging::Relation::Tag.def()).into_model::<Tagged>()
        })
        .all()
        .await?;
    tagged.sort_by_key(|Tagged(_, label)| label.created_at);
    for Tagged(On { customer_id, by_rule }, Label { id, name, colour, live, .. }) in tagged {
        if live.is_some() {
            let label = TagLabel { id, name, colour, by_rule: by_rule.is_some() };
            found.entry(customer_id).or_default().push(label);
        }
    }
    Ok(found)
}

/// What a customer's live tags are called.
pub(crate) async fn tag_names(rows: &impl Reads, customer: &Customer) -> Result<Vec<String>, Problem> {
    let tags = tags_of(rows, [customer]).await?.remove(&customer.id).unwrap_or_default();
    Ok(tags.into_iter().map(|tag| tag.name).collect())
}
