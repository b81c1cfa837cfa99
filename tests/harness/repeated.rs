//! What every test leaves behind must hold: rows of tags say what the rows of their customers say, whatever was done
//! to either.

use api::Installation;
use sea_orm::{ConnectionTrait as _, Database, Statement};
use secrecy::ExposeSecret as _;

const DIFFERENT: &str = "SELECT COUNT(*) FROM customer_tags t \
    LEFT JOIN customers c ON c.tenant_id = t.tenant_id AND c.id = t.customer_id \
    WHERE t.tenant_id = ? AND (c.id IS NULL OR t.customer_at IS NULL OR t.customer_at <> c.created_at \
    OR t.holder_id IS NULL OR t.holder_id <> COALESCE(c.pool_id, c.owner_id) \
    OR COALESCE(t.region, '') <> COALESCE(c.region, '') OR COALESCE(t.live, 0) <> COALESCE(c.live, 0))";

/// Panics when a tag's row of the business says otherwise than its customer's.
pub fn check(at: &Installation, tenant: i64) {
    let url = at.config().database.url.expose_secret().to_owned();
    // A runtime of its own: a value is dropped where nothing can be awaited.
    let counted = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let database = Database::connect(&url).await.expect("the database answers");
            let statement = Statement::from_sql_and_values(database.get_database_backend(), DIFFERENT, [tenant.into()]);
            let row = database.query_one_raw(statement).await.expect("rows").expect("a row");
            database.close().await.expect("closed");
            row.try_get_by_index::<i64>(0).expect("a number")
        })
    });
    assert_eq!(counted.join().expect("counted"), 0, "rows of tags that say otherwise than their customers");
}
