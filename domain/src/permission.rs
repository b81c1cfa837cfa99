//! What somebody may do 权限, and the words in which rights are said. One table, read by the server's
//! guards and by the phone.

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
        /// Delete many customers at once.
        CustomersBulkDelete = "customers.bulk_delete",
        /// Merge two records of one customer, and undo that.
        CustomersMerge = "customers.merge",
        /// See a whole phone number, once, on the record.
        CustomersReveal = "customers.reveal",
        /// Give a customer to another owner.
        CustomersAssign = "customers.assign",
        /// Let a colleague help with a customer.
        CustomersShare = "customers.share",
        /// Take a customer out of the pool 公海, and put one's own there.
        CustomersClaim = "customers.claim",
        /// Make pools, say who is in them and when customers fall into them.
        PoolsWrite = "pools.write",
        /// Bring a whole table of customers in, and take it back.
        CustomersImport = "customers.import",
        /// Answer somebody who asks for everything that is kept about them (PIPL art. 45), and take lists of
        /// customers out.
        CustomersExport = "customers.export",
        /// Erase a person for good (PIPL art. 47).
        CustomersErase = "customers.erase",
        /// See tags.
        TagsRead = "tags.read",
        /// Make, rename and delete tags and their groups.
        TagsWrite = "tags.write",
        /// See the offers of the business.
        OffersRead = "offers.read",
        /// Make offers, change and stop them.
        OffersWrite = "offers.write",
        /// Give offers to customers, mark them as used, take them back.
        OffersGive = "offers.give",
        /// See interactions.
        InteractionsRead = "interactions.read",
        /// Write interactions down.
        InteractionsWrite = "interactions.write",
        /// See tasks.
        TasksRead = "tasks.read",
        /// Make tasks, finish and put them off.
        TasksWrite = "tasks.write",
        /// See opportunities.
        OpportunitiesRead = "opportunities.read",
        /// Write opportunities down, change, end and delete them.
        OpportunitiesWrite = "opportunities.write",
        /// See orders.
        OrdersRead = "orders.read",
        /// Make and change orders, move them along.
        OrdersWrite = "orders.write",
        /// See who works here, in which team and role.
        StaffRead = "staff.read",
        /// Invite colleagues, put them into teams, suspend and remove them.
        StaffWrite = "staff.write",
        /// Give everything that a leaver looks after to somebody else.
        StaffHandover = "staff.handover",
        /// Say what a role may do, and who has which.
        RolesWrite = "roles.write",
        /// Change the settings of the business.
        BusinessWrite = "business.write",
        /// See the business's audit record.
        AuditRead = "audit.read",
    }
}

impl Permission {
    /// The permission without which this one opens nothing: whoever changes something has to see it. `None` for those
    /// that stand by themselves.
    #[must_use]
    pub const fn needs(self) -> Option<Self> {
        Some(match self {
            Self::CustomersWrite
            | Self::CustomersDelete
            | Self::CustomersBulkDelete
            | Self::CustomersMerge
            | Self::CustomersReveal
            | Self::CustomersAssign
            | Self::CustomersShare
            | Self::CustomersClaim
            | Self::CustomersImport
            | Self::CustomersExport
            | Self::CustomersErase
            | Self::PoolsWrite => Self::CustomersRead,
            Self::TagsWrite => Self::TagsRead,
            Self::OffersWrite | Self::OffersGive => Self::OffersRead,
            Self::InteractionsWrite => Self::InteractionsRead,
            Self::TasksWrite => Self::TasksRead,
            Self::OpportunitiesWrite => Self::OpportunitiesRead,
            Self::OrdersWrite => Self::OrdersRead,
            Self::StaffWrite | Self::StaffHandover | Self::RolesWrite => Self::StaffRead,
            Self::CustomersRead
            | Self::TagsRead
            | Self::OffersRead
            | Self::InteractionsRead
            | Self::TasksRead
            | Self::OpportunitiesRead
            | Self::OrdersRead
            | Self::StaffRead
            | Self::BusinessWrite
            | Self::AuditRead => return None,
        })
    }
}

