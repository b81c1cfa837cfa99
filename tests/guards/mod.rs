//! What holds for everything: each operation of the API's document, each table, each code, each module.
//! A new operation, table, code or module is covered the moment it exists, or its test says what to
//! add here.

mod bench;
mod branches;
mod budgets;
mod codes;
mod commands;
pub mod database;
mod document;
mod foreign;
mod hostile;
mod offering;
mod oneself;
mod operations;
mod opportunities;
mod rows;
pub mod samples;
mod schema;
mod source;
mod staffing;
mod tagging;
