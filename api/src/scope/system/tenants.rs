//! Businesses and who works in them, as the operator and the login see them.

use super::{Said, System, SystemTx, hold_business};
use crate::auth::entity::{operator, tenant, wechat_identity};
use crate::auth::{Left, WhyLeft};
use crate::db::{Code, Transaction};
use crate::problem::Problem;
use crate::scope::Sight;
use crate::tenants::{role, staff, team};
use domain::permission::{Reach, Resource, Role};
use domain::rights::Rights;
use domain::staff::TenantChanges;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Select, Set,
};
use serde_json::json;
use uuid::Uuid;

/// Places of one account that are looked at.
const LISTED: u64 = 1_000;

/// A business in which somebody works.
#[derive(Debug, Clone)]
pub(crate) struct Employment {
    pub(crate) tenant_id: i64,
    pub(crate) business: String,
    pub(crate) staff: staff::Model,
}

/// How it stands with somebody who works nowhere now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Idle {
    /// They work nowhere yet and may be invited, or manage the installation and have something else to do.
    Free,
    /// They are kept from where they work: suspended there, or the business is.
    KeptOut,
    /// They were removed from wherever they worked.
    Removed,
}

#[expect(clippy::disallowed_methods, reason = "businesses are what this module crosses")]
impl System {
    pub(crate) async fn tenant(&self, id: i64) -> Result<Option<tenant::Model>, Problem> {
        Ok(tenant::Entity::find_by_id(id).one(&self.at.db.read).await?)
    }

    pub(crate) async fn count_tenants(&self) -> Result<u64, Problem> {
        Ok(tenant::Entity::find().filter(tenant::Column::ErasedAt.is_null()).count(&self.at.db.read).await?)
    }

    /// Businesses with a greater id, by id.
    pub(crate) async fn tenants_after(&self, after: i64, limit: u64) -> Result<Vec<tenant::Model>, Problem> {
        let rows = tenant::Entity::find().filter(tenant::Column::Id.gt(after)).order_by_asc(tenant::Column::Id);
        Ok(rows.limit(limit).all(&self.at.db.read).await?)
    }

    /// A business that is there: not erased.
    ///
    /// # Errors
    /// 404.
    pub(crate) async fn standing_tenant(&self, id: i64) -> Result<tenant::Model, Problem> {
        self.tenant(id).await?.filter(|tenant| tenant.erased_at.is_none()).ok_or(Problem::NotFound)
    }

    /// Changes a business if it still has `version` and is there. Whoever works in a suspended one is out within
    /// three seconds.
    pub(crate) async fn change_tenant(&self, id: i64, version: i64, changes: TenantChanges) -> Result<bool, Problem> {
        let TenantChanges { name, phone, suspended } = changes;
        let said = json!({ "suspended": suspended, "name": name });
        let mut change = tenant::ActiveModel { updated_at: Set(self.now()), ..tenant::ActiveModel::default() };
        if let Some(name) = name {
            change.name = Set(name);
        }
        if let Some(phone) = phone {
            change.phone = Set(phone);
        }
        if let Some(suspended) = suspended {
            change.suspended_at = Set(suspended.then(|| self.now()));
        }
        let recorded = self.begin_recorded().await?;
        let done = tenant::Entity::update_many()
            .set(change)
            .col_expr(tenant::Column::Version, Expr::col(tenant::Column::Version).add(1))
            .filter(tenant::Column::Id.eq(id))
            .filter(tenant::Column::Version.eq(version))
            .filter(tenant::Column::ErasedAt.is_null())
            .exec(recorded.on())
            .await?;
        if done.rows_affected == 0 {
            return Ok(false);
        }
        recorded.say_of_business(Said::about(id, "update", "business", said)).await?;
        recorded.finish().await?;
        Ok(true)
    }

    /// Who works in a business, whoever came first first; those who came after one.
    ///
    /// # Errors
    /// 404 when there is no such business.
    pub(crate) async fn staff_of(
        &self,
        tenant_id: i64,
        after: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<staff::Model>, Problem> {
        self.tenant(tenant_id).await?.ok_or(Problem::NotFound)?;
        let rows = staff::Entity::find()
            .filter(staff::Column::TenantId.eq(tenant_id))
            .filter(staff::Column::Live.eq(1))
            .filter(Condition::all().add_option(after.map(|after| staff::Column::Id.gt(after))))
            // An id begins with the time at which it was made.
            .order_by_asc(staff::Column::Id);
        Ok(rows.limit(limit).all(&self.at.db.read).await?)
    }

    /// Somebody who works in a business, suspended or not.
    pub(crate) async fn colleague(&self, tenant_id: i64, id: Uuid) -> Result<Option<staff::Model>, Problem> {
        let row = staff::Entity::find_by_id((tenant_id, id)).one(&self.at.db.read).await?;
        Ok(row.filter(|row| row.live.is_some()))
    }

    /// Names of businesses.
    pub(crate) async fn tenants_named(&self, ids: Vec<i64>) -> Result<Vec<tenant::Model>, Problem> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        Ok(tenant::Entity::find().filter(tenant::Column::Id.is_in(ids)).all(&self.at.db.read).await?)
    }

