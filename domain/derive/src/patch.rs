//! `#[patch]`: writes `Change<T>` and `Patch<T>` out as options, because `validator` recognises an
//! option by its name, and tells serde and OpenAPI what `null` means.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Error, GenericArgument, ItemStruct, PathArguments, Result, Type, parse_quote};

use crate::attributes::SerdeField;

pub(crate) fn expand(arguments: &TokenStream, mut item: ItemStruct) -> Result<TokenStream> {
    if !arguments.is_empty() {
        return Err(Error::new_spanned(arguments, "`#[patch]` takes no arguments"));
    }
    if !item.attrs.iter().any(|attribute| attribute.path().is_ident("derive")) {
        return Err(Error::new_spanned(&item.ident, "write `#[patch]` above `#[derive(...)]`"));
    }
    for field in &mut item.fields {
        let (name, held) = split(&field.ty).ok_or_else(|| {
            Error::new_spanned(&field.ty, "in a `#[patch]` struct every field is `Change<T>` or `Patch<T>`")
        })?;
        if !SerdeField::read(&field.attrs)?.default {
            field.attrs.push(parse_quote!(#[serde(default)]));
        }
        field.attrs.push(parse_quote!(#[serde(skip_serializing_if = "Option::is_none")]));
        if name == "Change" {
            field.attrs.push(parse_quote!(#[serde(deserialize_with = "::domain::patch::change")]));
            field.attrs.push(parse_quote!(#[schema(value_type = #held)]));
            field.attrs.push(parse_quote!(#[rules(change)]));
            field.ty = parse_quote!(Option<#held>);
        } else {
            field.attrs.push(parse_quote!(#[serde(deserialize_with = "::domain::patch::patch")]));
            field.attrs.push(parse_quote!(#[schema(value_type = Option<#held>)]));
            field.attrs.push(parse_quote!(#[rules(patch)]));
            field.ty = parse_quote!(Option<Option<#held>>);
        }
    }
    Ok(quote!(#item))
}

/// `Change<T>` or `Patch<T>` as (name, `T`).
pub(crate) fn split(ty: &Type) -> Option<(String, TokenStream)> {
    let Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last()?;
    if last.ident != "Change" && last.ident != "Patch" {
        return None;
    }
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(held) => Some((last.ident.to_string(), held.to_token_stream())),
        _ => None,
    }
}
