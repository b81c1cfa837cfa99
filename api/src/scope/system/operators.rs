//! Operators: people who log in with a password, and what the command line does with them.

use super::{Said, System};
use crate::auth::entity::operator;
use crate::auth::guard_entity::{challenge, recovery_code, totp};
use crate::db::Transaction;
use crate::problem::Problem;
use crate::scope::INSTALLATION;
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Set};
use serde_json::json;
use uuid::Uuid;

/// So many are listed.
const LISTED: u64 = 1_000;

/// An operator who changes their own password.
pub(crate) struct Own<'p> {
    /// The hash of the one that they showed.
    pub(crate) present: &'p str,
    /// The session that stays.
    pub(crate) session_id: Uuid,
}

#[expect(clippy::disallowed_methods, reason = "operators belong to no business")]
impl System {
    /// Makes an operator, who logs in with a name and a password.
    ///
    /// # Errors
    /// When the name is taken.
    pub async fn create_operator(&self, name: &str, password_hash: String) -> Result<Uuid, Problem> {
        let recorded = self.begin_recorded().await?;
        let account_id = self.insert_account(recorded.on()).await?;
        let row = operator::ActiveModel {
            name: Set(name.to_owned()),
            account_id: Set(account_id),
            password_hash: Set(password_hash),
            installation: Set(None),
            created_at: Set(self.now()),
        };
        operator::Entity::insert(row).exec_without_returning(recorded.on()).await?;
        recorded.commit(Said::about(INSTALLATION, "create", "operator", json!({ "name": name }))).await?;
        Ok(account_id)
    }

    /// The operator of a name.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn operator(&self, name: &str) -> Result<Option<operator::Model>, Problem> {
        Ok(operator::Entity::find_by_id(name.to_owned()).one(&self.at.db.read).await?)
    }

    /// Lets an operator manage all businesses of the installation.
    ///
    /// # Errors
    /// When there is no such operator.
    pub async fn appoint_operator(&self, name: &str) -> Result<(), Problem> {
        let recorded = self.begin_recorded().await?;
        let done = operator::Entity::update_many()
            .set(operator::ActiveModel { installation: Set(Some(1)), ..operator::ActiveModel::default() })
            .filter(operator::Column::Name.eq(name))
            .exec(recorded.on())
            .await?;
        if done.rows_affected == 0 {
            return Err(Problem::NotFound);
        }
        Ok(recorded.commit(Said::about(INSTALLATION, "appoint", "operator", json!({ "name": name }))).await?)
    }

    /// Whether an account is that of an operator of the installation.
    pub(crate) async fn runs_installation(&self, account_id: Uuid) -> Result<bool, Problem> {
        let found = operator::Entity::find()
            .filter(operator::Column::AccountId.eq(account_id))
            .filter(operator::Column::Installation.eq(1))
            .one(&self.at.db.read)
            .await?;
        Ok(found.is_some())
    }

    /// All of them by name, as far as they are listed.
    pub(crate) async fn operators(&self) -> Result<Vec<operator::Model>, Problem> {
        let all = operator::Entity::find().order_by_asc(operator::Column::Name).limit(LISTED);
        Ok(all.all(&self.at.db.read).await?)
    }

    /// Gives an operator another password, and ends their sessions: all of them, or all but their own. A login with
    /// the old one that waits for its second factor ends too.
    ///
    /// # Errors
    /// 404 when nobody has that name; 409 when their own change was overtaken by another.
    pub(crate) async fn set_password(
        &self,
        name: &str,
        password_hash: String,
        own: Option<Own<'_>>,
    ) -> Result<(), Problem> {
        let account_id = self.operator(name).await?.ok_or(Problem::NotFound)?.account_id;
        let (present, kept) = own.map(|own| (own.present, own.session_id)).unzip();
        let recorded = self.begin_recorded().await?;
        let changed = operator::Entity::update_many()
            .set(operator::ActiveModel { password_hash: Set(password_hash), ..operator::ActiveModel::default() })
            .filter(operator::Column::Name.eq(name))
            .filter(Condition::all().add_option(present.map(|hash| operator::Column::PasswordHash.eq(hash))))
            .exec(recorded.on())
            .await?;
        if changed.rows_affected == 0 {
            return Err(Problem::conflict("in_progress", None));
        }
        challenge::Entity::update_many()
            .col_expr(challenge::Column::UsedAt, Expr::value(self.now()))
            .filter(challenge::Column::AccountId.eq(account_id))
            .filter(challenge::Column::Kind.eq("login"))
            .filter(challenge::Column::UsedAt.is_null())
            .exec(recorded.on())
            .await?;
        let ended = self.end_others(recorded.on(), account_id, kept).await?;
        recorded.commit(Said::about(INSTALLATION, "set_password", "operator", json!({ "name": name }))).await?;
        self.forget_sessions(&ended);
        Ok(())
    }

    /// Takes the password of somebody away who leaves, with their second factor, and ends their sessions: also of the last
    /// boss of a business, because somebody else may know the password. Whoever manages businesses makes another boss.
    ///
    /// # Errors
    /// 404 when nobody has that name.
    pub(crate) async fn remove_operator(&self, name: &str) -> Result<(), Problem> {
        let account_id = self.operator(name).await?.ok_or(Problem::NotFound)?.account_id;
        let recorded = self.begin_recorded().await?;
        forget_factors(recorded.on(), account_id).await?;
        operator::Entity::delete_by_id(name.to_owned()).exec(recorded.on()).await?;
        let ended = self.end_others(recorded.on(), account_id, None).await?;
        recorded.commit(Said::about(INSTALLATION, "delete", "operator", json!({ "name": name }))).await?;
        self.forget_sessions(&ended);
        Ok(())
    }

    /// Forgets the authenticator app of an operator who lost it, and ends their sessions.
    ///
    /// # Errors
    /// 404 when nobody has that name.
    pub(crate) async fn reset_totp(&self, name: &str) -> Result<(), Problem> {
        let account_id = self.operator(name).await?.ok_or(Problem::NotFound)?.account_id;
        let recorded = self.begin_recorded().await?;
        forget_factors(recorded.on(), account_id).await?;
        let ended = self.end_others(recorded.on(), account_id, None).await?;
        recorded.commit(Said::about(INSTALLATION, "reset_totp", "operator", json!({ "name": name }))).await?;
        self.forget_sessions(&ended);
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "operators belong to no business")]
async fn forget_factors(on: &Transaction, account_id: Uuid) -> Result<(), DbErr> {
    totp::Entity::delete_by_id(account_id).exec(on).await?;
    let codes = recovery_code::Entity::delete_many().filter(recovery_code::Column::AccountId.eq(account_id));
    codes.exec(on).await.map(drop)
}
