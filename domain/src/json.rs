//! A small JSON reader. It exists because serde_json stops at the first field that does not fit and
//! costs 78 KB of visitors in WebAssembly; the rule table wants the whole tree and reports every
//! field (docs/ARCHITECTURE.md, "Rules written once").

/// What a body holds before any rule has run.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number inside `i64`.
    Int(i64),
    /// Any other number: fractions, exponents, `-0`. No rule accepts one.
    Number,
    /// A number beyond every limit of a rule. No rule accepts one either, but those with a limit say so: it holds the end of
    /// `i64` on whose side it lies.
    Far(i64),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Tree>),
    /// An object, in the order of the body. Keys may repeat; the rules refuse that.
    Record(Vec<(String, Tree)>),
}

impl Tree {
    /// The value of a key of a record.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Record(members) => members.iter().find(|(key, _)| key == name).map(|(_, value)| value),
            _ => None,
        }
    }
}

impl serde::Serialize for Tree {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            // No rule lets a number through that is not whole.
            Self::Null | Self::Number | Self::Far(_) => serializer.serialize_unit(),
            Self::Bool(yes) => serializer.serialize_bool(*yes),
            Self::Int(number) => serializer.serialize_i64(*number),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Record(members) => serializer.collect_map(members.iter().map(|(key, value)| (key, value))),
        }
    }
}

/// Levels of lists and records a body may have. The deepest form has four.
pub const MAX_DEPTH: u32 = 16;

/// Reads one JSON value that fills the whole text.
///
/// # Errors
/// The code of the refusal: `malformed` or `too_deep`.
pub fn parse(text: &str) -> Result<Tree, &'static str> {
    let mut reader = Reader { rest: text, depth: 0 };
    let tree = reader.value()?;
    reader.space();
    if reader.rest.is_empty() { Ok(tree) } else { Err(MALFORMED) }
}

const MALFORMED: &str = "malformed";

/// No limit of a rule lies beyond ten to the power of this.
const POWER: i64 = 12;

struct Reader<'a> {
    rest: &'a str,
    depth: u32,
}

impl<'a> Reader<'a> {
    fn space(&mut self) {
        let space = self.rest.bytes().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.rest = self.rest.get(space..).unwrap_or_default();
    }

    fn peek(&self) -> Option<u8> {
        self.rest.as_bytes().first().copied()
    }

    fn eat(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// Takes `n` bytes, which the caller knows to end at a character.
    fn take(&mut self, n: usize) -> Result<&'a str, &'static str> {
        let (taken, rest) = self.rest.split_at_checked(n).ok_or(MALFORMED)?;
        self.rest = rest;
        Ok(taken)
    }

    fn value(&mut self) -> Result<Tree, &'static str> {
        self.space();
        match self.peek() {
            Some(b'"') => self.text().map(Tree::Text),
            Some(b'{') => self.nested(Self::record),
            Some(b'[') => self.nested(Self::list),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ if self.eat("true") => Ok(Tree::Bool(true)),
            _ if self.eat("false") => Ok(Tree::Bool(false)),
            _ if self.eat("null") => Ok(Tree::Null),
            _ => Err(MALFORMED),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Tree, &'static str>) -> Result<Tree, &'static str> {
        if self.depth == MAX_DEPTH {
            return Err("too_deep");
        }
        self.depth += 1;
        self.take(1)?;
        self.space();
        let tree = read(self)?;
        self.depth -= 1;
        Ok(tree)
    }

    fn list(&mut self) -> Result<Tree, &'static str> {
        let mut items = Vec::new();
        if self.eat("]") {
            return Ok(Tree::List(items));
        }
        loop {
            items.push(self.value()?);
            self.space();
            if self.eat("]") {
                return Ok(Tree::List(items));
            }
            if !self.eat(",") {
                return Err(MALFORMED);
            }
        }
    }

    fn record(&mut self) -> Result<Tree, &'static str> {
        let mut members = Vec::new();
        if self.eat("}") {
            return Ok(Tree::Record(members));
        }
        loop {
            self.space();
            let key = self.text()?;
            self.space();
            if !self.eat(":") {
                return Err(MALFORMED);
            }
            members.push((key, self.value()?));
            self.space();
            if self.eat("}") {
                return Ok(Tree::Record(members));
            }
            if !self.eat(",") {
                return Err(MALFORMED);
            }
        }
    }

