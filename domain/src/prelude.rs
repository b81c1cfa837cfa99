//! What a feature's rules are written with: `use crate::prelude::*;`.
//!
//! ```compile_fail
//! use domain::prelude::*;
//! #[derive(Serialize, Deserialize, Validate, RuleTable)]
//! #[serde(deny_unknown_fields)]
//! struct Login {
//!     #[validate(email)] // the rule table cannot express `email`
//!     name: String,
//! }
//! ```
//!
//! ```compile_fail
//! use domain::prelude::*;
//! #[derive(Serialize, Deserialize, Validate, RuleTable)]
//! #[serde(deny_unknown_fields)]
//! struct Changes {
//!     name: Change<String>, // write `#[patch]` above the `#[derive(...)]`
//! }
//! ```
//!
//! ```compile_fail
//! use domain::prelude::*;
//! #[derive(Serialize, Deserialize, Validate, RuleTable)]
//! struct Lenient {
//!     name: String, // a form says `#[serde(deny_unknown_fields)]`
//! }
//! ```
//!
//! ```
//! use domain::prelude::*;
//! #[patch]
//! #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
//! #[serde(deny_unknown_fields)]
//! struct Changes {
//!     #[validate(length(min = 1, max = 20))]
//!     name: Change<String>,
//!     #[validate(length(max = 500))]
//!     remark: Patch<String>,
//! }
//! # fn main() {}
//! ```

pub use chrono::{DateTime, NaiveDate, Utc};
pub use domain_derive::{RuleTable, patch};
pub use serde::{Deserialize, Serialize};
pub use utoipa::ToSchema;
pub use uuid::Uuid;
pub use validator::{Validate, ValidationError};

pub use crate::code::Code;
pub use crate::codes;
pub use crate::given::Given;
pub use crate::patch::{Change, Patch};
pub use crate::value::Verbatim;
pub use crate::violation::{Param, Violation, Violations, fail, fail_at};
