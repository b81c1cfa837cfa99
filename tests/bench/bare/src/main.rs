//! What the product's statements cost by themselves: get, list and create of customers through bare sqlx, with
//! answers of the same shape. No tokens, no rights, no rules, nothing sealed or opened: what the product adds to
//! this is the price of all that. `cargo xtask bench` holds its statements against the product's.

mod shape;
mod statements;
mod tables;

use shape::{New, Page, Row, View};

use actix_web::web::{Data, Json, Path};
use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::Context as _;
use uuid::Uuid;

/// Bytes that stand for something sealed.
fn sealed(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).expect("randomness");
    bytes
}

type Answer<T> = Result<T, Box<dyn std::error::Error>>;

/// The three handlers on one database; `sqlx` has no pool that is fast on both.
macro_rules! shop {
    ($name:ident, $database:ty, $pool:ty, $begin:literal, $known:literal, $hint:literal) => {
        mod $name {
            use super::*;
            use crate::statements::{ANSWER, CUSTOMER, LIST, given, rows, tags, tags_of};
            use crate::tables::{CUSTOMERS, ENTRIES, PHONES, REMEMBERED, SEARCHED, TERMS};
            use chrono::{DateTime, Utc};
            use sqlx::{AssertSqlSafe, Executor, Row as _};

            pub struct Shop {
                pub read: $pool,
                pub write: $pool,
                pub tenant: i64,
                pub staff: Uuid,
            }

            fn row(row: &<$database as sqlx::Database>::Row) -> Row {
                // The product decodes what it does not show as well.
                let _: (Option<Uuid>, Option<DateTime<Utc>>) = (row.get(29), row.get(30));
                Row {
                    id: row.get(1),
                    owner_id: row.get(2),
                    pool_id: row.get(3),
                    name: row.get(4),
                    kind: row.get(5),
                    type_: row.get(6),
                    company: row.get(7),
                    title: row.get(8),
                    region: row.get(9),
                    source: row.get(10),
                    industry: row.get(11),
                    size: row.get(12),
                    needs: row.get(13),
                    dates: row.get(14),
                    birthday: row.get(15),
                    remark: row.get(16),
                    person_key: row.get(17),
                    vault: row.get(18),
                    last_contact_at: row.get(19),
                    next_contact_at: row.get(20),
                    created_by: row.get(21),
                    version: row.get(22),
                    created_at: row.get(23),
                    updated_at: row.get(24),
                    custom: row.get(28),
                    ads_refused_at: row.get(31),
                    starred: row.get::<i64, _>("starred") != 0,
                }
            }

            /// As a list shows it.
            fn listed(row: &<$database as sqlx::Database>::Row) -> Row {
                // The product asks whether it is live.
                let _: Option<i64> = row.get(17);
                Row {
                    id: row.get(0),
                    owner_id: row.get(1),
                    pool_id: row.get(2),
                    name: row.get(3),
                    kind: row.get(4),
                    type_: row.get(5),
                    company: row.get(6),
                    title: row.get(7),
                    region: row.get(8),
                    source: row.get(9),
                    person_key: row.get(10),
                    vault: row.get(11),
                    last_contact_at: row.get(12),
                    next_contact_at: row.get(13),
                    version: row.get(14),
                    created_at: row.get(15),
                    updated_at: row.get(16),
                    custom: row.get(18),
                    starred: row.get::<i64, _>("starred") != 0,
                    ..Row::default()
                }
            }

            type Query = sqlx::query::Query<'static, $database, <$database as sqlx::Database>::Arguments>;

            /// Customers, each with the star of whoever asks.
            fn customers(text: &'static str, shop: &Shop) -> Query {
                sqlx::query(text).bind(1_i64).bind(shop.tenant).bind(shop.staff).bind(shop.tenant).bind(1_i64)
            }

            async fn tagged<'e>(
                on: impl Executor<'e, Database = $database>,
                tenant: i64,
                views: &mut [View],
            ) -> Answer<()> {
                if views.is_empty() {
                    return Ok(());
                }
                let mut query = sqlx::query(AssertSqlSafe(tags_of($hint, views.len()))).bind(tenant);
                for view in views.iter() {
                    query = query.bind(view.id);
                }
                for row in query.fetch_all(on).await? {
                    let (customer, live): (Uuid, Option<i64>) = (row.get(0), row.get(5));
                    if let (Some(view), Some(_)) = (views.iter_mut().find(|view| view.id == customer), live) {
                        view.tag(row.get(2), row.get(3), row.get(4), row.get::<Option<i64>, _>(1).is_some());
                    }
                }
                Ok(())
            }

            pub async fn get(shop: Data<Shop>, id: Path<Uuid>) -> Answer<HttpResponse> {
                let Some(found) = customers(&CUSTOMER, &shop).bind(*id).fetch_optional(&shop.read).await? else {
                    return Ok(HttpResponse::NotFound().finish());
                };
                let mut views = [View::of(row(&found), true)];
                tagged(&shop.read, shop.tenant, &mut views).await?;
                Ok(HttpResponse::Ok().json(&views[0]))
            }

            pub async fn list(shop: Data<Shop>) -> Answer<HttpResponse> {
                let found = customers(&LIST, &shop).bind(21_i64).fetch_all(&shop.read).await?;
                let mut items: Vec<View> = found.iter().take(20).map(|found| View::of(listed(found), false)).collect();
                tagged(&shop.read, shop.tenant, &mut items).await?;
                Ok(HttpResponse::Ok().json(Page { items, next_cursor: "x".repeat(32) }))
            }

            pub async fn create(shop: Data<Shop>, new: Json<New>) -> Answer<HttpResponse> {
                let (id, now, tenant, mark) = (Uuid::now_v7(), Utc::now(), shop.tenant, sealed(32));
                let mut tx = shop.write.begin_with($begin).await?;
                let text = rows("idempotency", REMEMBERED, 1);
                sqlx::query(AssertSqlSafe(text))
                    .bind(tenant)
                    .bind(shop.staff)
                    .bind(&mark)
                    .bind(sealed(32))
                    .bind(None::<Vec<u8>>)
                    .bind(now)
                    .execute(&mut *tx)
                    .await?;
                sqlx::query(AssertSqlSafe(rows("customers", CUSTOMERS, 1)))
                    .bind(tenant)
                    .bind(id)
                    .bind(shop.staff)
                    .bind(None::<Uuid>)
                    .bind(&new.name)
                    .bind(&new.kind)
                    .bind(&new.type_)
                    .bind(&new.company)
                    .bind(None::<String>)
                    .bind(&new.region)
                    .bind(&new.source)
                    .bind(None::<String>)
                    .bind(None::<String>)
                    .bind(None::<String>)
                    .bind(None::<String>)
                    .bind(None::<chrono::NaiveDate>)
                    .bind(&new.remark)
                    .bind(sealed(95))
                    .bind(sealed(88))
                    .bind(None::<DateTime<Utc>>)
                    .bind(None::<DateTime<Utc>>)
                    .bind(shop.staff)
                    .bind(1_i64)
                    .bind(now)
                    .bind(now)
                    // As deleted: what is sealed is noise, and the product must never come to open it.
                    .bind(Some(now))
                    .bind(None::<i64>)
                    .bind(None::<DateTime<Utc>>)
                    .bind(None::<String>)
                    .bind(None::<Uuid>)
                    .bind(None::<DateTime<Utc>>)
                    .bind(None::<DateTime<Utc>>)
                    .execute(&mut *tx)
                    .await?;
                let text = rows("customer_search", SEARCHED, 1) + $known;
                sqlx::query(AssertSqlSafe(text))
                    .bind(tenant)
                    .bind(id)
                    .bind(&new.name)
                    .bind(new.text())
                    .bind(shop.staff)
                    .execute(&mut *tx)
                    .await?;
                let terms = new.terms();
                let text = rows("customer_terms", TERMS, terms.len()) + $known;
                let mut query = sqlx::query(AssertSqlSafe(text));
                for term in &terms {
                    query = query.bind(tenant).bind(*term).bind(id);
                }
                query.execute(&mut *tx).await?;
                sqlx::query(AssertSqlSafe(rows("customer_phones", PHONES, 1)))
                    .bind(tenant)
                    .bind(id)
                    .bind(0_i64)
                    .bind(sealed(16))
                    .bind(sealed(8))
                    .bind(None::<Vec<u8>>)
                    .bind(None::<Vec<u8>>)
                    .bind(Some(1_i64))
                    .bind(shop.staff)
                    .execute(&mut *tx)
                    .await?;
                let mut view = View::new(&new, id, shop.staff, now);
                if !new.tag_ids.is_empty() {
                    let mut query = sqlx::query(AssertSqlSafe(tags(new.tag_ids.len())));
                    query = query.bind(1_i64).bind(tenant).bind(1_i64).bind(tenant).bind(1_i64);
                    for tag in &new.tag_ids {
                        query = query.bind(*tag);
                    }
                    let known = query.fetch_all(&mut *tx).await?;
                    let text = rows("customer_tags", &given(), known.len());
                    let mut query = sqlx::query(AssertSqlSafe(text));
                    for tag in &known {
                        query = query.bind(tenant).bind(id).bind(tag.get::<Uuid, _>(0));
                        query = query.bind(now).bind(new.region.clone()).bind(shop.staff).bind(1_i64);
                        view.tag(tag.get(0), tag.get(2), tag.get(3), false);
                    }
                    query.execute(&mut *tx).await?;
                }
                let answer = serde_json::to_vec(&view)?;
                sqlx::query(ANSWER)
                    .bind(sealed(answer.len() + 31))
                    .bind(tenant)
                    .bind(shop.staff)
                    .bind(&mark)
                    .execute(&mut *tx)
                    .await?;
                sqlx::query(AssertSqlSafe(rows("audit_entries", ENTRIES, 1)))
                    .bind(tenant)
                    .bind(Uuid::now_v7())
                    .bind(Some(shop.staff))
                    .bind("bench-boss")
                    .bind("create")
                    .bind("customer")
                    .bind(Some(id))
                    .bind(Some(r#"{"fields":{"kind":{"new":"person"},"name":"personal","vault":"secret"}}"#))
                    .bind(Uuid::now_v7().to_string())
                    .bind(now)
                    .bind(Some("127.0.0.1"))
                    .bind(Some(shop.staff))
                    .bind(None::<Uuid>)
                    .bind(Some(sealed(160)))
                    .bind(None::<i64>)
                    .bind(None::<Vec<u8>>)
                    .execute(&mut *tx)
                    .await?;
                tx.commit().await?;
                Ok(HttpResponse::Created().content_type("application/json").body(answer))
            }
        }
    };
}

shop!(
    on_mysql,
    sqlx::MySql,
    sqlx::MySqlPool,
    "BEGIN",
    " ON DUPLICATE KEY UPDATE `tenant_id` = `tenant_id`",
    " FORCE INDEX (`PRIMARY`)"
);
shop!(on_sqlite, sqlx::Sqlite, sqlx::SqlitePool, "BEGIN IMMEDIATE", " ON CONFLICT DO NOTHING", "");

macro_rules! serve {
    ($listen:expr, $name:ident, $shop:expr) => {{
        let shop = Data::new($shop);
        HttpServer::new(move || {
            App::new()
                .app_data(Data::clone(&shop))
                .route("/api/v1/customers/{id}", web::get().to($name::get))
                .route("/api/v1/customers", web::get().to($name::list))
                .route("/api/v1/customers", web::post().to($name::create))
        })
        .bind($listen)?
        .run()
        .await
    }};
}

/// `bare LISTEN DATABASE TENANT STAFF`
#[actix_web::main]
async fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [listen, database, tenant, staff] = arguments.as_slice() else {
        anyhow::bail!("bare LISTEN DATABASE TENANT STAFF")
    };
    let (tenant, staff) = (tenant.parse::<i64>()?, staff.parse::<Uuid>()?);
    if let Some(path) = database.strip_prefix("sqlite://") {
        // As in api/src/db/mod.rs.
        let options = |cache| {
            sqlx::sqlite::SqliteConnectOptions::new()
                .filename(path)
                .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
                .synchronous(sqlx::sqlite::SqliteSynchronous::Normal)
                .foreign_keys(true)
                .busy_timeout(std::time::Duration::from_secs(10))
                .pragma("cache_size", cache)
                .pragma("mmap_size", "1099511627776")
        };
        let pool = |size| sqlx::sqlite::SqlitePoolOptions::new().max_connections(size);
        let (read, write) = (pool(8).connect_with(options("-16000")), pool(1).connect_with(options("-131072")));
        let (read, write) = (read.await?, write.await?);
        serve!(listen, on_sqlite, on_sqlite::Shop { read, write, tenant, staff }).context("serving")
    } else {
        let pool = sqlx::mysql::MySqlPoolOptions::new().max_connections(8).test_before_acquire(false).after_connect(
            |connection, _| {
                let set = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";
                Box::pin(async move { sqlx::Executor::execute(connection, set).await.map(drop) })
            },
        );
        let pool = pool.connect(database).await?;
        let shop = on_mysql::Shop { read: pool.clone(), write: pool, tenant, staff };
        serve!(listen, on_mysql, shop).context("serving")
    }
}
