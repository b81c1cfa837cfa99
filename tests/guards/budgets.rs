//! How many statements an answer may cost. A list costs the same whatever it shows; a hundred rows
//! that need a hundred statements are found here, not by a customer.
//!
//! The first call of a kind is not counted: it may fetch the snapshot of the member of staff and the
//! keys of the business, which are kept for a while. BEGIN and COMMIT are not statements of a budget.

use super::document::{Access, operations};
use super::samples::{Desk, Sample};
use crate::harness::{Client, Shop, phone_number, text};
use serde_json::json;

/// Operations and the most statements each may cost, for the sample of `samples.rs`. Every operation
/// that has a scope stands here. A change holds the row first, so that the record knows what stood there;
/// and what hangs on a person asks for the person's key, under which the record seals it.
const BUDGETS: &[(&str, u64)] = &[
    ("list_audit_entries", 5), // the page, the keys of the persons on it, the names of customers, orders and offers
    ("verify_audit", 7),
    ("list_installation_audit", 1),
    ("change_password", 14), // the counters of guesses (6), and what a login of the old password began
    ("verify_installation_audit", 7),
    ("list_customers", 3), // the page, and its tags; with a rare tag or a part of the business, whose ids it is
    // The row, what it is found by (2), its phones, its tags looked up and put on, read back (2), the record.
    ("create_customer", 10),
    ("count_customers", 1),
    ("change_customers", 8),
    ("delete_customers", 5),
    ("list_bulk_actions", 1),
    ("get_bulk_action", 1),
    ("list_bulk_failures", 2),
    ("cancel_bulk_action", 5),
    ("undo_bulk_action", 7),  // and those of whom the last one left some as they are
    ("upload_import", 14),    // the row, a piece of the file each (3), what was read (3), and what it shows (4)
    ("upload_attachment", 8), // room for it (2), the row, a piece of the file each (1), what it is, and what it shows
    ("get_attachment", 4),    // and one for each piece of the file
    ("list_imports", 1),
    ("get_import", 4),
    ("start_import", 10),
    ("cancel_import", 5),
    ("revert_import", 6),
    ("get_import_errors", 4), // and two for each piece of the file
    ("create_export", 6),
    ("list_exports", 1),
    ("get_export", 1),
    ("create_export_link", 4),
    ("list_similar_customers", 6), // three kinds of likeness, who they are, which of them one sees, their owners
    // Both rows, the one that goes (8), the one that stays (8), its parts (4), one look at each table that hangs on
    // customers (6) and a second one at offers that one of them used, the log, the record.
    ("merge_customers", 32),
    ("undo_merge", 31),
    ("list_merges", 2),
    ("get_merge", 3),
    ("list_duplicates", 4), // the page, who they are, which of them one sees, their owners
    ("scan_duplicates", 6),
    ("list_scans", 1),
    ("ignore_duplicate", 3),
    ("list_views", 2), // and with which one one's own list opens
    ("choose_view", 3),
    ("create_view", 5),
    ("change_view", 7), // with what other views of one's own are called
    ("delete_view", 4),
    ("delete_customer", 9),
    ("refuse_ads", 6),
    ("erase_customer", 37), // found, their open orders, whom they were merged from, what they asked for, and one statement for each table that knows the person
    ("get_customer", 2),
    ("change_customer", 18), // with a new name: what it was found by goes (2), what it is found by comes (3)
    ("list_regions", 0),
    ("list_customer_types", 1),
    ("create_customer_type", 2),
    ("change_customer_type", 4),
    ("delete_customer_type", 6), // and the rules that may name it, held
    ("list_relations", 3),
    ("create_relation", 5),
    ("delete_relation", 5),
    ("star_customer", 3),
    ("unstar_customer", 2),
    ("reveal_customer_email", 3),
    ("reveal_customer_wechat", 3),
    ("reveal_customer_remark", 3),
    ("reveal_custom_field", 4),
    ("list_custom_fields", 1),
    ("create_custom_field", 3),
    ("change_custom_field", 4),
    ("order_custom_fields", 8), // one for each field that moves: here at most five
    ("count_custom_field", 4),  // the fields and values, views, rules
    ("delete_custom_field", 5), // the fields, gone, rules that ask for it, the record
    ("list_interactions", 2),
    ("create_interaction", 6), // one that is written down late costs one more
    ("reveal_customer_phone", 3),
    ("tag_customer", 11),
    ("list_inbox", 2),
    ("read_all_inbox", 1),
    ("read_inbox_item", 2),
    ("get_my_order", 6),
    ("list_my_orders", 2), // nothing proved yet: the list itself is budgeted below
    ("prove_receipt", 6),
    ("list_opportunities", 1),
    ("create_opportunity", 5),
    ("get_opportunity", 1),
    ("change_opportunity", 6),
    ("move_opportunity", 6),
    ("delete_opportunity", 5),
    ("list_orders", 1),
    ("create_order", 6), // the customer, the order, its lines, the link from the phone, the record and its key
    ("get_order", 2),
    ("change_order", 10), // read (2), the link (2), held, written, read back (2), the record and its key
    ("move_order", 8),
    ("reveal_order_phone", 4),
    ("create_receipt_code", 4),
    ("get_business", 1),
    ("change_business", 3),
    ("list_staff", 3), // staff, names of roles, names of teams
    ("list_staff_sessions", 2),
    ("revoke_staff_session", 4),
    ("wipe_staff_session", 7),
    ("create_staff", 7),
    ("change_staff", 8),
    ("choose_role", 8),
    ("suspend_staff", 7), // two more when it is a boss: another one has to be left
    ("resume_staff", 7),
    ("remove_staff", 15),    // holds their row, counts what is still in their name (5)
    ("preview_handover", 9), // with who can take over
    ("hand_over", 12),
    ("get_handover", 2),     // and whether its job is still there, until it is done
    ("list_invitations", 3), // whose they are, and what these may give
    ("create_invitation", 4),
    ("take_invitation_back", 2),
    ("list_roles", 1),
    ("create_role", 3),
    ("change_role", 5),
    ("delete_role", 6),
    ("preview_role", 2), // and up to eleven for each colleague who has it, at most twenty of them
    ("preview_role_of_staff", 19), // ten of them as above, before and after
    ("list_teams", 1),
    ("create_team", 5),
    ("change_team", 8),
    ("delete_team", 8),
    ("explain_permission", 8), // four of them ask what the colleague sees, where a pool is for members only
    ("claim_customer", 10), // found, its pool, taken, repeated (2), written down, read back (2), the record; three more where the pool has limits
    ("assign_customer", 8),
    ("list_pool_moves", 2),
    ("list_pools", 4),   // the pools, their members (2), what one took today
    ("create_pool", 15), // with the teams by which whoever makes it may be a member
    ("change_pool", 15),
    ("delete_pool", 8),
    ("get_pool_settings", 1),
    ("change_pool_settings", 8),
    ("list_recycle_rules", 2),
    ("create_recycle_rule", 6),
    ("change_recycle_rule", 7),
    ("delete_recycle_rule", 5),
    ("simulate_recycle_rule", 8),
    ("list_helpers", 2),
    ("add_helper", 8),
    ("remove_helper", 7), // two of them look again at what the boss sees, who was forgotten a moment before
    ("release_customer", 13),
    ("list_subscriptions", 1),
    ("list_tag_groups", 2),
    ("create_tag_group", 2),
    ("delete_tag_group", 9), // as with a tag, the rules that may name them, held
    ("change_tag_group", 9), // as a category: whoever has two of its tags, the rules that are there, and what is done later
    ("get_tag_group_uses", 8),
    ("merge_tag_group", 27), // both groups, and again when they are held (9), the tag that becomes another one, and what is done later
    ("restore_tag_group", 16),
    ("order_tag_groups", 7), // and one for each group that moves: here at most two
    ("order_tags", 6),
    ("create_tag", 3),
    ("get_tag_uses", 7),
    ("delete_tag", 9),  // with the rules that may name it, held, and what is left of what they name
    ("change_tag", 10), // to another group: the group, and the rules that are there; into a category one more
    ("merge_tag", 16),  // what names it (4), the tag twice, its first hundred customers, and what is done later
    ("restore_tag", 9),
    ("list_tag_rules", 1),
    ("create_tag_rule", 8),
    ("preview_tag_rule", 6),
    ("change_tag_rule", 7),
    ("delete_tag_rule", 4),
    ("list_plans", 2),
    ("create_plan", 7),
    ("get_plan", 2),
    ("get_plan_uses", 4),
    ("change_plan", 7),
    ("delete_plan", 6),
    ("list_customer_plans", 4), // the customer, their runs, the plans and the tasks of these
    ("stop_customer_plan", 7),
    ("list_offers", 1),
    ("create_offer", 6),
    ("get_offer", 1),
    ("change_offer", 5),
    ("stop_offer", 5),
    ("delete_offer", 5),
    ("list_customer_offers", 2),
    ("give_offer", 7),
    ("move_customer_offer", 8),
    ("take_offer_back", 8),
    ("list_my_offers", 9),
    ("list_tasks", 1),
    ("create_task", 6),
    ("finish_task", 4),
    ("reopen_task", 6),
    ("snooze_task", 7),
    ("get_today", 5),
    ("list_my_consents", 1),
    ("record_consent", 1),
    // Businesses are asked 400 at a time (3); then eight for each record, that it was taken out, and whoever holds its phones (2).
    ("get_my_data", 22),
    ("ask_about_my_data", 16),
    ("list_data_requests", 2),
    ("answer_data_request", 9),
    ("export_customer", 15),
    ("list_fading_customers", 3),
];

