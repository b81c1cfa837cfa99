//! The product's statements, as its database's log shows them (`cargo xtask bench` compares the two).

use std::sync::LazyLock;

use crate::tables::{CUSTOMERS, LISTED, TAGGINGS};

/// `EXISTS(…)` of the star that whoever asks gave.
const STARRED: &str = "EXISTS(SELECT ? FROM `customer_stars` WHERE `customer_stars`.`tenant_id` = ? \
     AND `customer_stars`.`staff_id` = ? AND `customer_stars`.`customer_id` = `customers`.`id`) AS `starred`";

/// One customer.
pub static CUSTOMER: LazyLock<String> = LazyLock::new(|| customers(CUSTOMERS, "AND `customers`.`id` = ?"));

/// The first page.
pub static LIST: LazyLock<String> =
    LazyLock::new(|| customers(LISTED, "ORDER BY `customers`.`created_at` DESC, `customers`.`id` DESC LIMIT ?"));

/// Customers, each with whether whoever asks has marked them.
fn customers(shown: &str, which: &str) -> String {
    let columns = columns("customers", shown);
    format!(
        "SELECT {columns}, {STARRED} FROM `customers` WHERE `customers`.`tenant_id` = ? AND `customers`.`live` = ? {which}"
    )
}

/// The tags of so many customers, after what MariaDB is told about indexes.
pub fn tags_of(hint: &str, customers: usize) -> String {
    format!(
        "SELECT {}, {} FROM `customer_tags`{hint} LEFT JOIN `tags` ON `customer_tags`.`tenant_id` = `tags`.`tenant_id` \
         AND `customer_tags`.`tag_id` = `tags`.`id` WHERE `customer_tags`.`tenant_id` = ? \
         AND `customer_tags`.`customer_id` IN ({})",
        columns("customer_tags", "customer_id by_rule"),
        columns("tags", "id name colour live created_at"),
        marks(customers),
    )
}

/// The columns of a tag that somebody gave: no rule did, and none became it.
pub fn given() -> String {
    TAGGINGS.replace("by_rule merged_from ", "")
}

/// Which of so many tags there are, with their groups, and whether there is any follow-up plan.
pub fn tags(count: usize) -> String {
    format!(
        "SELECT {}, `tag_groups`.`single`, EXISTS(SELECT ? FROM `plans` WHERE `plans`.`tenant_id` = ? \
         AND `plans`.`live` = ?) AS `planned` FROM `tags` LEFT JOIN `tag_groups` ON `tags`.`tenant_id` = `tag_groups`.`tenant_id` \
         AND `tags`.`group_id` = `tag_groups`.`id` WHERE `tags`.`tenant_id` = ? AND `tags`.`live` = ? \
         AND `tags`.`id` IN ({})",
        columns("tags", "id group_id name colour created_at"),
        marks(count),
    )
}

/// Remembers an answer.
pub const ANSWER: &str = "UPDATE `idempotency` SET `answer` = ? WHERE `idempotency`.`tenant_id` = ? \
     AND `idempotency`.`actor_id` = ? AND `idempotency`.`digest` IN (?)";

/// Inserts so many rows.
pub fn rows(table: &str, columns: &str, count: usize) -> String {
    let names: Vec<String> = columns.split_whitespace().map(|column| format!("`{column}`")).collect();
    let row = format!("({})", marks(names.len()));
    format!("INSERT INTO `{table}` ({}) VALUES {}", names.join(", "), vec![row; count].join(", "))
}

fn columns(table: &str, columns: &str) -> String {
    let names: Vec<String> = columns.split_whitespace().map(|column| format!("`{table}`.`{column}`")).collect();
    names.join(", ")
}

fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}
