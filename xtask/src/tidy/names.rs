//! Names say what a thing is.

use std::collections::BTreeSet;

use super::{Complaints, Source};

/// Words that could stand for anything.
const BANNED: [&str; 11] =
    ["manager", "helper", "util", "common", "base", "data", "info", "service", "processor", "impl", "misc"];

/// Features of the mini-program that have their own name there: the customer side of orders and offers.
const ONLY_ON_THE_PHONE: [(&str, &str); 3] = [("my-orders", "mine"), ("my-offers", "mine"), ("business", "tenants")];

pub fn check(path: &str, complaints: &mut Complaints) {
    for part in path.split('/') {
        let stem = part.split('.').find(|stem| !stem.is_empty()).unwrap_or(part);
        let words = stem.split(['-', '_']).map(|word| word.strip_suffix('s').unwrap_or(word).to_lowercase());
        for word in words {
            if BANNED.contains(&word.as_str()) {
                complaints.push(format!("{path}: \"{word}\" does not say what {part} is"));
            }
        }
    }
}

/// One feature is the same word on the phone, in the rules and in the API.
pub fn features(sources: &[Source], complaints: &mut Complaints) {
    let has = |start: &str| sources.iter().any(|source| source.path.starts_with(start));
    let names: BTreeSet<&str> = sources
        .iter()
        .filter_map(|source| source.path.strip_prefix("miniprogram/features/")?.split('/').next())
        .collect();
    for name in names {
        let other = ONLY_ON_THE_PHONE.iter().find(|(here, _)| *here == name).map_or(name, |(_, there)| there);
        if !has(&format!("domain/src/{other}.rs")) && !has(&format!("api/src/{other}/")) {
            complaints.push(format!("miniprogram/features/{name}: neither domain nor api knows this feature"));
        }
    }
}