fn budget(operation: &str) -> Option<u64> {
    BUDGETS.iter().find(|(known, _)| *known == operation).map(|(_, most)| *most)
}

/// What a call costs, after one like it.
async fn cost(shop: &Shop, desk: &Desk<'_>, operation: &super::document::Operation) -> u64 {
    let sample = desk.sample(&operation.id).await;
    operation.call(&sample.client, &sample).await;
    let sample: Sample = desk.sample(&operation.id).await;
    // The sample of the customer side is somebody new, who comes with a first look of their own.
    if operation.is_mine() {
        sample.client.get("/auth/me").await.ok();
    }
    let (statements, answer) = shop.statements(operation.call(&sample.client, &sample)).await;
    assert!(answer.status < 300, "{}: {}", operation.id, answer.body);
    statements
}

#[actix_web::test]
async fn no_operation_costs_more_than_its_budget() {
    let shop = Shop::new().await;
    let desk = Desk::of_boss(&shop);
    let mut over = Vec::new();
    for operation in operations(&shop).await {
        if !matches!(operation.access, Access::Can(_)) && !operation.is_mine() {
            continue;
        }
        let spent = cost(&shop, &desk, &operation).await;
        println!("(\"{}\", {spent}),", operation.id);
        match budget(&operation.id) {
            None => over.push(format!("{} has no budget: add it to tests/guards/budgets.rs", operation.id)),
            Some(most) if spent > most => over.push(format!("{} costs {spent}, allowed are {most}", operation.id)),
            Some(_) => {}
        }
    }
    assert!(over.is_empty(), "{over:#?}");
}

