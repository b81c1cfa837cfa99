//! Names of regions by their GB/T 2260 code.

use std::collections::HashMap;
use std::sync::LazyLock;

static NAMES: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    let lines = include_str!("regions.txt").lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(' ')).collect()
});

/// `浙江省杭州市西湖区` of `330106`; as much of it as is known.
pub(crate) fn name(code: &str) -> Option<String> {
    let (province, city) = (code.get(..2)?, code.get(..4)?);
    // A province or city stands for itself with zeros behind it.
    let known = [province, city, code].into_iter().filter_map(|part| NAMES.get(part).copied());
    let name: String = known.collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_code_is_named_down_to_its_district() {
        assert_eq!(name("330106").as_deref(), Some("浙江省杭州市西湖区"));
        assert_eq!(name("310101").as_deref(), Some("上海市黄浦区"));
        assert_eq!(name("330100").as_deref(), Some("浙江省杭州市"));
        assert_eq!(name("330000").as_deref(), Some("浙江省"));
        assert_eq!(name("810000").as_deref(), Some("香港特别行政区"));
        assert_eq!(name("990000"), None);
    }
}
