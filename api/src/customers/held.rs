//! Tables whose rows say again who holds a customer, so that one of their indexes leads to whom somebody sees.

use super::entity::customer;
use sea_orm::sea_query::{
    DynIden, Expr, ExprTrait as _, IntoIden, JoinType, Order, Query, SelectStatement, UpdateStatement,
};
use uuid::Uuid;

/// Such a table, and its columns.
pub(crate) struct Copied {
    table: DynIden,
    tenant: DynIden,
    customer: DynIden,
    holder: DynIden,
}

impl Copied {
    /// A table by its columns of business, customer and holder.
    pub(crate) fn of<C: IntoIden>(table: impl IntoIden, columns: [C; 3]) -> Self {
        let [tenant, customer, holder] = columns.map(IntoIden::into_iden);
        Self { table: table.into_iden(), tenant, customer, holder }
    }

    /// Writes into the rows of these customers who holds them.
    pub(crate) fn again(&self, tenant_id: i64, customers: &[Uuid]) -> UpdateStatement {
        let held = customer::said(tenant_id, customer::holder(), (self.table.clone(), self.customer.clone()));
        Query::update()
            .table(self.table.clone())
            .value(self.holder.clone(), held)
            .and_where(Expr::col(self.tenant.clone()).eq(tenant_id))
            .and_where(Expr::col(self.customer.clone()).is_in(customers.iter().copied()))
            .to_owned()
    }

    /// Rows of the next customers of a business: who it is, who holds it by this row, and by its own.
    pub(crate) fn beside(&self, tenant_id: i64, after: Uuid, limit: u64) -> SelectStatement {
        let of = |column: &DynIden| Expr::col((self.table.clone(), column.clone()));
        Query::select()
            .expr(of(&self.customer))
            .expr(of(&self.holder))
            .expr_as(customer::holder(), "held_by")
            .from(self.table.clone())
            .join(
                JoinType::InnerJoin,
                customer::Entity,
                Expr::col((customer::Entity, customer::Column::TenantId))
                    .eq(tenant_id)
                    .and(Expr::col((customer::Entity, customer::Column::Id)).eq(of(&self.customer))),
            )
            .and_where(of(&self.tenant).eq(tenant_id))
            .and_where(of(&self.customer).gt(after))
            .order_by((self.table.clone(), self.customer.clone()), Order::Asc)
            .limit(limit)
            .to_owned()
    }
}