    /// Changes a role, or suspends (`None`). Every token of that member of staff is worth nothing
    /// from then on: its epoch is over.
    ///
    /// # Errors
    /// When there is no such member of staff or business, or 409 `last_boss`.
    pub async fn set_role(&self, tenant_id: i64, staff_id: Uuid, role: Option<Role>) -> Result<(), Problem> {
        let now = self.now();
        let mut change = staff::ActiveModel { updated_at: Set(now), ..staff::ActiveModel::default() };
        match role {
            Some(role) => {
                change.role = Set(Code(role));
                change.role_id = Set(None);
                change.suspended_at = Set(None);
            }
            None => change.suspended_at = Set(Some(now)),
        }
        self.standing_tenant(tenant_id).await?;
        let recorded = self.begin_recorded().await?;
        let before = staff::Entity::find_by_id((tenant_id, staff_id)).one(recorded.on()).await?;
        let before = before.filter(|row| row.live.is_some()).ok_or(Problem::NotFound)?;
        let as_asked = match role {
            Some(role) => before.role.0 == role && before.suspended_at.is_none(),
            None => before.suspended_at.is_some(),
        };
        if as_asked {
            return Ok(());
        }
        if role != Some(Role::Boss) {
            keep_a_boss(recorded.on(), &before).await?;
        }
        staff::Entity::update_many()
            .set(change)
            .col_expr(staff::Column::AuthEpoch, Expr::col(staff::Column::AuthEpoch).add(1))
            .col_expr(staff::Column::Version, Expr::col(staff::Column::Version).add(1))
            .filter(staff::Column::TenantId.eq(tenant_id))
            .filter(staff::Column::Id.eq(staff_id))
            .exec(recorded.on())
            .await?;
        let changes = json!({ "old": before.role.0, "new": role, "suspended": role.is_none() });
        let (action, resource, resource_id) = ("role", "staff", Some(staff_id));
        recorded.say_of_business(Said { tenant_id, action, resource, resource_id, changes }).await?;
        recorded.finish().await?;
        self.at.snapshots.forget_staff(tenant_id, staff_id);
        Ok(())
    }

    /// A member of staff who may work: not suspended, in a business that is not.
    pub(crate) async fn staffer(&self, tenant_id: i64, staff_id: Uuid) -> Result<Option<staff::Model>, Problem> {
        let row = staff::Entity::find_by_id((tenant_id, staff_id)).one(&self.at.db.read).await?;
        let Some(row) = row.filter(|row| row.live.is_some() && row.suspended_at.is_none()) else { return Ok(None) };
        let open = self.tenant(tenant_id).await?.is_some_and(|tenant| tenant.suspended_at.is_none());
        Ok(open.then_some(row))
    }

    /// What a role may do and see in a business.
    pub(crate) async fn rights_of(&self, tenant_id: i64, role: Role, role_id: Option<Uuid>) -> Result<Rights, Problem> {
        let (Role::Custom, Some(id)) = (role, role_id) else { return Ok(role.rights()) };
        let row = role::Entity::find_by_id((tenant_id, id)).one(&self.at.db.read).await?;
        Ok(row.filter(|row| row.live.is_some()).map_or_else(|| Role::Custom.rights(), |row| row.rights()))
    }

    /// The name of a business's own role.
    pub(crate) async fn role_name(&self, tenant_id: i64, role_id: Option<Uuid>) -> Result<Option<String>, Problem> {
        let Some(id) = role_id else { return Ok(None) };
        Ok(role::Entity::find_by_id((tenant_id, id)).one(&self.at.db.read).await?.map(|row| row.name))
    }

    /// What a member of staff sees.
    pub(crate) async fn sight(&self, row: &staff::Model) -> Result<Sight, Problem> {
        let rights = self.rights_of(row.tenant_id, row.role.0, row.role_id).await?;
        self.sight_with(row, rights).await
    }

    /// What a member of staff would see with other rights.
    pub(crate) async fn sight_with(&self, row: &staff::Model, rights: Rights) -> Result<Sight, Problem> {
        let far = Resource::ALL.iter().any(|resource| rights.reach(*resource) == Reach::Team);
        let people = if far { self.people_below(row).await? } else { vec![row.id] };
        let role = row.role_id.map_or_else(|| row.role.0.as_str().to_owned(), |own| own.to_string());
        let pools = self.pools_of(row, &rights).await?;
        let helped = self.helped_by(row, &rights).await?;
        Ok(Sight { me: row.id, role, people, rights, pools, helped })
    }

