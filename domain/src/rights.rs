//! Rights as data: a set of permissions × how far one sees of each resource × what one sees of some
//! fields. A built-in role is a value of this type, a business's own role is a stored one.

use crate::permission::{FieldRule, Permission, Reach, Resource, Role};
use crate::prelude::*;

/// How far somebody sees, resource by resource. Whoever owns a customer, or helps with one, sees what
/// hangs on it in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reaches {
    /// Whose customers.
    pub customers: Reach,
    /// Interactions with whose customers.
    pub interactions: Reach,
    /// Tasks of whom, and about whose customers.
    pub tasks: Reach,
    /// Orders and opportunities of whose customers.
    pub orders: Reach,
}

/// What somebody sees of the fields that not everybody should see. WeChat ids, addresses and secret remarks
/// follow `phones`: a WeChat id often is the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldRules {
    /// Phones of customers and on orders, and with them WeChat ids, addresses and whatever else is secret.
    pub phones: FieldRule,
    /// E-mail addresses of customers. A request may leave it out: then it is what `phones` says, as it was
    /// before e-mails had a rule of their own. An answer always says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emails: Option<FieldRule>,
    /// Prices and sums, in fen.
    pub amounts: FieldRule,
}

/// What somebody may do and see in a business.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rights {
    /// What they may do.
    #[validate(length(max = 64))]
    pub permissions: Vec<Permission>,
    /// How far they see.
    #[validate(nested)]
    pub reach: Reaches,
    /// Whether they see the customers in the pool 公海.
    pub pool: bool,
    /// What they see of some fields.
    #[validate(nested)]
    pub fields: FieldRules,
}

impl FieldRules {
    /// Rules under which e-mails are shown as phones are.
    #[must_use]
    pub const fn alike(phones: FieldRule, amounts: FieldRule) -> Self {
        Self { phones, emails: Some(phones), amounts }
    }

    /// What is shown of e-mail addresses.
    #[must_use]
    pub fn emails(&self) -> FieldRule {
        self.emails.unwrap_or(self.phones)
    }

    /// Each kind of field, with what these rules and others say of it.
    #[must_use]
    pub fn beside(self, others: Self) -> [(&'static str, FieldRule, FieldRule); 3] {
        [
            ("phones", self.phones, others.phones),
            ("emails", self.emails(), others.emails()),
            ("amounts", self.amounts, others.amounts),
        ]
    }

    /// The same rules with every one of them said: how they are answered.
    #[must_use]
    pub fn said(self) -> Self {
        Self { emails: Some(self.emails()), ..self }
    }

    /// The same rules in the fewest words: how they are kept. A server that knows no rule of e-mails
    /// yet still reads every role that does not need one.
    #[must_use]
    pub fn kept(self) -> Self {
        Self { emails: self.emails.filter(|rule| *rule != self.phones), ..self }
    }
}

impl Reaches {
    const fn same(reach: Reach) -> Self {
        Self { customers: reach, interactions: reach, tasks: reach, orders: reach }
    }
}

impl Rights {
    /// Whether they may do it.
    #[must_use]
    pub fn can(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// How far they see of a resource.
    #[must_use]
    pub fn reach(&self, resource: Resource) -> Reach {
        match resource {
            Resource::Customers => self.reach.customers,
            Resource::Interactions => self.reach.interactions,
            Resource::Tasks => self.reach.tasks,
            Resource::Orders => self.reach.orders,
        }
    }

    /// What is wrong with these rights by themselves: a permission that stands twice, or one that nobody can use
    /// without another one. The first of them, by its place.
    #[must_use]
    pub fn flaw(&self) -> Option<Violation> {
        self.permissions.iter().enumerate().find_map(|(at, permission)| {
            let place = format!("permissions.{at}");
            if self.permissions.iter().take(at).any(|before| before == permission) {
                return Some(Violation::new(place, "permission_twice"));
            }
            let needed = permission.needs()?;
            // A number can be opened on an order, too.
            let seen =
                self.can(needed) || *permission == Permission::CustomersReveal && self.can(Permission::OrdersRead);
            (!seen).then(|| Violation::new(place, "permission_blind").with("needs", needed.as_str()))
        })
    }

    /// Nobody can give away more than they have: what of these rights goes beyond `own`, as the path
    /// of the field that says so.
    #[must_use]
    pub fn beyond(&self, own: &Self) -> Option<String> {
        if let Some(at) = self.permissions.iter().position(|permission| !own.can(*permission)) {
            return Some(format!("permissions.{at}"));
        }
        for resource in Resource::ALL {
            if self.reach(*resource) > own.reach(*resource) {
                return Some(format!("reach.{resource}"));
            }
        }
        if self.pool && !own.pool {
            return Some("pool".to_owned());
        }
        // The rules are ordered from open to closed.
        self.fields
            .beside(own.fields)
            .into_iter()
            .find(|(_, this, own)| this < own)
            .map(|(name, ..)| format!("fields.{name}"))
    }
}

impl Role {
    /// What a built-in role may do and see; a business's own role has nothing but what its row says.
    #[must_use]
    pub fn rights(self) -> Rights {
        use FieldRule::{Hide, Mask, ReadOnly, Show};
        use Permission as P;
        let open = FieldRules::alike(Show, Show);
        match self {
            Self::Boss => Rights {
                permissions: Permission::ALL.to_vec(),
                reach: Reaches::same(Reach::All),
                pool: true,
                fields: open,
            },
            Self::Manager => {
                let not = [
                    P::CustomersBulkDelete,
                    P::CustomersExport,
                    P::CustomersErase,
                    P::StaffWrite,
                    P::StaffHandover,
                    P::RolesWrite,
                    P::BusinessWrite,
                    P::AuditRead,
                ];
                Rights { permissions: all_but(&not), reach: Reaches::same(Reach::Team), pool: true, fields: open }
            }
            Self::Sales => {
                let not = [
                    P::CustomersDelete,
                    P::CustomersAssign,
                    P::CustomersBulkDelete,
                    P::CustomersMerge,
                    P::CustomersImport,
                    P::CustomersExport,
                    P::CustomersErase,
                    P::PoolsWrite,
                    P::TagsWrite,
                    P::OffersWrite,
                    P::StaffWrite,
                    P::StaffHandover,
                    P::RolesWrite,
                    P::BusinessWrite,
                    P::AuditRead,
                ];
                Rights { permissions: all_but(&not), reach: Reaches::same(Reach::Own), pool: true, fields: open }
            }
            Self::Service => Rights {
                permissions: vec![
                    P::CustomersRead,
                    P::TagsRead,
                    P::OffersRead,
                    P::OffersGive,
                    P::InteractionsRead,
                    P::InteractionsWrite,
                    P::TasksRead,
                    P::TasksWrite,
                    P::StaffRead,
                ],
                reach: Reaches {
                    customers: Reach::All,
                    interactions: Reach::All,
                    tasks: Reach::Own,
                    orders: Reach::Own,
                },
                pool: false,
                fields: FieldRules::alike(Mask, Hide),
            },
            Self::Finance => Rights {
                permissions: vec![
                    P::CustomersRead,
                    P::TagsRead,
                    P::OffersRead,
                    P::TasksRead,
                    P::TasksWrite,
                    P::OpportunitiesRead,
                    P::OrdersRead,
                    P::StaffRead,
                ],
                reach: Reaches {
                    customers: Reach::All,
                    interactions: Reach::Own,
                    tasks: Reach::Own,
                    orders: Reach::All,
                },
                pool: false,
                fields: FieldRules::alike(Hide, ReadOnly),
            },
            Self::Custom => Rights {
                permissions: Vec::new(),
                reach: Reaches::same(Reach::Own),
                pool: false,
                fields: FieldRules::alike(Hide, Hide),
            },
        }
    }

