//! How many full phone numbers a member of staff was shown today.

use super::SystemTx;
use crate::clock::CHINA;
use crate::db::refusal;
use crate::problem::Problem;
use chrono::{Days, NaiveTime};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ExprTrait as _, Set};

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "reveal_counts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub staff_id: Uuid,
    /// In China, `YYYY-MM-DD`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: String,
    pub shown: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

crate::fields!(plain Day);

#[expect(clippy::disallowed_methods, reason = "a counter of the scope module itself")]
impl SystemTx<'_> {
    /// Counts one more full phone number, in the transaction that shows it.
    ///
    /// # Errors
    /// 403 `step_up_required` beyond the day's quota; 429 beyond what a second look adds to it.
    pub(crate) async fn count_reveal(&self) -> Result<(), Problem> {
        let Some(staff_id) = self.scope.who().id else { return Ok(()) };
        let quota = self.scope.config().auth.reveals_per_day;
        let stepped_up = self.scope.stepped_up();
        let most = if stepped_up { quota.saturating_mul(2) } else { quota };
        let here = self.scope.now().with_timezone(&CHINA);
        let (tenant_id, day) = (self.scope.tenant_id(), here.date_naive().to_string());
        if self.one_more(staff_id, &day, most).await? {
            return Ok(());
        }
        let row =
            ActiveModel { tenant_id: Set(tenant_id), staff_id: Set(staff_id), day: Set(day.clone()), shown: Set(1) };
        let known = Entity::find_by_id((tenant_id, staff_id, day.clone())).one(self.tx).await?.is_some();
        if !known && most > 0 {
            match Entity::insert(row).exec_without_returning(self.tx).await {
                // The same person's other request was counted first this very moment.
                Err(error) if refusal(&error).is_some() => {}
                other => return Ok(other.map(|_| ())?),
            }
            if self.one_more(staff_id, &day, most).await? {
                return Ok(());
            }
        }
        if !stepped_up {
            return Err(Problem::StepUp);
        }
        let tomorrow = here.date_naive().checked_add_days(Days::new(1)).map(|day| day.and_time(NaiveTime::MIN));
        let left = tomorrow.map_or(0, |midnight| (midnight - here.naive_local()).num_seconds());
        Err(Problem::TooMany { retry_after: Ord::max(u64::try_from(left).unwrap_or_default(), 1) })
    }

    async fn one_more(&self, staff_id: Uuid, day: &str, most: i64) -> Result<bool, DbErr> {
        let counted = Entity::update_many()
            .col_expr(Column::Shown, Expr::col(Column::Shown).add(1))
            .filter(Column::TenantId.eq(self.scope.tenant_id()))
            .filter(Column::StaffId.eq(staff_id))
            .filter(Column::Day.eq(day))
            .filter(Column::Shown.lt(most));
        Ok(counted.exec(self.tx).await?.rows_affected > 0)
    }
}
