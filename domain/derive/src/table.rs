//! Writing the table.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{Data, DeriveInput, Error, Field, Fields, Ident, LitStr, Result, Type};

use crate::attributes::{Rules, SerdeField, denies_unknown_fields, mark, parts};
use crate::patch;

pub(crate) fn expand(input: &DeriveInput) -> Result<TokenStream> {
    let ident = &input.ident;
    let Data::Struct(data) = &input.data else {
        return Err(Error::new_spanned(ident, "`RuleTable` is for structs"));
    };
    let Fields::Named(named) = &data.fields else {
        return Err(Error::new_spanned(ident, "`RuleTable` needs named fields"));
    };
    if !input.generics.params.is_empty() {
        return Err(Error::new_spanned(&input.generics, "a form has no type parameters"));
    }
    if !denies_unknown_fields(&input.attrs)? {
        return Err(Error::new_spanned(ident, "a form says `#[serde(deny_unknown_fields)]`: the table refuses them"));
    }

    let (mut entries, mut reads, mut proofs) = (Vec::new(), Vec::new(), Vec::new());
    for field in &named.named {
        let column = Column::of(field)?;
        reads.push(column.read());
        if !column.serde.skip {
            entries.push(column.entry());
            proofs.push(column.proof());
        }
    }

    let name = LitStr::new(&snake(&ident.to_string()), ident.span());
    let whole = Rules::read(&input.attrs)?.schema.into_iter().map(|path| {
        quote! {
            |tree| match <#ident as ::domain::table::Value>::read(tree) {
                Some(value) => #path(&value),
                None => Ok(()),
            }
        }
    });
    let parts = parts(&input.attrs)?.into_iter().map(|(of, path)| {
        quote! {
            |tree| match <#of as ::domain::table::Value>::read(tree) {
                Some(value) => #path(&value),
                None => Ok(()),
            }
        }
    });
    Ok(quote! {
        #[automatically_derived]
        impl ::domain::table::RuleTable for #ident {
            const TABLE: &'static ::domain::table::Table = {
                static TABLE: ::domain::table::Table = ::domain::table::Table {
                    name: #name,
                    fields: &[#(#entries),*],
                    parts: &[#(#parts),*],
                    whole: &[#(#whole),*],
                };
                &TABLE
            };
        }

        #[automatically_derived]
        impl ::domain::table::Value for #ident {
            const KIND: ::domain::table::Kind =
                ::domain::table::Kind::Record(<Self as ::domain::table::RuleTable>::TABLE);

            fn read(tree: &::domain::json::Tree) -> Option<Self> {
                Some(Self { #(#reads),* })
            }
        }

        const _: () = { #(#proofs)* };
    })
}

/// How a field treats absence and `null`.
#[derive(Clone, Copy, PartialEq)]
enum Presence {
    /// By its type: an `Option` may be both.
    Typed,
    /// `Change<T>`: may be absent.
    Change,
    /// `Patch<T>`: may be both, and the two differ.
    Patch,
}

struct Column<'a> {
    ident: &'a Ident,
    name: LitStr,
    /// The type whose `Slot` holds the value: for a patch without its outer option.
    slot: TokenStream,
    written: &'a Type,
    presence: Presence,
    rules: Rules,
    serde: SerdeField,
}

impl<'a> Column<'a> {
    fn of(field: &'a Field) -> Result<Self> {
        let ident = field.ident.as_ref().ok_or_else(|| Error::new(Span::call_site(), "a field without a name"))?;
        if patch::split(&field.ty).is_some() {
            return Err(Error::new_spanned(&field.ty, "write `#[patch]` above the `#[derive(...)]` of this struct"));
        }
        let presence = match mark(&field.attrs)?.as_deref() {
            Some("change") => Presence::Change,
            Some("patch") => Presence::Patch,
            Some(_) => return Err(Error::new_spanned(ident, "`#[rules]` is written by `#[patch]` only")),
            None => Presence::Typed,
        };
        let serde = SerdeField::read(&field.attrs)?;
        if serde.custom && presence == Presence::Typed {
            return Err(Error::new_spanned(ident, "the rule table cannot follow `deserialize_with`"));
        }
        let rules = Rules::read(&field.attrs)?;
        if !rules.schema.is_empty() {
            return Err(Error::new_spanned(ident, "`schema` stands on the struct"));
        }
        let name = serde.rename.clone().unwrap_or_else(|| ident.unraw().to_string());
        let slot = match presence {
            Presence::Patch => inside_option(&field.ty).unwrap_or(&field.ty).to_token_stream(),
            Presence::Typed | Presence::Change => field.ty.to_token_stream(),
        };
        let name = LitStr::new(&name, ident.span());
        Ok(Self { ident, name, slot, written: &field.ty, presence, rules, serde })
    }

    /// The type of the value itself.
    fn held(&self) -> TokenStream {
        let slot = &self.slot;
        quote!(<#slot as ::domain::table::Slot>::Held)
    }

    fn entry(&self) -> TokenStream {
        let (name, held, slot) = (&self.name, self.held(), &self.slot);
        let optional = quote!(<#slot as ::domain::table::Slot>::OPTIONAL);
        let absent =
            if self.serde.default || self.presence != Presence::Typed { quote!(true) } else { optional.clone() };
        let null = if self.presence == Presence::Change { quote!(false) } else { optional };
        let rules = self.rules();
        quote! {
            ::domain::table::Field {
                name: #name,
                kind: <#held as ::domain::table::Value>::KIND,
                absent: #absent,
                null: #null,
                rules: &[#(#rules),*],
            }
        }
    }

    fn rules(&self) -> Vec<TokenStream> {
        let mut rules = Vec::new();
        if let Some(limits) = &self.rules.length {
            let min = limits.min.clone().unwrap_or_else(|| quote!(0));
            let max = limits.max.clone().unwrap_or_else(|| quote!(u64::MAX));
            rules.push(quote!(::domain::table::Rule::Length { min: #min, max: #max }));
        }
        if let Some(limits) = &self.rules.range {
            let min = limits.min.clone().unwrap_or_else(|| quote!(i64::MIN));
            let max = limits.max.clone().unwrap_or_else(|| quote!(i64::MAX));
            rules.push(quote!(::domain::table::Rule::Range { min: #min, max: #max }));
        }
        let held = self.held();
        let innermost = innermost(self.written);
        for path in &self.rules.custom {
            rules.push(if innermost == "String" {
                // The function itself, without a reader around it, is smaller on the phone.
                quote!(::domain::table::Rule::Text(|text| #path(text)))
            } else {
                // validator passes numbers by value.
                let argument = if innermost == "i64" { quote!(value) } else { quote!(&value) };
                quote! {
                    ::domain::table::Rule::Other(|tree| match <#held as ::domain::table::Value>::read(tree) {
                        Some(value) => #path(#argument),
                        None => Ok(()),
                    })
                }
            });
        }
        rules
    }

    /// validator descends only where `nested` says so, the table wherever a struct is: they must agree.
    fn proof(&self) -> TokenStream {
        let (held, nested) = (self.held(), self.rules.nested);
        let name = self.name.value();
        let message = if nested {
            format!("`{name}` holds no form: remove `nested`")
        } else {
            format!("`{name}` holds a form: add `#[validate(nested)]`")
        };
        quote!(assert!(<#held as ::domain::table::Value>::KIND.nests() == #nested, #message);)
    }

    fn read(&self) -> TokenStream {
        let (ident, name, slot) = (self.ident, &self.name, &self.slot);
        if self.serde.skip {
            return quote!(#ident: Default::default());
        }
        let read = quote!(<#slot as ::domain::table::Slot>::read);
        match (self.presence, &self.serde.default_path) {
            (Presence::Patch, _) => quote! {
                #ident: match tree.member(#name) {
                    None => None,
                    member => Some(#read(member)?),
                }
            },
            (Presence::Typed, path) if self.serde.default => {
                let default = path.as_ref().map_or_else(|| quote!(Default::default()), |path| quote!(#path()));
                quote! {
                    #ident: match tree.member(#name) {
                        None => #default,
                        member => #read(member)?,
                    }
                }
            }
            _ => quote!(#ident: #read(tree.member(#name))?),
        }
    }
}

fn inside_option(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = ty else {
        return None;
    };
    let last = path.path.segments.last().filter(|last| last.ident == "Option")?;
    match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) => match arguments.args.first()? {
            syn::GenericArgument::Type(held) => Some(held),
            _ => None,
        },
        _ => None,
    }
}

fn innermost(ty: &Type) -> String {
    match inside_option(ty) {
        Some(held) => innermost(held),
        None => ty.to_token_stream().to_string(),
    }
}

fn snake(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}
