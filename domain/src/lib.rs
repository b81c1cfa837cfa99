//! The rules of Shuke: no input or output, no clock, no randomness, no database. The server and the
//! phone (through WebAssembly) run the same code.

// The macros of this crate name it `::domain`, also when it uses them itself.
extern crate self as domain;

#[doc(hidden)]
pub use {serde, utoipa};

pub mod bulk;
pub mod check;
pub mod code;
pub mod filters;
pub mod forms;
pub mod given;
pub mod json;
pub mod message;
pub mod moment;
pub mod patch;
pub mod prelude;
pub mod table;
pub mod value;
pub mod violation;

pub mod accounts;
pub mod attachments;
pub mod contacts;
pub mod custom_fields;
pub mod customers;
pub mod dates;
pub mod duplicates;
pub mod interactions;
pub mod keys;
pub mod money;
pub mod offers;
pub mod opportunities;
pub mod orders;
pub mod permission;
pub mod phone;
pub mod plans;
pub mod pools;
pub mod privacy;
pub mod region;
pub mod rights;
pub mod staff;
pub mod step_up;
pub mod tags;
pub mod tasks;
pub mod text;
pub mod transfer;

pub use check::check;
pub use forms::Form;
pub use message::Lang;
pub use violation::{Param, Violation, Violations};
