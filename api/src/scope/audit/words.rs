//! The words of the record: what was done, and to what kind of row. A search for another word would find nothing
//! and say nothing, so it is refused.

use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

/// What was done.
pub(crate) const ACTIONS: [&str; 67] = [
    "accept_invitation",
    "appoint",
    "assign",
    "bulk",
    "cancel",
    "claim",
    "create",
    "cut",
    "decline",
    "delete",
    "erase",
    "export",
    "forget_phone",
    "hand_over",
    "handed_over",
    "handover_failed",
    "ignore_duplicate",
    "import",
    "invite",
    "join",
    "login",
    "login_failed",
    "login_noticed",
    "members",
    "merge",
    "message",
    "move",
    "move_pool",
    "order",
    "plan_begin",
    "plan_end",
    "plan_wait",
    "receipt_code",
    "recycle",
    "recycle_warned",
    "relate",
    "release",
    "remind",
    "reset_totp",
    "restore",
    "retention",
    "retention_over",
    "retention_warned",
    "reveal",
    "revoke",
    "role",
    "rotate",
    "rotate_master",
    "rotated",
    "sample",
    "scan",
    "send",
    "set_password",
    "set_password_failed",
    "settle",
    "share",
    "step_up",
    "step_up_failed",
    "tag",
    "take_invitation_back",
    "totp",
    "undo",
    "unmerge",
    "unrelate",
    "unshare",
    "update",
    "wipe",
];

/// To what kind of row.
pub(crate) const RESOURCES: [&str; 29] = [
    "audit",
    "business",
    "custom_field",
    "customer",
    "customer_offer",
    "customer_type",
    "data_request",
    "interaction",
    "keys",
    "network",
    "offer",
    "operator",
    "opportunity",
    "order",
    "plan",
    "pool",
    "pool_settings",
    "recycle_rule",
    "reminder",
    "role",
    "session",
    "staff",
    "tag",
    "tag_group",
    "tag_rule",
    "task",
    "team",
    "tenant",
    "view",
];

/// The actions, for the document.
pub(crate) fn actions() -> Object {
    words(&ACTIONS, "Entries that say that this was done.")
}

/// The kinds of rows, for the document.
pub(crate) fn resources() -> Object {
    words(&RESOURCES, "Entries about this kind of row.")
}

fn words(words: &'static [&'static str], meaning: &str) -> Object {
    let schema = ObjectBuilder::new().schema_type(Type::String).description(Some(meaning));
    schema.enum_values(Some(words.iter().copied())).build()
}