codes! {
    /// Built-in roles, and the one that stands for a business's own.
    pub enum Role {
        /// 老板: everything, every row.
        Boss = "boss",
        /// 主管: the team's customers and what belongs to them.
        Manager = "manager",
        /// 销售: own customers and what belongs to them.
        Sales = "sales",
        /// 客服: who everybody is and what was said, no numbers.
        Service = "service",
        /// 财务: every order, to read.
        Finance = "finance",
        /// A role that the business made itself: its rights stand in `roles`.
        Custom = "custom",
    }
}

impl Role {
    /// What a built-in role is called, in Chinese and in English: the phone's words for it, and the code.
    #[must_use]
    pub const fn names(self) -> [&'static str; 2] {
        let chinese = match self {
            Self::Boss => "老板",
            Self::Manager => "主管",
            Self::Sales => "销售",
            Self::Service => "客服",
            Self::Finance => "财务",
            Self::Custom => "自定角色",
        };
        [chinese, self.as_str()]
    }
}

codes! {
    /// What a data scope is said for. Everything else hangs on one of these, or is everybody's.
    pub enum Resource {
        /// 客户.
        Customers = "customers",
        /// 跟进记录.
        Interactions = "interactions",
        /// 待办.
        Tasks = "tasks",
        /// 订单和商机.
        Orders = "orders",
    }
}

codes! {
    /// A kind of row of which somebody sees some and not others.
    pub enum RowKind {
        /// 客户.
        Customers = "customers",
        /// 跟进记录.
        Interactions = "interactions",
        /// 待办.
        Tasks = "tasks",
        /// 订单.
        Orders = "orders",
        /// 商机.
        Opportunities = "opportunities",
    }
}

impl RowKind {
    /// The resource whose data scope decides which of them are seen.
    #[must_use]
    pub const fn resource(self) -> Resource {
        match self {
            Self::Customers => Resource::Customers,
            Self::Interactions => Resource::Interactions,
            Self::Tasks => Resource::Tasks,
            Self::Orders | Self::Opportunities => Resource::Orders,
        }
    }
}

codes! {
    /// How far somebody sees, from near to far.
    pub enum Reach {
        /// Rows of one's own customers, and what one was given.
        Own = "own",
        /// Rows of one's team 团队 and of the teams below it.
        Team = "team",
        /// Every row of the business.
        All = "all",
    }
}

codes! {
    /// What somebody sees of a field, from open to closed.
    pub enum FieldRule {
        /// As everybody: phones are masked and can be revealed one by one, on the record.
        Show = "show",
        /// To see but not to change.
        ReadOnly = "read_only",
        /// Masked, and never whole.
        Mask = "mask",
        /// Not at all, not even that there is one.
        Hide = "hide",
    }
}

impl FieldRule {
    /// Whether the value itself can be seen, for phones by revealing it.
    #[must_use]
    pub fn opens(self) -> bool {
        matches!(self, Self::Show | Self::ReadOnly)
    }
}

codes! {
    /// What a colleague may do who helps with a customer.
    pub enum HelperLevel {
        /// 可查看: sees the customer and what hangs on it.
        Read = "read",
        /// 可编辑: changes them too.
        Edit = "edit",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_has_the_name_that_the_phone_shows() {
        let words = include_str!("../../miniprogram/words/names.ts");
        let shown = words.lines().find(|line| line.starts_with("export const ROLES")).expect("the roles");
        for role in Role::ALL {
            let [chinese, code] = role.names();
            assert!(shown.contains(&format!("{code}: '{chinese}'")), "{role}");
        }
    }

    #[test]
    fn permissions_are_named_resource_dot_verb() {
        for permission in Permission::ALL {
            assert_eq!(permission.as_str().split('.').count(), 2, "{permission}");
        }
    }
}
