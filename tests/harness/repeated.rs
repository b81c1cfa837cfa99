//! What every test leaves behind must hold: rows of tags, of the search and of phones say what the rows of their customers say,
//! whatever was done to either.

use api::Installation;
use sea_orm::{ConnectionTrait as _, Database, Statement};
use secrecy::ExposeSecret as _;

const TAGS: &str = "SELECT COUNT(*) FROM customer_tags t \
    LEFT JOIN customers c ON c.tenant_id = t.tenant_id AND c.id = t.customer_id \
    WHERE t.tenant_id = ? AND (c.id IS NULL OR t.customer_at IS NULL OR t.customer_at <> c.created_at \
    OR t.holder_id IS NULL OR t.holder_id <> COALESCE(c.pool_id, c.owner_id) \
    OR COALESCE(t.region, '') <> COALESCE(c.region, '') OR COALESCE(t.live, 0) <> COALESCE(c.live, 0))";

const SEARCH: &str = "SELECT COUNT(*) FROM customer_search s \
    LEFT JOIN customers c ON c.tenant_id = s.tenant_id AND c.id = s.customer_id \
    WHERE s.tenant_id = ? AND (c.id IS NULL OR s.holder_id IS NULL OR s.holder_id <> COALESCE(c.pool_id, c.owner_id))";

const PHONES: &str = "SELECT COUNT(*) FROM customer_phones p \
    LEFT JOIN customers c ON c.tenant_id = p.tenant_id AND c.id = p.customer_id \
    WHERE p.tenant_id = ? AND (c.id IS NULL OR p.holder_id IS NULL OR p.holder_id <> COALESCE(c.pool_id, c.owner_id))";

/// Panics when a row of the business says otherwise than its customer's.
pub fn check(at: &Installation, tenant: i64) {
    let url = at.config().database.url.expose_secret().to_owned();
    // A runtime of its own: a value is dropped where nothing can be awaited.
    let counted = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let database = Database::connect(&url).await.expect("the database answers");
            let mut counts = Vec::new();
            for count in [TAGS, SEARCH, PHONES] {
                let backend = database.get_database_backend();
                let statement = Statement::from_sql_and_values(backend, count, [tenant.into()]);
                let row = database.query_one_raw(statement).await.expect("rows").expect("a row");
                counts.push(row.try_get_by_index::<i64>(0).expect("a number"));
            }
            database.close().await.expect("closed");
            counts
        })
    });
    assert_eq!(
        counted.join().expect("counted"),
        [0, 0, 0],
        "rows of tags, of the search and of phones that say otherwise than their customers"
    );
}
