//! People: found by what they proved to WeChat, or by a password.

use super::System;
use crate::auth::entity::{account, account_phone, operator, wechat_identity};
use crate::problem::Problem;
use crate::wechat::LoginAnswer;
use chrono::{DateTime, Utc};
use domain::accounts::Side;
use domain::phone::Phone;
use sea_orm::{
    ActiveValue::NotSet, ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, Set,
};
use std::collections::HashSet;
use uuid::Uuid;

/// Days for which a proved phone counts. Numbers are given to somebody else about 90 days after they
/// were returned (MIIT's usual freeze), so a proof must not outlive that.
const PROOF_DAYS: i64 = 90;

/// That an account held a number at a time.
#[derive(Clone)]
pub(crate) struct Proof {
    pub(super) account_id: Uuid,
    /// Of the number, under every key in use.
    pub(super) digests: Vec<Vec<u8>>,
    /// Whether there are digests under two keys.
    pub(super) both: bool,
    pub(super) at: DateTime<Utc>,
}

#[expect(clippy::disallowed_methods, reason = "accounts belong to no business")]
impl Proof {
    /// Whether it is there, and no other account proved the number after it.
    pub(super) async fn is_last(&self, on: &impl ConnectionTrait) -> Result<bool, DbErr> {
        let second = self.both.then(|| account_phone::Column::NextDigest.is_in(self.digests.clone()));
        let rows = account_phone::Entity::find()
            .filter(Condition::any().add(account_phone::Column::Digest.is_in(self.digests.clone())).add_option(second))
            .filter(account_phone::Column::ProvedAt.gte(self.at))
            .all(on)
            .await?;
        let own = rows.iter().any(|row| row.account_id == self.account_id);
        Ok(own && rows.iter().all(|row| row.account_id == self.account_id || row.proved_at == self.at))
    }
}

#[expect(clippy::disallowed_methods, reason = "accounts belong to no business")]
impl System {
    /// The account behind a WeChat login, made at the first one. The session key is sealed.
    pub(crate) async fn account_of_wechat(&self, appid: &str, answer: &LoginAnswer) -> Result<account::Model, Problem> {
        match self.find_or_make_account(appid, answer).await {
            // The same person's other request made the account this very moment: now it is found.
            Err(Problem::Conflict { .. }) => self.find_or_make_account(appid, answer).await,
            other => other,
        }
    }

    async fn find_or_make_account(&self, appid: &str, answer: &LoginAnswer) -> Result<account::Model, Problem> {
        let now = self.now();
        let tx = self.begin().await?;
        let known = wechat_identity::Entity::find_by_id((appid.to_owned(), answer.openid.clone())).one(&tx).await?;
        let by_union = match (&known, &answer.unionid) {
            (None, Some(unionid)) => {
                wechat_identity::Entity::find().filter(wechat_identity::Column::Unionid.eq(unionid)).one(&tx).await?
            }
            _ => None,
        };
        let account_id = match known.as_ref().or(by_union.as_ref()) {
            Some(identity) => identity.account_id,
            None => self.insert_account(&tx).await?,
        };
        let place = format!("|wechat_identities.session_key|{account_id}");
        let sealed = answer.session_key.as_ref().map(|key| self.at.keys.installation.seal(&place, key.as_bytes()));
        let row = wechat_identity::ActiveModel {
            appid: Set(appid.to_owned()),
            openid: Set(answer.openid.clone()),
            account_id: Set(account_id),
            unionid: Set(answer.unionid.clone()),
            session_key: sealed.map_or(NotSet, |sealed| Set(Some(sealed))),
            updated_at: Set(now),
        };
        if known.is_some() {
            wechat_identity::Entity::update(row).validate()?.exec(&tx).await?;
        } else {
            wechat_identity::Entity::insert(row).exec_without_returning(&tx).await?;
        }
        let account = account::Entity::find_by_id(account_id).one(&tx).await?.ok_or(Problem::NotFound)?;
        tx.commit().await?;
        Ok(account)
    }

    pub(super) async fn insert_account(&self, on: &impl ConnectionTrait) -> Result<Uuid, DbErr> {
        let (id, now) = (self.new_id(), self.now());
        let row = account::ActiveModel {
            id: Set(id),
            last_side: Set(Side::Customer.as_str().to_owned()),
            last_tenant: Set(None),
            created_at: Set(now),
            updated_at: Set(now),
        };
        account::Entity::insert(row).exec_without_returning(on).await?;
        Ok(id)
    }