    /// Whether the built-in role may do it.
    #[must_use]
    pub fn can(self, permission: Permission) -> bool {
        self.rights().can(permission)
    }
}

fn all_but(not: &[Permission]) -> Vec<Permission> {
    Permission::ALL.iter().copied().filter(|permission| !not.contains(permission)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_roles_see_what_they_change() {
        for role in Role::ALL {
            assert_eq!(role.rights().flaw(), None, "{role}");
        }
    }

    #[test]
    fn nobody_gives_away_more_than_they_have() {
        let (boss, manager, sales) = (Role::Boss.rights(), Role::Manager.rights(), Role::Sales.rights());
        for role in Role::ALL {
            assert_eq!(role.rights().beyond(&boss), None, "{role}");
        }
        assert_eq!(sales.beyond(&manager), None);
        assert!(boss.beyond(&manager).is_some_and(|at| at.starts_with("permissions.")));
        let farther = Rights { reach: Reaches::same(Reach::All), ..sales.clone() };
        assert_eq!(farther.beyond(&manager).as_deref(), Some("reach.customers"));
        let masked = Rights { fields: FieldRules::alike(FieldRule::Mask, FieldRule::Show), ..boss.clone() };
        assert_eq!(boss.beyond(&masked).as_deref(), Some("fields.phones"));
        assert_eq!(
            Rights { pool: true, ..Role::Service.rights() }.beyond(&Role::Service.rights()).as_deref(),
            Some("pool")
        );
    }

    #[test]
    fn a_role_that_says_nothing_of_emails_shows_them_as_it_shows_phones() {
        use FieldRule::{Hide, Mask, Show};
        let read = |text: &str| serde_json::from_str::<FieldRules>(text).expect("rules");
        let old = read(r#"{"phones":"mask","amounts":"show"}"#);
        assert_eq!((old.emails(), old.said()), (Mask, FieldRules::alike(Mask, Show)));
        // What needs no rule of e-mails is kept as it always was.
        assert_eq!(serde_json::to_string(&old.said().kept()).expect("a text"), r#"{"phones":"mask","amounts":"show"}"#);
        let apart = read(r#"{"phones":"show","emails":"hide","amounts":"show"}"#);
        assert_eq!((apart.emails(), apart.kept(), apart.said()), (Hide, apart, apart));
        assert!(serde_json::from_str::<FieldRules>(r#"{"phones":"show","mails":"hide","amounts":"show"}"#).is_err());
        // Nobody opens e-mails to others by saying nothing of them.
        let own = Rights { fields: apart, ..Role::Boss.rights() };
        let unsaid = FieldRules { phones: Show, emails: None, amounts: Show };
        let given = |fields| Rights { fields, ..own.clone() }.beyond(&own);
        assert_eq!(given(unsaid).as_deref(), Some("fields.emails"));
        assert_eq!((given(apart), given(FieldRules::alike(Hide, Show))), (None, None));
    }

    #[test]
    fn sales_cannot_do_what_only_the_boss_may() {
        for permission in
            [Permission::CustomersDelete, Permission::CustomersAssign, Permission::TagsWrite, Permission::AuditRead]
        {
            assert!(Role::Boss.can(permission));
            assert!(!Role::Sales.can(permission));
        }
    }

    #[test]
    fn a_role_of_the_business_has_nothing_by_itself() {
        assert!(Role::Custom.rights().permissions.is_empty());
    }
}
