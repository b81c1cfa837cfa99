//! Reading attributes, and refusing the ones that the table has no form for.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Error, Expr, ExprLit, Lit, LitStr, Path, Result, Token};

/// The rules of a field or struct, as `#[validate(...)]` states them.
#[derive(Default)]
pub(crate) struct Rules {
    pub(crate) length: Option<Limits>,
    pub(crate) range: Option<Limits>,
    pub(crate) custom: Vec<Path>,
    pub(crate) schema: Vec<Path>,
    pub(crate) nested: bool,
}

/// `min` and `max`, as written.
#[derive(Default)]
pub(crate) struct Limits {
    pub(crate) min: Option<TokenStream>,
    pub(crate) max: Option<TokenStream>,
}

impl Rules {
    pub(crate) fn read(attributes: &[Attribute]) -> Result<Self> {
        let mut rules = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("validate")) {
            attribute.parse_nested_meta(|meta| rules.rule(&meta))?;
        }
        Ok(rules)
    }

    fn rule(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        if meta.path.is_ident("length") {
            self.length = Some(limits(meta, &["min", "max", "equal"])?);
        } else if meta.path.is_ident("range") {
            self.range = Some(limits(meta, &["min", "max"])?);
        } else if meta.path.is_ident("custom") {
            self.custom.push(function(meta)?);
        } else if meta.path.is_ident("schema") {
            self.schema.push(function(meta)?);
        } else if meta.path.is_ident("nested") {
            self.nested = true;
        } else {
            let name = meta.path.to_token_stream();
            return Err(meta.error(format!(
                "the rule table cannot express `{name}`: use length, range, custom, nested or schema"
            )));
        }
        Ok(())
    }
}

fn limits(meta: &ParseNestedMeta<'_>, allowed: &[&str]) -> Result<Limits> {
    let mut limits = Limits::default();
    meta.parse_nested_meta(|inner| {
        let Some(name) = allowed.iter().find(|name| inner.path.is_ident(name)) else {
            return Err(inner.error(format!("the rule table knows only {} here", allowed.join(", "))));
        };
        let value: Expr = inner.value()?.parse()?;
        let value = value.to_token_stream();
        if *name != "max" {
            limits.min = Some(value.clone());
        }
        if *name != "min" {
            limits.max = Some(value);
        }
        Ok(())
    })?;
    Ok(limits)
}

fn function(meta: &ParseNestedMeta<'_>) -> Result<Path> {
    let mut path = None;
    meta.parse_nested_meta(|inner| {
        if !inner.path.is_ident("function") {
            return Err(inner.error("the rule table knows only `function` here: codes and texts stand in `message`"));
        }
        path = Some(match inner.value()?.parse()? {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => text.parse()?,
            Expr::Path(path) => path.path,
            other => return Err(Error::new_spanned(other, "a path is needed")),
        });
        Ok(())
    })?;
    path.ok_or_else(|| meta.error("`function` is needed"))
}

/// What serde's attributes say about a field.
#[derive(Default)]
pub(crate) struct SerdeField {
    /// `default`, with the path of its function when it names one.
    pub(crate) default: bool,
    pub(crate) default_path: Option<Path>,
    pub(crate) rename: Option<String>,
    pub(crate) skip: bool,
    /// `deserialize_with` or `with`.
    pub(crate) custom: bool,
}

impl SerdeField {
    pub(crate) fn read(attributes: &[Attribute]) -> Result<Self> {
        let mut field = Self::default();
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
            attribute.parse_nested_meta(|meta| field.attribute(&meta))?;
        }
        Ok(field)
    }

    fn attribute(&mut self, meta: &ParseNestedMeta<'_>) -> Result<()> {
        let text = |meta: &ParseNestedMeta<'_>| meta.value()?.parse::<LitStr>();
        if meta.path.is_ident("default") {
            self.default = true;
            if meta.input.peek(Token![=]) {
                self.default_path = Some(text(meta)?.parse()?);
            }
        } else if meta.path.is_ident("rename") {
            self.rename = Some(text(meta)?.value());
        } else if meta.path.is_ident("skip") {
            self.skip = true;
        } else if meta.path.is_ident("deserialize_with") {
            text(meta)?;
            self.custom = true;
        } else if meta.path.is_ident("skip_serializing_if") {
            text(meta)?;
        } else {
            return Err(meta.error("the rule table knows only default, rename = \"...\", skip and skip_serializing_if"));
        }
        Ok(())
    }
}

/// Whether the struct says `#[serde(deny_unknown_fields)]`, and nothing else to serde.
pub(crate) fn denies_unknown_fields(attributes: &[Attribute]) -> Result<bool> {
    let mut denies = false;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("deny_unknown_fields") {
                return Err(meta.error("the rule table knows only `deny_unknown_fields` on a struct"));
            }
            denies = true;
            Ok(())
        })?;
    }
    Ok(denies)
}

/// The rules over a few fields that a struct states as `#[rules(part(of = "Struct", function = "name"))]`: the struct
/// that holds those fields, and what is asked of it.
pub(crate) fn parts(attributes: &[Attribute]) -> Result<Vec<(Path, Path)>> {
    let mut parts = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("rules")) {
        attribute.parse_nested_meta(|meta| {
            if !meta.path.is_ident("part") {
                return Err(meta.error("the rule table knows only `part` on a struct"));
            }
            let (mut of, mut function) = (None, None);
            meta.parse_nested_meta(|inner| {
                let path: Path = inner.value()?.parse::<LitStr>()?.parse()?;
                if inner.path.is_ident("of") {
                    of = Some(path);
                } else if inner.path.is_ident("function") {
                    function = Some(path);
                } else {
                    return Err(inner.error("the rule table knows only `of` and `function` here"));
                }
                Ok(())
            })?;
            parts.push(of.zip(function).ok_or_else(|| meta.error("`of` and `function` are needed"))?);
            Ok(())
        })?;
    }
    Ok(parts)
}

/// The mark that `#[patch]` left on a field.
pub(crate) fn mark(attributes: &[Attribute]) -> Result<Option<String>> {
    let mut mark = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("rules")) {
        attribute.parse_nested_meta(|meta| {
            mark = meta.path.get_ident().map(ToString::to_string);
            Ok(())
        })?;
    }
    Ok(mark)
}
