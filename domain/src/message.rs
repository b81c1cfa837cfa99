//! Every text that a code stands for, in both languages: one table for violations and for problems.
//! The phone gets the first as a generated file; they are not in its WebAssembly module.

pub mod fields;
pub mod problems;

use crate::violation::{ALLOWED, BEHIND, Param};

/// A language of the product.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    /// zh-CN.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The language of an `Accept-Language` header: the first one named that we have. Clients list
    /// the one they like best first, whatever weights they add.
    #[must_use]
    pub fn accepted(header: &str) -> Self {
        let named = header.split(',').map(|range| range.split(';').next().unwrap_or_default().trim());
        for range in named {
            match range.split('-').next() {
                Some(primary) if primary.eq_ignore_ascii_case("zh") => return Self::Zh,
                Some(primary) if primary.eq_ignore_ascii_case("en") => return Self::En,
                _ => {}
            }
        }
        Self::Zh
    }

    /// Its tag: `zh-CN` or `en`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }
}

/// The texts of one code. `{min}` stands for the parameter of that name.
#[derive(Debug)]
pub struct Text {
    /// The code.
    pub code: &'static str,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

/// A list of texts: `code: "中文", "English";`.
macro_rules! texts {
    ($($code:ident: $zh:literal, $en:literal;)*) => {
        /// The texts of this list.
        pub static TEXTS: &[$crate::message::Text] =
            &[$($crate::message::Text { code: stringify!($code), zh: $zh, en: $en }),*];
    };
}
use texts;

/// Every text.
pub fn all() -> impl Iterator<Item = &'static Text> {
    fields::TEXTS.iter().chain(problems::TEXTS)
}

/// The text of a code with its parameters filled in. A code without a text (a test refuses that)
/// shows itself rather than nothing. [`ALLOWED`] and [`BEHIND`] stand behind the text.
#[must_use]
pub fn detail(code: &str, params: &[(&'static str, Param)], lang: Lang) -> String {
    let Some(text) = all().find(|text| text.code == code) else {
        return code.to_owned();
    };
    let text = match lang {
        Lang::Zh => text.zh,
        Lang::En => text.en,
    };
    params.iter().fold(text.to_owned(), |text, (name, value)| match (*name, lang) {
        (ALLOWED | BEHIND, Lang::Zh) => format!("{text}：{value}"),
        (ALLOWED | BEHIND, Lang::En) => format!("{text}: {value}"),
        _ => text.replace(&format!("{{{name}}}"), &value.to_string()),
    })
}
