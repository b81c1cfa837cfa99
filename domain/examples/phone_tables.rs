//! Prints the tables that `cargo xtask generate` writes into the mini-program:
//! `cargo run -p domain --example phone_tables -- texts|names`.

use std::io::{self, Write};

use domain::code::Code;
use domain::forms::{FORMS, MACHINES};
use domain::message::fields;
use domain::permission::Permission;

fn main() -> io::Result<()> {
    let table = std::env::args().nth(1).unwrap_or_default();
    let text = if table == "names" { names() } else { texts() };
    io::stdout().write_all(text.as_bytes())
}

const HEAD: &str = "// Written by `cargo xtask generate` from `domain`: do not edit.\n\n";

/// What each code of a field says, in Chinese: the mini-program speaks no other language.
fn texts() -> String {
    let mut out = format!("{HEAD}export const TEXTS: Readonly<Record<string, string>> = {{\n");
    for text in fields::TEXTS {
        out.push_str(&format!("  {}: {:?},\n", text.code, text.zh));
    }
    out + "}\n"
}

fn names() -> String {
    let forms: Vec<_> = FORMS.iter().map(|form| form.name).collect();
    let machines: Vec<_> = MACHINES.iter().map(|machine| machine.name).collect();
    let types = [("FormName", forms), ("MachineName", machines), ("Permission", Permission::TEXTS.to_vec())];
    let mut out = HEAD.to_owned();
    for (name, values) in types {
        out.push_str(&format!("export type {name} =\n"));
        for value in values {
            out.push_str(&format!("  | '{value}'\n"));
        }
        out.push('\n');
    }
    out.trim_end().to_owned() + "\n"
}
