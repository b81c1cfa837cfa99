//! Networks: which are blocked, which operators may come from, and what an address is counted as.

use chrono::{DateTime, Utc};
use clap::ValueEnum;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, SocketAddr};

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RuleKind {
    /// Operators may come from here, and from nowhere that no such rule names.
    Allow,
    /// Nobody may come from here.
    Block,
}

impl RuleKind {
    /// As it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Block => "block",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Allow, Self::Block].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// The rules in force, ready to be asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct AddressRules {
    rules: Vec<(RuleKind, IpNet, Option<DateTime<Utc>>)>,
}

impl AddressRules {
    /// Of the stored form. A rule that cannot be read is one that nobody could have written.
    pub(crate) fn read<'r>(rows: impl Iterator<Item = (&'r str, &'r str, Option<DateTime<Utc>>)>) -> Self {
        let rule =
            |(kind, network, until): (&str, &str, _)| Some((RuleKind::parse(kind)?, network.parse().ok()?, until));
        Self { rules: rows.filter_map(rule).collect() }
    }

    /// As they would be with one more.
    pub(crate) fn with(mut self, kind: RuleKind, network: IpNet, until: Option<DateTime<Utc>>) -> Self {
        self.rules.push((kind, network, until));
        self
    }

    fn of(&self, wanted: RuleKind, now: DateTime<Utc>) -> impl Iterator<Item = &IpNet> {
        let runs = move |until: &Option<DateTime<Utc>>| until.is_none_or(|until| until > now);
        self.rules.iter().filter(move |(kind, _, until)| *kind == wanted && runs(until)).map(|(_, network, _)| network)
    }

    /// Whether nobody may come from here.
    pub(crate) fn blocks(&self, address: IpAddr, now: DateTime<Utc>) -> bool {
        let address = address.to_canonical();
        self.of(RuleKind::Block, now).any(|network| network.contains(&address))
    }

    /// Whether an operator may come from here: from everywhere as long as no rule allows anything. An
    /// address that cannot be read is in no network.
    pub(crate) fn admits_operator(&self, address: Option<IpAddr>, now: DateTime<Utc>) -> bool {
        let mut allowed = self.of(RuleKind::Allow, now).peekable();
        allowed.peek().is_none()
            || address.is_some_and(|address| allowed.any(|net| net.contains(&address.to_canonical())))
    }
}

/// The address in what the socket or the proxy says: some write a port behind it.
pub(crate) fn address_of(text: &str) -> Option<IpAddr> {
    text.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|both| both.ip()))
}

/// A network, or a single address, as people write them.
pub(crate) fn network_of(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(|address| IpNet::from(address.to_canonical())))
}

fn within(address: IpAddr, v4: u8, v6: u8) -> Option<IpNet> {
    let net = match address.to_canonical() {
        IpAddr::V4(address) => IpNet::V4(Ipv4Net::new(address, v4).ok()?),
        IpAddr::V6(address) => IpNet::V6(Ipv6Net::new(address, v6).ok()?),
    };
    Some(net.trunc())
}

/// The network of an address as people are shown it: `203.0.113.0/24`, `2001:db8:1::/48`. Coarse, so that
/// a phone that changes its cell stays in one, and a list of sessions is no diary of addresses.
pub(crate) fn prefix(address: &str) -> String {
    let network = address_of(address).and_then(|address| within(address, 24, 48));
    network.map_or_else(String::new, |network| network.to_string())
}

/// What failures are counted for: an IPv4 address, or the /64 that one IPv6 customer has at least.
pub(super) fn counted(address: &str) -> String {
    let network = address_of(address).and_then(|address| within(address, 32, 64));
    network.map_or_else(|| address.to_owned(), |network| network.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap_or_default()
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_network_is_shown_coarsely() {
        assert_eq!(prefix("203.0.113.77"), "203.0.113.0/24");
        assert_eq!(prefix("::ffff:203.0.113.77"), "203.0.113.0/24");
        assert_eq!(prefix("2001:db8:1:2::3"), "2001:db8:1::/48");
        assert_eq!(prefix("203.0.113.77:4711"), "203.0.113.0/24");
        assert_eq!(prefix("nonsense"), "");
        assert_eq!(counted("203.0.113.77"), "203.0.113.77/32");
        assert_eq!(counted("2001:db8:1:2::3"), "2001:db8:1:2::/64");
    }

    #[test]
    fn a_block_ends_by_itself_and_holds_for_mapped_addresses() {
        let rules = AddressRules::read([("block", "203.0.113.0/24", Some(at(100)))].into_iter());
        assert!(rules.blocks(ip("203.0.113.9"), at(99)) && rules.blocks(ip("::ffff:203.0.113.9"), at(99)));
        assert!(!rules.blocks(ip("203.0.114.9"), at(99)) && !rules.blocks(ip("203.0.113.9"), at(100)));
        // A block says nothing about where operators may come from.
        assert!(rules.admits_operator(Some(ip("198.51.100.1")), at(0)));
    }

    #[test]
    fn the_first_allowed_network_shuts_all_others_out() {
        let rules =
            AddressRules::read([("allow", "198.51.100.0/24", None), ("allow", "2001:db8::/32", None)].into_iter());
        assert!(
            rules.admits_operator(Some(ip("198.51.100.1")), at(0))
                && rules.admits_operator(Some(ip("2001:db8::1")), at(0))
        );
        assert!(!rules.admits_operator(Some(ip("203.0.113.1")), at(0)));
        assert!(!rules.blocks(ip("203.0.113.1"), at(0)) && !rules.admits_operator(None, at(0)));
        assert!(AddressRules::default().admits_operator(Some(ip("203.0.113.1")), at(0)));
    }

    #[test]
    fn an_address_endures_whatever_is_done_to_it() {
        let samples = ["203.0.113.77:4711", "::ffff:203.0.113.9", "[2001:db8::1]:80", "10.0.0.0/8"];
        crate::mutants::endure(&samples.map(|text| text.as_bytes().to_vec()), |bytes| {
            let Ok(text) = std::str::from_utf8(bytes) else { return };
            let _ = (address_of(text), prefix(text), counted(text));
            let rules = AddressRules::read([("block", text, None)].into_iter());
            let _ = rules.blocks(ip("203.0.113.9"), at(0));
        });
    }
}