    /// Oneself and everybody in one's team, the teams one leads, and those below. Also who has left: a
    /// leaver's customers are the team's until somebody takes them.
    async fn people_below(&self, row: &staff::Model) -> Result<Vec<Uuid>, Problem> {
        let teams = team::Entity::find()
            .filter(team::Column::TenantId.eq(row.tenant_id))
            .filter(team::Column::Live.eq(1))
            .all(&self.at.db.read)
            .await?;
        let mine = team::below(&teams, |team| Some(team.id) == row.team_id || team.lead_id == Some(row.id));
        if mine.is_empty() {
            return Ok(vec![row.id]);
        }
        let colleagues = staff::Entity::find()
            .filter(staff::Column::TenantId.eq(row.tenant_id))
            .filter(staff::Column::TeamId.is_in(mine))
            .filter(staff::Column::Id.ne(row.id))
            .all(&self.at.db.read)
            .await?;
        Ok(std::iter::once(row.id).chain(colleagues.into_iter().map(|colleague| colleague.id)).collect())
    }

    /// Where an account works, oldest first.
    pub(crate) async fn employments(&self, account_id: Uuid) -> Result<Vec<Employment>, Problem> {
        let rows = staff::Entity::find()
            .filter(staff::Column::AccountId.eq(account_id))
            .filter(staff::Column::Live.eq(1))
            .filter(staff::Column::SuspendedAt.is_null())
            .order_by_asc(staff::Column::CreatedAt)
            .all(&self.at.db.read)
            .await?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let names = self.tenants_named(rows.iter().map(|row| row.tenant_id).collect()).await?;
        Ok(rows
            .into_iter()
            .filter_map(|staff| {
                let open = |tenant: &&tenant::Model| tenant.id == staff.tenant_id && tenant.suspended_at.is_none();
                let business = names.iter().find(open)?.name.clone();
                Some(Employment { tenant_id: staff.tenant_id, business, staff })
            })
            .collect())
    }

    /// How it stands with an account that works nowhere now.
    pub(crate) async fn idle(&self, account_id: Uuid) -> Result<Idle, Problem> {
        let rows = staff::Entity::find().filter(staff::Column::AccountId.eq(account_id));
        let rows = rows.limit(LISTED).all(&self.at.db.read).await?;
        if rows.is_empty() || self.runs_installation(account_id).await? {
            return Ok(Idle::Free);
        }
        Ok(if rows.iter().any(|row| row.live.is_some()) { Idle::KeptOut } else { Idle::Removed })
    }

    /// Why an account may not work any more in a business, in which it was last; nothing when it never worked there.
    pub(crate) async fn left(&self, account_id: Uuid, tenant_id: i64) -> Result<Option<Left>, Problem> {
        let rows = staff::Entity::find().filter(staff::Column::TenantId.eq(tenant_id));
        let rows = rows.filter(staff::Column::AccountId.eq(account_id)).all(&self.at.db.read).await?;
        let business = self.tenant(tenant_id).await?.filter(|tenant| tenant.erased_at.is_none() && !rows.is_empty());
        Ok(business.map(|business| {
            let row = rows.iter().find(|row| row.live.is_some());
            let why = match row {
                None => WhyLeft::Removed,
                Some(row) if row.suspended_at.is_some() => WhyLeft::Suspended,
                Some(_) => WhyLeft::BusinessSuspended,
            };
            Left { tenant_id, business: business.name, why }
        }))
    }
}

impl SystemTx<'_> {
    /// Refuses to take the last boss away who can log in.
    ///
    /// # Errors
    /// 409 `last_boss`.
    pub(crate) async fn keep_a_boss(&self, leaving: &staff::Model) -> Result<(), Problem> {
        keep_a_boss(self.tx, leaving).await
    }
}

/// Refuses to take the last boss away who can log in. Whoever changes who is boss goes one after the other.
///
/// # Errors
/// 409 `last_boss`.
async fn keep_a_boss(on: &Transaction, leaving: &staff::Model) -> Result<(), Problem> {
    // Without a login, or suspended already, they are none whom the business loses.
    if leaving.role != Code(Role::Boss) || leaving.account_id.is_none() || leaving.suspended_at.is_some() {
        return Ok(());
    }
    hold_business(on, leaving.tenant_id).await?;
    let bosses = bosses(leaving.tenant_id).all(on).await?;
    // Nor is one who cannot log in any more: an operator who was removed.
    let there = bosses.iter().any(|boss| boss.id == leaving.id);
    if there && bosses.len() == 1 { Err(Problem::conflict("last_boss", None)) } else { Ok(()) }
}

/// The bosses of a business who work there and can log in: with WeChat, or with an operator's password. Two are enough to
/// know that one may go.
#[expect(clippy::disallowed_methods, reason = "the command line has no scope")]
fn bosses(tenant_id: i64) -> Select<staff::Entity> {
    let wechat = Query::select().column(wechat_identity::Column::AccountId).from(wechat_identity::Entity).to_owned();
    let password = Query::select().column(operator::Column::AccountId).from(operator::Entity).to_owned();
    let account = staff::Column::AccountId;
    staff::Entity::find()
        .filter(staff::Column::TenantId.eq(tenant_id))
        .filter(staff::Column::Live.eq(1))
        .filter(staff::Column::Role.eq(Role::Boss.as_str()))
        .filter(staff::Column::SuspendedAt.is_null())
        .filter(Condition::any().add(account.in_subquery(wechat)).add(account.in_subquery(password)))
        .limit(2)
}
