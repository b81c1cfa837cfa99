//! The product's statements, as its database's log shows them.

/// The columns of a customer.
macro_rules! columns {
    () => {
        concat!(
            "`customers`.`tenant_id`, `customers`.`id`, `customers`.`owner_id`, `customers`.`pool_id`, ",
            "`customers`.`name`, `customers`.`kind`, `customers`.`type`, `customers`.`company`, `customers`.`title`, ",
            "`customers`.`region`, `customers`.`source`, `customers`.`industry`, `customers`.`size`, ",
            "`customers`.`needs`, `customers`.`dates`, `customers`.`birthday`, `customers`.`remark`, ",
            "`customers`.`person_key`, `customers`.`vault`, `customers`.`last_contact_at`, ",
            "`customers`.`next_contact_at`, `customers`.`created_by`, `customers`.`version`, ",
            "`customers`.`created_at`, `customers`.`updated_at`, `customers`.`deleted_at`, `customers`.`live`, ",
            "`customers`.`erased_at`, `customers`.`custom`"
        )
    };
}

/// One customer, and whether whoever asks has marked them.
pub const CUSTOMER: &str = concat!(
    "SELECT ",
    columns!(),
    ", EXISTS(SELECT ? FROM `customer_stars` WHERE `customer_stars`.`tenant_id` = ? ",
    "AND `customer_stars`.`staff_id` = ? AND `customer_stars`.`customer_id` = ?) AS `starred` ",
    "FROM `customers` WHERE `customers`.`tenant_id` = ? AND `customers`.`live` = ? AND `customers`.`id` = ?"
);

/// The first page.
pub const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM `customers` WHERE `customers`.`tenant_id` = ? AND `customers`.`live` = ? ",
    "ORDER BY `customers`.`created_at` DESC, `customers`.`id` DESC LIMIT ?"
);

/// The tags of so many customers.
pub fn tags_of(customers: usize) -> String {
    [
        "SELECT `customer_tags`.`tenant_id` AS `A_tenant_id`, `customer_tags`.`customer_id` AS `A_customer_id`, ",
        "`customer_tags`.`tag_id` AS `A_tag_id`, `tags`.`tenant_id` AS `B_tenant_id`, `tags`.`id` AS `B_id`, ",
        "`tags`.`group_id` AS `B_group_id`, `tags`.`name` AS `B_name`, `tags`.`colour` AS `B_colour`, ",
        "`tags`.`version` AS `B_version`, `tags`.`created_at` AS `B_created_at`, ",
        "`tags`.`updated_at` AS `B_updated_at`, `tags`.`deleted_at` AS `B_deleted_at`, `tags`.`live` AS `B_live` ",
        "FROM `customer_tags` LEFT JOIN `tags` ON `customer_tags`.`tenant_id` = `tags`.`tenant_id` ",
        "AND `customer_tags`.`tag_id` = `tags`.`id` WHERE `customer_tags`.`tenant_id` = ? ",
        &format!("AND `customer_tags`.`customer_id` IN ({}) ", marks(customers)),
        "ORDER BY `tags`.`created_at` ASC",
    ]
    .concat()
}

/// Which of so many tags there are.
pub fn places(tags: usize) -> String {
    [
        "SELECT `tags`.`tenant_id`, `tags`.`id`, `tags`.`group_id`, `tags`.`name`, `tags`.`colour`, `tags`.`version`, ",
        "`tags`.`created_at`, `tags`.`updated_at`, `tags`.`deleted_at`, `tags`.`live` FROM `tags` ",
        &format!("WHERE `tags`.`tenant_id` = ? AND `tags`.`live` = ? AND `tags`.`id` IN ({}) ORDER BY `tags`.`created_at` ASC", marks(tags)),
    ]
    .concat()
}

/// The columns of a new customer.
pub const INSERT: &str = "tenant_id id owner_id name kind type company title region source industry size needs dates \
     birthday remark person_key vault created_by version created_at updated_at deleted_at live custom \
     pool_id last_contact_at next_contact_at erased_at merged_into owned_at";

/// The columns of an entry of the record.
pub const AUDIT: &str = "tenant_id id actor_id actor_name action resource resource_id changes request_id at address session_id \
     person_id sealed seq hash";

/// Remembers an answer.
pub const ANSWER: &str = "UPDATE `idempotency` SET `answer` = ? WHERE `idempotency`.`tenant_id` = ? \
     AND `idempotency`.`actor_id` = ? AND `idempotency`.`digest` IN (?)";

/// Inserts so many rows.
pub fn rows(table: &str, columns: &str, count: usize) -> String {
    let names: Vec<String> = columns.split_whitespace().map(|column| format!("`{column}`")).collect();
    let row = format!("({})", marks(names.len()));
    format!("INSERT INTO `{table}` ({}) VALUES {}", names.join(", "), vec![row; count].join(", "))
}

fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}