#[actix_web::test]
async fn a_list_costs_the_same_whatever_it_shows() {
    let shop = Shop::new().await;
    let desk = Desk::of_boss(&shop);
    let tags = [desk.tag().await, desk.tag().await];
    let now = shop.at.clock().now();
    let buyer = phone_number();
    let mut first = String::new();
    for at in 0..101 {
        let body = json!({ "name": format!("客户{at}"), "phones": [{ "number": phone_number() }], "tag_ids": tags });
        let customer = text(&shop.boss.post("/customers", body).await.ok()["id"]);
        if first.is_empty() {
            first.clone_from(&customer);
        }
        shop.boss.post("/tasks", json!({ "customer_id": customer, "title": "回访", "due_at": now })).await.ok();
        let content = json!({ "channel": "call", "content": "聊了聊" });
        shop.boss.post(&format!("/customers/{first}/interactions"), content).await.ok();
        let lines = json!([{ "name": "龙井", "quantity": 1, "unit_price_fen": 100 }, { "name": "普洱", "quantity": 1, "unit_price_fen": 100 }]);
        let order =
            json!({ "customer_id": customer, "receiver": "张三", "phone": buyer, "address": "杭州", "lines": lines });
        shop.boss.post("/orders", order).await.ok();
    }
    shop.run_jobs().await;
    let customer = shop.customer(&buyer).await;
    let lists: [(&Client, String); 8] = [
        (&shop.boss, "/customers".to_owned()),
        (&shop.boss, "/customers?q=客户".to_owned()),
        (&shop.boss, format!("/customers?tags_all={},{}", tags[0], tags[1])),
        (&shop.boss, format!("/customers/{first}/interactions")),
        (&shop.boss, "/tasks".to_owned()),
        (&shop.boss, "/orders".to_owned()),
        (&shop.boss, "/inbox".to_owned()),
        (&customer, "/me/orders".to_owned()),
    ];
    for (client, path) in lists {
        let join = if path.contains('?') { '&' } else { '?' };
        let mut costs = Vec::new();
        for limit in [1, 20, 100] {
            let path = format!("{path}{join}limit={limit}");
            client.get(&path).await.ok();
            let (statements, page) = shop.statements(client.get(&path)).await;
            let rows = page.ok()["items"].as_array().map_or(0, Vec::len);
            assert_eq!(rows, limit, "{path}");
            costs.push(statements);
        }
        println!("{path}: {costs:?}");
        let most = match path.as_str() {
            "/me/orders" => 6,
            path if path.contains("q=") => 4,
            path if path.contains("tags_all=") => 4, // which of the tags is rarer
            _ => 3,
        };
        assert!(costs.iter().all(|cost| *cost <= most), "{path}: {costs:?}, allowed are {most}");
        // A search looks further when too few names begin with what is sought.
        let differ = u64::from(path.contains("q="));
        let (least, most) = (costs.iter().min(), costs.iter().max());
        assert!(
            most.zip(least).is_some_and(|(most, least)| most - least <= differ),
            "{path} for 1, 20 and 100 rows: {costs:?}"
        );
    }
}

