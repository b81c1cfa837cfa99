//! Which module may know what: the order of docs/ARCHITECTURE.md, read off the sources.

use super::source::{self, Source};

/// Features in their order: one may use those of an earlier rank.
const FEATURES: &[(&str, u8)] = &[
    ("tenants", 0),
    ("tags", 1),
    ("customers", 2),
    // What is written down with a customer may make a task, so it comes after tasks.
    ("tasks", 3),
    ("interactions", 4),
    ("plans", 4),
    // Given to customers by the bulk action, so what an offer is comes before them.
    ("offers", 1),
    ("opportunities", 5),
    ("orders", 5),
    ("mine", 6),
    ("rights", 6),
    ("recycling", 6),
    ("today", 7),
    ("erasure", 8),
    // Sees businesses, never what is in them, and erases them.
    ("operators", 9),
    ("rotation", 10),
    // What is merged hangs together across all of them.
    ("duplicates", 10),
    // What is kept about a person is in all of them, and a deletion is an erasure.
    ("privacy", 9),
];

/// Puts the parts together, so it knows them all.
const ASSEMBLY: [&str; 7] =
    ["lib.rs", "main.rs", "server.rs", "openapi.rs", "admin/mod.rs", "admin/keys.rs", "schema.rs"];

/// Infrastructure that knows a feature, each with its reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("audit/routes.rs", "customers", "which of the business's own fields a reader does not see"),
    ("audit/names.rs", "customers", "an entry says what its customer is called now"),
    ("audit/names.rs", "orders", "and the number of its order"),
    ("audit/unseen.rs", "customers", "values of rows that a reader does not see are hidden"),
    ("audit/unseen.rs", "interactions", "values of rows that a reader does not see are hidden"),
    ("audit/names.rs", "offers", "what customers were given is called as the offer is"),
    ("audit/unseen.rs", "opportunities", "values of rows that a reader does not see are hidden"),
    ("audit/unseen.rs", "orders", "values of rows that a reader does not see are hidden"),
    ("audit/unseen.rs", "privacy", "values of rows that a reader does not see are hidden"),
    ("audit/unseen.rs", "tasks", "values of rows that a reader does not see are hidden"),
    ("jobs/worker.rs", "rotation", "the list of the kinds of job there are"),
    ("scope/audit/persons.rs", "customers", "recorded values are sealed under the key of the person they are about"),
    ("attachments/entity.rs", "customers", "what hangs on a customer is seen by whoever sees the customer"),
    ("attachments/routes.rs", "customers", "a file is opened with the key of the person it hangs on"),
    ("jobs/worker.rs", "privacy", "the list of the kinds of job there are"),
    ("scope/system/retention.rs", "privacy", "the job whose turn it is"),
    ("scope/system/records.rs", "customers", "a person finds their records in all businesses by a proved phone"),
    ("scope/system/records.rs", "privacy", "whoever was erased still hears what became of their request"),
    ("samples/mod.rs", "customers", "customers that a benchmark asks for, written as the product writes them"),
    ("samples/mod.rs", "tags", "the tags that they have"),
    ("samples/mod.rs", "tenants", "the people who look after them"),
    ("samples/people.rs", "customers", "what such a customer is made of"),
    ("jobs/worker.rs", "duplicates", "the list of the kinds of job there are"),
    ("jobs/worker.rs", "customers", "the list of the kinds of job there are"),
    ("scope/system/searching.rs", "customers", "the job whose turn it is"),
    ("scope/system/tagging.rs", "customers", "the job whose turn it is"),
    ("scope/system/tagging.rs", "tags", "the rules whose turn it is"),
    ("scope/system/pools.rs", "customers", "which pools somebody sees is part of what they see of customers"),
    ("scope/system/pools.rs", "tenants", "members are teams, too"),
    ("scope/system/recycling.rs", "recycling", "the rules whose turn it is, and their job"),
    ("jobs/worker.rs", "plans", "the list of the kinds of job there are"),
    ("jobs/worker.rs", "recycling", "the list of the kinds of job there are"),
    ("scope/system/transfers.rs", "customers", "the rows of tables whose time is over"),
    ("jobs/worker.rs", "tasks", "the list of the kinds of job there are"),
    ("scope/system/hiring.rs", "tenants", "who runs the installation makes staff of a business"),
    ("scope/system/tenants.rs", "tenants", "who works where is asked before any business is known"),
    ("jobs/worker.rs", "rights", "the list of the kinds of job there are"),
    ("scope/system/keys/fill.rs", "tenants", "colleagues are found by a phone before any business is known"),
    ("scope/system/places.rs", "tenants", "whoever proves a phone is offered the place that was entered with it"),
    ("scope/system/invitations.rs", "tenants", "an invitation is found before any business is known"),
    ("scope/system/credits.rs", "tasks", "WeChat's event about a message names no business; its row does"),
];

/// Files outside `db/` that may name a kind of database, each with its reason.
const KNOWS_THE_DATABASE: [(&str, &str); 0] = [];

/// Files outside `scope/` and `db/` that may write SQL themselves, each with its reason.
const WRITES_SQL: [(&str, &str); 0] = [];

fn rank(name: &str) -> Option<u8> {
    FEATURES.iter().find(|(known, _)| *known == name).map(|(_, rank)| *rank)
}

