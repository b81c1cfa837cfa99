//! Shuke 熟客: a CRM that small businesses in China run inside WeChat. This crate is the server.
//!
//! Read `docs/ARCHITECTURE.md` first: five concepts (rule, scope, permission, problem, job) and the
//! rules between the modules.

pub mod admin;
mod attachments;
mod audit;
mod auth;
mod backup;
mod cache;
mod calendar;
mod clock;
pub mod config;
mod crypto;
mod customers;
mod db;
mod duplicates;
mod edge;
mod erasure;
mod folded;
mod health;
mod installation;
mod interactions;
mod jobs;
mod log;
mod mine;
#[cfg(test)]
mod mutants;
mod offers;
mod openapi;
mod operators;
mod opportunities;
mod orders;
mod page;
mod plans;
mod presence;
mod privacy;
mod problem;
mod recycling;
mod rights;
mod rotation;
mod samples;
pub mod schema;
mod scope;
mod server;
mod sms;
mod tags;
mod tasks;
mod tenants;
mod today;
mod wechat;

pub use auth::hash_password;
pub use backup::{backup, restore};
pub use clock::Clock;
pub use duplicates::{SAYS, Say};
pub use erasure::erase_again;
pub use installation::Installation;
pub use jobs::{Worker, run_due};
pub use log::log;
pub use openapi::document;
pub use presence::Present;
pub use problem::Problem;
pub use rotation::turn_lookups;
pub use scope::Kind;
pub use scope::system::System;
pub use server::{Running, listen};