/// A creating request with an `Idempotency-Key` remembers its answer: one statement to begin with, one
/// to end with.
#[actix_web::test]
async fn a_request_that_is_remembered_costs_two_more_statements() {
    let shop = Shop::new().await;
    shop.boss.post("/tag-groups", json!({ "name": "口味" })).await.ok();
    let (once, _) = shop.statements(shop.boss.post("/tag-groups", json!({ "name": "年份" }))).await;
    let (keyed, answer) = shop.statements(shop.boss.post_once("/tag-groups", "key", json!({ "name": "产地" }))).await;
    answer.ok();
    assert_eq!(keyed, once + 2);
    let (again, answer) = shop.statements(shop.boss.post_once("/tag-groups", "key", json!({ "name": "产地" }))).await;
    answer.ok();
    // On SQLite the first statement of what is asked for goes along with the note of the request, and is not done.
    assert!(again <= 3, "asking again costs {again}");
}

/// The customer side asks each business once, not each order.
#[actix_web::test]
async fn orders_in_two_businesses_cost_two_more_statements_than_in_one() {
    let shop = Shop::new().await;
    let (here, there) = (Desk::of_boss(&shop), Desk::of_neighbour(&shop).await);
    let number = phone_number();
    here.order(&number).await;
    let buyer = shop.customer(&number).await;
    buyer.get("/me/orders").await.ok();
    let (one, _) = shop.statements(buyer.get("/me/orders")).await;
    there.order(&number).await;
    buyer.get("/me/orders").await.ok();
    let (two, page) = shop.statements(buyer.get("/me/orders")).await;
    assert_eq!(page.ok()["items"].as_array().map(Vec::len), Some(2));
    assert!(two <= one + 2, "one business {one}, two businesses {two}");
}