    fn number(&mut self) -> Result<Tree, &'static str> {
        let end = self.rest.bytes().position(|b| !matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E'));
        let token = self.take(end.unwrap_or(self.rest.len()))?;
        let unsigned = token.strip_prefix('-').unwrap_or(token);
        let end = if unsigned == token { i64::MAX } else { i64::MIN };
        let (whole, rest) = digits(unsigned);
        if whole.is_empty() || (whole.len() > 1 && whole.starts_with('0')) {
            return Err(MALFORMED);
        }
        if rest.is_empty() {
            return Ok(match token.parse() {
                Ok(0) if end < 0 => Tree::Number,
                Ok(int) => Tree::Int(int),
                Err(_) => Tree::Far(end),
            });
        }
        let rest = match rest.strip_prefix('.') {
            Some(fraction) => some_digits(fraction)?,
            None => rest,
        };
        let mut far = false;
        let rest = match rest.strip_prefix(['e', 'E']) {
            Some(exponent) => {
                // Beyond what any rule allows; `0e30` is 0.
                far = !whole.starts_with('0') && exponent.parse::<i64>().is_ok_and(|power| power > POWER);
                some_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))?
            }
            None => rest,
        };
        match rest.is_empty() {
            false => Err(MALFORMED),
            true if far => Ok(Tree::Far(end)),
            true => Ok(Tree::Number),
        }
    }

    fn text(&mut self) -> Result<String, &'static str> {
        if !self.eat("\"") {
            return Err(MALFORMED);
        }
        let mut out = String::new();
        loop {
            let plain = self.rest.bytes().position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f)).ok_or(MALFORMED)?;
            out.push_str(self.take(plain)?);
            if self.eat("\"") {
                return Ok(out);
            }
            if !self.eat("\\") {
                return Err(MALFORMED);
            }
            out.push(match self.take(1)? {
                "n" => '\n',
                "t" => '\t',
                "r" => '\r',
                "b" => '\u{8}',
                "f" => '\u{c}',
                "u" => self.escaped()?,
                quoted @ ("\"" | "\\" | "/") => quoted.chars().next().ok_or(MALFORMED)?,
                _ => return Err(MALFORMED),
            });
        }
    }

    /// The four digits after `\u`, joined with the second half of a surrogate pair. Half a pair is
    /// not a character and is refused.
    fn escaped(&mut self) -> Result<char, &'static str> {
        let first = self.four()?;
        let scalar = if (0xd800..0xdc00).contains(&first) {
            if !self.eat("\\u") {
                return Err(MALFORMED);
            }
            let second = self.four()?;
            if !(0xdc00..0xe000).contains(&second) {
                return Err(MALFORMED);
            }
            0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
        } else {
            first
        };
        char::from_u32(scalar).ok_or(MALFORMED)
    }

    fn four(&mut self) -> Result<u32, &'static str> {
        self.take(4)?.chars().try_fold(0, |sum, c| Some(sum * 16 + c.to_digit(16)?)).ok_or(MALFORMED)
    }
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn some_digits(text: &str) -> Result<&str, &'static str> {
    let (digits, rest) = digits(text);
    if digits.is_empty() { Err(MALFORMED) } else { Ok(rest) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn whole_numbers_are_numbers_and_nothing_else_is() {
        assert_eq!(parse("-9223372036854775808"), Ok(Tree::Int(i64::MIN)));
        for other in ["-0", "1.0", "1e5", "0.5E-3", "1e-30", "0e30", "1e12"] {
            assert_eq!(parse(other), Ok(Tree::Number), "{other}");
        }
        for large in ["9223372036854775808", "1e30", "2.5E+25", "1e13"] {
            assert_eq!(parse(large), Ok(Tree::Far(i64::MAX)), "{large}");
            assert_eq!(parse(&format!("-{large}9")), Ok(Tree::Far(i64::MIN)), "{large}");
        }
        for bad in ["01", "1.", "1e", "+1", "--1", "1-1", ".5", "-"] {
            assert_eq!(parse(bad), Err(MALFORMED), "{bad}");
        }
    }

    #[test]
    fn escapes_are_read_and_half_characters_are_refused() {
        assert_eq!(parse(r#""\ud83d\ude00\n\/""#), Ok(Tree::Text("😀\n/".into())));
        for bad in [r#""\ud83d""#, r#""\ude00""#, r#""\ud83d\u0041""#, r#""\x""#, "\"\n\"", "\"a", r#""\u00é0""#] {
            assert_eq!(parse(bad), Err(MALFORMED), "{bad}");
        }
    }

    #[test]
    fn depth_is_limited() {
        let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(parse(&nested(16)).is_ok());
        assert_eq!(parse(&nested(17)), Err("too_deep"));
        assert_eq!(parse(&nested(1_000_000)), Err("too_deep"));
    }

    #[test]
    fn text_after_the_value_is_refused() {
        for bad in ["{} {}", "null,", "", " ", "[1,]", "{\"a\":1,}", "{a:1}", "\u{feff}{}"] {
            assert_eq!(parse(bad), Err(MALFORMED), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn serde_json_agrees_about_what_is_json(text in r#"[\[\]{}:,"\\untrefals0-9.eE+ \-é]{0,24}"#) {
            // serde_json's own limit is deeper and it refuses numbers beyond f64; neither occurs here.
            let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            let strict = serde_json::from_str::<serde_json::Value>(&text).is_ok();
            if theirs == strict {
                prop_assert_eq!(parse(&text).is_ok(), strict, "{}", text);
            }
        }
    }
}