/// Modules of the crate that a source names after `crate::`, with the line.
fn uses(source: &Source) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (start, _) in source.text.match_indices("crate::") {
        let number = source.text[..start].matches('\n').count() + 1;
        let rest = &source.text[start + "crate::".len()..];
        let names: Vec<&str> = match rest.strip_prefix('{') {
            Some(group) => top_level(group),
            None => vec![rest],
        };
        for name in names {
            let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
            found.push((number, name[..end].to_owned()));
        }
    }
    found
}

/// The parts of `a::{b, c}, d}` between the commas that no inner bracket holds.
fn top_level(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                parts.push(group[start..at].trim());
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(group[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts
}

#[test]
fn a_feature_uses_earlier_features_only() {
    let mut wrong = Vec::new();
    for source in source::of("api") {
        let here = source.path.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        let Some(own) = rank(here) else { continue };
        for (number, name) in uses(&source) {
            if rank(&name).is_some_and(|other| name != here && other >= own) {
                wrong.push(format!("{}:{number} uses {name}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn infrastructure_knows_no_feature() {
    let (mut wrong, mut met) = (Vec::new(), Vec::new());
    for source in source::of("api") {
        let here = source.path.split('/').next().unwrap_or_default();
        if rank(here).is_some() || ASSEMBLY.contains(&source.path.as_str()) {
            continue;
        }
        for (number, name) in uses(&source) {
            if rank(&name).is_none() {
                continue;
            }
            match EXCEPTIONS.iter().find(|(path, other, _)| *path == source.path && *other == name) {
                Some(exception) => met.push(exception),
                None => wrong.push(format!("{}:{number} uses {name}", source.path)),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for exception in EXCEPTIONS {
        assert!(met.contains(&exception), "{exception:?} is no exception any more");
    }
}

#[test]
fn nothing_but_the_database_module_asks_which_database_it_is() {
    let words = ["dbbackend", "get_database_backend", "mysql", "mariadb", "sqlite"];
    only(&["db/", "backup.rs", "config.rs"], &KNOWS_THE_DATABASE, |line| {
        let line = line.to_lowercase();
        words.iter().any(|word| line.contains(word))
    });
}

#[test]
fn no_feature_writes_sql_itself() {
    let calls = ["execute_unprepared", "Statement::", "_raw(", "Expr::cust", "from_raw_sql", "sqlx::"];
    let verbs = ["\"SELECT ", "\"INSERT ", "\"UPDATE ", "\"DELETE ", "\"CREATE ", "\"PRAGMA "];
    only(&["db/", "scope/", "backup.rs"], &WRITES_SQL, |line| {
        calls.iter().chain(&verbs).any(|word| line.contains(word))
    });
}

/// The record is append-only: besides the change that writes them, only sealing touches entries and only
/// the end of their time removes them.
#[test]
fn nothing_else_changes_or_removes_audit_entries() {
    let own = ["scope/audit/chain.rs", "scope/audit/retention.rs", "scope/audit/mod.rs"];
    let verbs =
        ["::update", "::delete", "::insert", "derive::<", "derive_all::<", "remove::<", "bury::<", "rewrite::<"];
    for source in source::of("api").iter().filter(|source| !own.contains(&source.path.as_str())) {
        for (number, line) in source.lines() {
            let line = line.replace("credit_entry", "");
            let names =
                line.contains("audit_entry") || line.contains("entry::Entity") || line.contains("audit_entries");
            let writes = verbs.iter().any(|verb| line.contains(verb));
            assert!(!(names && writes), "{}:{number}: {}", source.path, line.trim());
        }
    }
    let sealed = source::of("api").into_iter().find(|source| source.path == own[0]).expect("the chain");
    assert_eq!(sealed.text.matches("entry::Entity::update").count(), 1, "sealing changes entries in one place");
    assert!(!sealed.text.contains("entry::Entity::delete"));
}

/// The master key can only go when nothing is left under it.
#[test]
fn whatever_the_installation_seals_is_sealed_anew_when_the_master_key_changes() {
    let sources = source::of("api");
    let list = sources.iter().find(|source| source.path == "scope/system/keys/rewrap.rs").expect("the list");
    let mut met = 0;
    for source in sources.iter().filter(|source| source.path != list.path && !source.path.starts_with("crypto/")) {
        for (start, quote) in source.text.match_indices("\"|") {
            let place = source.text[start + quote.len()..].split('|').next().unwrap_or_default();
            let Some((table, column)) = place.split_once('.').filter(|(table, _)| *table != "installation") else {
                continue;
            };
            let listed = list.text.contains(&format!("(\"{table}\", \"{column}\""));
            assert!(listed, "{}: list {place} in {}", source.path, list.path);
            met += 1;
        }
    }
    assert!(met >= 3, "only {met} places were found");
}

/// Only these folders and exceptions have lines of that kind.
fn only(folders: &[&str], exceptions: &[(&str, &str)], is: impl Fn(&str) -> bool) {
    let (mut wrong, mut met) = (Vec::new(), Vec::new());
    for source in
        source::of("api").iter().filter(|source| !folders.iter().any(|folder| source.path.starts_with(folder)))
    {
        for (number, line) in source.lines().filter(|(_, line)| is(line)) {
            match exceptions.iter().find(|(path, _)| *path == source.path) {
                Some(exception) => met.push(exception),
                None => wrong.push(format!("{}:{number}: {}", source.path, line.trim())),
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for exception in exceptions {
        assert!(met.contains(&exception), "{exception:?} is no exception any more");
    }
}
