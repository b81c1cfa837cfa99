//! Roles 角色 and what they may do. One table, read by the server's guards and by the phone.

use crate::prelude::*;

codes! {
    /// What somebody may do. The verb is the second word: `orders.ship`.
    pub enum Permission {
        /// See customers.
        CustomersRead = "customers.read",
        /// Write customers down and change them.
        CustomersWrite = "customers.write",
        /// Delete customers.
        CustomersDelete = "customers.delete",
        /// See a whole phone number, once, on the record.
        CustomersReveal = "customers.reveal",
        /// Give a customer to another owner.
        CustomersAssign = "customers.assign",
        /// Erase a person for good.
        CustomersErase = "customers.erase",
        /// See tags.
        TagsRead = "tags.read",
        /// Make, rename and delete tags and their groups.
        TagsWrite = "tags.write",
        /// See interactions.
        InteractionsRead = "interactions.read",
        /// Write interactions down.
        InteractionsWrite = "interactions.write",
        /// See tasks.
        TasksRead = "tasks.read",
        /// Make tasks, finish and put them off.
        TasksWrite = "tasks.write",
        /// See orders.
        OrdersRead = "orders.read",
        /// Make and change orders, move them along.
        OrdersWrite = "orders.write",
        /// See who works here.
        StaffRead = "staff.read",
        /// See the business's audit record.
        AuditRead = "audit.read",
    }
}

codes! {
    /// Built-in roles.
    pub enum Role {
        /// 老板: everything, every row.
        Boss = "boss",
        /// 销售: own customers and what belongs to them.
        Sales = "sales",
    }
}

/// Which rows a role sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// Every row of the business.
    All,
    /// Rows whose owner is the actor, and what hangs on them.
    Own,
}

impl Role {
    /// What the role may do.
    #[must_use]
    pub fn can(self, permission: Permission) -> bool {
        use Permission::{AuditRead, CustomersAssign, CustomersDelete, CustomersErase, TagsWrite};
        match self {
            Self::Boss => true,
            Self::Sales => {
                !matches!(permission, CustomersDelete | CustomersErase | CustomersAssign | TagsWrite | AuditRead)
            }
        }
    }

    /// Which rows the role sees.
    #[must_use]
    pub fn rows(self) -> Rows {
        match self {
            Self::Boss => Rows::All,
            Self::Sales => Rows::Own,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn permissions_are_named_resource_dot_verb() {
        for permission in Permission::ALL {
            assert_eq!(permission.as_str().split('.').count(), 2, "{permission}");
        }
    }
}
