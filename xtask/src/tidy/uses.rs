//! Who may use whom, where the compiler cannot say.

use super::{Complaints, Source};

pub fn check(source: &Source, complaints: &mut Complaints) {
    if source.is_under(&["api/src/"]) && !source.is_under(&["api/src/db/", "api/src/scope/"]) {
        for word in ["DbBackend", "DatabaseBackend", "get_database_backend"] {
            if source.text.contains(word) {
                complaints.push(format!("{}: {word} — a feature never asks which database it is on", source.path));
            }
        }
    }
    if source.is_under(&["miniprogram/"]) && source.ends_with(&[".ts", ".json", ".wxml", ".wxss", ".wxs"]) {
        phone(source, complaints);
    }
}

fn phone(source: &Source, complaints: &mut Complaints) {
    let elsewhere = ["miniprogram/api/", "miniprogram/preview/", "miniprogram/e2e/"];
    if source.text.contains("wx.request") && !source.is_under(&elsewhere) {
        complaints.push(format!("{}: wx.request — only miniprogram/api speaks with the server", source.path));
    }
    // It closes whatever is on top, which another page may be by the time an answer comes.
    let behind = ["miniprogram/behaviors/back.ts", "miniprogram/preview/"];
    for word in ["wx.navigateBack", "wx.redirectTo"] {
        if source.text.contains(word) && !source.is_under(&behind) {
            complaints.push(format!("{}: {word} — a page is left by behaviors/back", source.path));
        }
    }
    let Some(feature) = source.path.strip_prefix("miniprogram/features/").and_then(|rest| rest.split('/').next())
    else {
        return;
    };
    for (number, line) in source.text.lines().enumerate() {
        for path in imported(line, &source.path) {
            let other = path.strip_prefix("miniprogram/features/").and_then(|rest| rest.split('/').next());
            if other.is_some_and(|other| other != feature) {
                let at = format!("{}:{}", source.path, number + 1);
                complaints.push(format!("{at}: uses {path} — a feature never uses another"));
            }
        }
    }
}

/// What a line imports, from the root of the repository. A page's address in a string is no import.
fn imported(line: &str, from: &str) -> Vec<String> {
    let json = from.ends_with(".json");
    let imports = ["import", "require(", "from '", "from \"", "src="].iter().any(|word| line.contains(word));
    if !imports && !json {
        return Vec::new();
    }
    let quoted = line.split(['\'', '"']).skip(1).step_by(2);
    quoted.filter(|text| text.starts_with('.') || text.starts_with('/')).map(|text| resolve(text, from)).collect()
}

fn resolve(path: &str, from: &str) -> String {
    if let Some(absolute) = path.strip_prefix('/') {
        return format!("miniprogram/{absolute}");
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_of_another_feature_is_found_however_it_is_written() {
        let from = "miniprogram/features/orders/form/index.ts";
        assert_eq!(
            imported("import x from '../../customers/form/draft'", from),
            ["miniprogram/features/customers/form/draft"]
        );
        assert_eq!(imported("  wx.navigateTo({ url: '/features/customers/detail/index' })", from), [""; 0]);
        let page = "miniprogram/features/orders/form/index.json";
        assert_eq!(imported("\"card\": \"/features/tags/card/index\"", page), ["miniprogram/features/tags/card/index"]);
    }
}