    pub(crate) async fn account(&self, id: Uuid) -> Result<account::Model, Problem> {
        let account = account::Entity::find_by_id(id).one(&self.at.db.read).await?;
        account.ok_or(Problem::Unauthenticated("unauthenticated"))
    }

    /// Remembers on which side an account was last, so that it opens there next time.
    pub(crate) async fn remember_side(&self, id: Uuid, side: Side, tenant: Option<i64>) -> Result<(), Problem> {
        let change = account::ActiveModel {
            last_side: Set(side.as_str().to_owned()),
            last_tenant: Set(tenant),
            updated_at: Set(self.now()),
            ..account::ActiveModel::default()
        };
        account::Entity::update_many().set(change).filter(account::Column::Id.eq(id)).exec(&self.at.db.write).await?;
        Ok(())
    }

    /// Keeps a phone that the account proved to hold.
    pub(crate) async fn prove_phone(&self, account_id: Uuid, phone: &Phone) -> Result<(), Problem> {
        let lookups = self.lookups().await?;
        let (digests, before) = (lookups.index.phone(phone), lookups.index.phone_anywhere(phone));
        let place = format!("|account_phones.sealed|{account_id}");
        let sealed = self.at.keys.installation.seal(&place, phone.e164().as_bytes());
        let now = self.now();
        let tx = self.begin().await?;
        // By its key: whoever looks for it otherwise holds rows of others meanwhile.
        for digest in before {
            account_phone::Entity::delete_by_id((account_id, digest)).exec(&tx).await?;
        }
        let row = account_phone::ActiveModel {
            account_id: Set(account_id),
            digest: Set(digests.first),
            next_digest: Set(digests.next),
            sealed: Set(Some(sealed)),
            proved_at: Set(now),
        };
        account_phone::Entity::insert(row).exec_without_returning(&tx).await?;
        Ok(tx.commit().await?)
    }

    /// The phones an account proved lately, newest first.
    pub(crate) async fn proved_phones(&self, account_id: Uuid) -> Result<Vec<account_phone::Model>, Problem> {
        let rows = account_phone::Entity::find()
            .filter(account_phone::Column::AccountId.eq(account_id))
            .filter(account_phone::Column::ProvedAt.gt(self.now() - chrono::Duration::days(PROOF_DAYS)))
            .order_by_desc(account_phone::Column::ProvedAt)
            .all(&self.at.db.read)
            .await?;
        Ok(rows)
    }

    /// The operator that an account is, if it is one.
    pub(crate) async fn operator_of(&self, account_id: Uuid) -> Result<Option<operator::Model>, Problem> {
        let row = operator::Entity::find().filter(operator::Column::AccountId.eq(account_id));
        Ok(row.one(&self.at.db.read).await?)
    }

    /// The last phone an account proved, masked.
    pub(crate) async fn proved_phone_masked(&self, account_id: Uuid) -> Result<Option<String>, Problem> {
        Ok(self.proved_phone(account_id).await?.map(|phone| phone.masked()))
    }

    /// The last phone an account proved.
    pub(crate) async fn proved_phone(&self, account_id: Uuid) -> Result<Option<Phone>, Problem> {
        Ok(self.proved_numbers(account_id).await?.into_iter().next())
    }

    /// The numbers an account proved lately, newest first.
    pub(crate) async fn proved_numbers(&self, account_id: Uuid) -> Result<Vec<Phone>, Problem> {
        Ok(self.proved(account_id).await?.into_iter().map(|(number, _)| number).collect())
    }

    /// The same, and when.
    async fn proved(&self, account_id: Uuid) -> Result<Vec<(Phone, DateTime<Utc>)>, Problem> {
        let (mut numbers, place) = (Vec::new(), format!("|account_phones.sealed|{account_id}"));
        for row in self.proved_phones(account_id).await? {
            let Some(sealed) = row.sealed else { continue };
            let plain = self.at.keys.installation.open(&place, &sealed)?;
            let number = String::from_utf8(plain).ok().as_deref().and_then(Phone::parse);
            numbers.extend(number.map(|number| (number, row.proved_at)));
        }
        Ok(numbers)
    }

