//! The derive of the rule table: reads the `#[validate(...)]` attributes that `validator` reads and
//! the serde attributes that decide about presence, and writes them down as data.
//!
//! What the table cannot express does not compile: a rule that only one side ran would be a rule
//! written twice.

mod attributes;
mod patch;
mod table;

use proc_macro::TokenStream;
use syn::{DeriveInput, ItemStruct, parse_macro_input};

/// Emits the struct's `domain::table::Table` and how it is read from a checked tree.
#[proc_macro_derive(RuleTable, attributes(validate, rules, serde))]
pub fn rule_table(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    table::expand(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Marks a merge patch (RFC 7396): every field is `Change<T>` or `Patch<T>`. Stands above the
/// `#[derive(...)]` of the struct.
#[proc_macro_attribute]
pub fn patch(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let item = parse_macro_input!(item as ItemStruct);
    patch::expand(&arguments.into(), item).unwrap_or_else(syn::Error::into_compile_error).into()
}
