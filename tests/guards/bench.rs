//! What the benchmark measures beside the product (tests/bench/bare) reads and writes the product's columns.

#[path = "../bench/bare/src/tables.rs"]
mod bare;

use crate::harness::Shop;

/// What is compared, each with its table.
const ALL: &[(&str, &str)] = &[
    ("customers", bare::CUSTOMERS),
    ("customer_tags", bare::TAGGINGS),
    ("idempotency", bare::REMEMBERED),
    ("customer_search", bare::SEARCHED),
    ("customer_terms", bare::TERMS),
    ("customer_phones", bare::PHONES),
    ("audit_entries", bare::ENTRIES),
];

/// A column that one of them has and the other does not makes the comparison worthless, and the benchmark refuses to
/// measure: it is seen here first.
#[test]
fn bare_sqlx_has_the_columns_of_the_entities() {
    let entities = api::schema::tables();
    for (table, columns) in ALL {
        let entity = entities.iter().find(|entity| entity.name == *table).expect("a table with an entity");
        let named: Vec<&str> = entity.columns.iter().map(|column| column.name.as_str()).collect();
        let known: Vec<&str> = columns.split_whitespace().collect();
        assert_eq!(
            known, named,
            "{table}: put the columns into tests/bench/bare/src/tables.rs in the entity's order, decode and bind them \
             in its main.rs, and give tests/bench/peer-django the same"
        );
    }
}

#[test]
fn bare_sqlx_lists_columns_of_customers() {
    let known: Vec<&str> = bare::CUSTOMERS.split_whitespace().collect();
    assert!(bare::LISTED.split_whitespace().all(|column| known.contains(&column)), "{}", bare::LISTED);
}

/// Columns are looked for wherever in the models they are: Django's classes inherit some.
#[test]
fn the_django_peer_has_the_columns_of_the_entities() {
    let models = include_str!("../bench/peer-django/customers/models.py");
    for (table, columns) in ALL {
        assert!(models.contains(&format!("db_table = \"{table}\"")), "{table}");
        for column in columns.split_whitespace() {
            assert!(models.contains(&format!("\n    {column} = ")), "{table}.{column} is missing in models.py");
        }
    }
}

/// Who answers less than the product does less than it.
#[actix_web::test]
async fn whoever_is_measured_beside_it_answers_what_the_product_answers() {
    let shop = Shop::new().await;
    let customer = shop.customer_named("方晴").await;
    let whole = shop.boss.get(&format!("/customers/{customer}")).await.ok();
    let names: Vec<&str> = whole.as_object().expect("a customer").keys().map(String::as_str).collect();
    assert!(names.len() > 30, "{names:?}");
    let django = include_str!("../bench/peer-django/customers/serializers.py");
    let sqlx = include_str!("../bench/bare/src/shape.rs");
    for name in names {
        assert!(django.contains(&format!("\n    {name} = ")), "{name} is missing in peer-django's serializers.py");
        let field = if name == "type" { "type_" } else { name };
        assert!(sqlx.contains(&format!("    {field}: ")), "{name} is missing in bare's shape.rs");
    }
}