    /// The numbers that an account proved lately and nobody proved after it: a number goes from one hand to another, and
    /// whoever had it before keeps their proof of that for a while.
    pub(super) async fn last_proofs(&self, account_id: Uuid) -> Result<Vec<Proof>, Problem> {
        let proved = self.proved(account_id).await?;
        if proved.is_empty() {
            return Ok(Vec::new());
        }
        let lookups = self.lookups().await?;
        let mut last = Vec::new();
        for (number, at) in proved {
            let digests = lookups.index.phone_anywhere(&number).into_iter().collect();
            let proof = Proof { account_id, digests, both: lookups.both(), at };
            if proof.is_last(&self.at.db.read).await? {
                last.push(proof);
            }
        }
        Ok(last)
    }

    /// The accounts that proved one of these phones lately.
    pub(crate) async fn accounts_holding(&self, phones: &[Phone]) -> Result<Vec<Uuid>, Problem> {
        let lately = self.now() - chrono::Duration::days(PROOF_DAYS);
        let proofs = self.proofs_of(&[phones.to_vec()]).await?.pop().unwrap_or_default();
        Ok(proofs.into_iter().filter(|(_, at)| *at > lately).map(|(account, _)| account).collect())
    }

    /// Who speaks for the number of each of some people: whoever proved one lately, or when nobody did whoever was the last
    /// to prove it. A number may have gone into other hands since, so this is enough to leave somebody alone, and for
    /// nothing else.
    pub(super) async fn speakers(&self, people: &[Vec<Phone>]) -> Result<Vec<Vec<Uuid>>, Problem> {
        let lately = self.now() - chrono::Duration::days(PROOF_DAYS);
        let speak = |proofs: Vec<(Uuid, DateTime<Utc>)>| {
            let last = proofs.iter().map(|(_, at)| *at).max();
            let speaks = |at: DateTime<Utc>| at > lately || Some(at) == last;
            proofs.into_iter().filter(|(_, at)| speaks(*at)).map(|(account, _)| account).collect()
        };
        Ok(self.proofs_of(people).await?.into_iter().map(speak).collect())
    }

    /// Which accounts ever proved the phones of each of some people, and when.
    async fn proofs_of(&self, people: &[Vec<Phone>]) -> Result<Vec<Vec<(Uuid, DateTime<Utc>)>>, Problem> {
        let lookups = self.lookups().await?;
        let of_each: Vec<HashSet<Vec<u8>>> = people
            .iter()
            .map(|phones| phones.iter().flat_map(|phone| lookups.index.phone_anywhere(phone)).collect())
            .collect();
        let digests: Vec<Vec<u8>> = of_each.iter().flatten().cloned().collect();
        if digests.is_empty() {
            return Ok(vec![Vec::new(); people.len()]);
        }
        let second = lookups.both().then(|| account_phone::Column::NextDigest.is_in(digests.clone()));
        let rows = account_phone::Entity::find()
            .filter(Condition::any().add(account_phone::Column::Digest.is_in(digests)).add_option(second))
            .all(&self.at.db.read)
            .await?;
        let theirs = |digests: &HashSet<Vec<u8>>| {
            let held = rows.iter().filter(|row| {
                digests.contains(&row.digest) || row.next_digest.as_ref().is_some_and(|next| digests.contains(next))
            });
            held.map(|row| (row.account_id, row.proved_at)).collect()
        };
        Ok(of_each.iter().map(theirs).collect())
    }

    /// The account's identity at a mini-program.
    pub(crate) async fn wechat_identity(
        &self,
        appid: &str,
        account_id: Uuid,
    ) -> Result<Option<wechat_identity::Model>, Problem> {
        let row = wechat_identity::Entity::find()
            .filter(wechat_identity::Column::AccountId.eq(account_id))
            .filter(wechat_identity::Column::Appid.eq(appid))
            .one(&self.at.db.read)
            .await?;
        Ok(row)
    }

    /// The account behind an openid.
    pub(crate) async fn account_of_openid(&self, appid: &str, openid: &str) -> Result<Option<Uuid>, Problem> {
        let row =
            wechat_identity::Entity::find_by_id((appid.to_owned(), openid.to_owned())).one(&self.at.db.read).await?;
        Ok(row.map(|row| row.account_id))
    }
}
