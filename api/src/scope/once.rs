//! The same request twice is one change: a client that lost an answer on a train asks again and gets
//! the answer it missed.
//!
//! A request is recognised by its `Idempotency-Key` and by the id in its body. The row that
//! remembers it is inserted first, in the transaction of the change itself: a twin that arrives
//! meanwhile waits for that row and then finds the answer.

use super::system::Recorded;
use super::{INSTALLATION, Operating, Scope, Tx};
use crate::crypto::{Sealer, digest, equal, sha256};
use crate::db::{self, Asked, Taken, Transaction, refusal};
use crate::installation::Installation;
use crate::problem::Problem;
use actix_web::body::BoxBody;
use actix_web::{HttpRequest, HttpResponse, Responder};
use chrono::{DateTime, Utc};
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use serde::Serialize;
use std::marker::PhantomData;
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

/// Days for which an answer is remembered.
pub const DAYS: i64 = 7;

/// How to recognise a request: its key, if it has one, and what it says.
#[derive(Debug, Clone, Default)]
pub struct Once {
    key: Option<String>,
    body: [u8; 32],
}

impl Once {
    pub(super) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let key = match request.headers().get("Idempotency-Key") {
            None => None,
            Some(value) => {
                let text = value.to_str().ok().filter(|text| text.len() <= 100);
                let text = text.ok_or(Problem::Unreadable("idempotency_invalid"))?;
                if text.trim().is_empty() {
                    return Err(Problem::Unreadable("idempotency_blank"));
                }
                Some(text.to_owned())
            }
        };
        // The path belongs to what a request says: two forms may have the same body.
        Ok(Self { key, body: sha256(request.path().as_bytes()) })
    }

    pub(super) fn with_body(mut self, body: &[u8]) -> Self {
        self.body = sha256(&[&self.body, body].concat());
        self
    }
}

/// How the document names the header. An operation that answers [`Created`] or [`Accepted`] says `params(Once)`.
impl IntoParams for Once {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let text = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(100));
        let said = "Names this request, so that it is done once: for seven days the same key with the same body gets the \
                    same answer, with another body 422 `idempotency_reused`.";
        let header = ParameterBuilder::new().name("Idempotency-Key").parameter_in(ParameterIn::Header);
        let header = header.required(Required::False).description(Some(said));
        vec![header.schema(Some(text.pattern(Some("^[!-~]([ -~]*[!-~])?$")).build())).build()]
    }
}

mod entity {
    use sea_orm::entity::prelude::*;

    #[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "idempotency")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub tenant_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub actor_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub digest: Vec<u8>,
        pub body_digest: Vec<u8>,
        pub answer: Option<Vec<u8>>,
        pub created_at: DateTimeUtc,
    }

    #[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

pub(crate) use entity::{Column, Entity};

/// `201 Created` with the view of what was made, now or by the same request before.
pub struct Created<V> {
    body: Vec<u8>,
    view: PhantomData<V>,
}

impl<V> Responder for Created<V> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Created().content_type("application/json").body(self.body)
    }
}

/// The same with `202 Accepted`, of something that has begun and goes on by itself.
pub struct Accepted<V>(pub(crate) Created<V>);

impl<V> Responder for Accepted<V> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Accepted().content_type("application/json").body(self.0.body)
    }
}

/// One request, in the books of a business or of the installation.
struct Request<'o> {
    at: &'o Installation,
    /// The business, or [`INSTALLATION`].
    tenant_id: i64,
    actor_id: Uuid,
    once: &'o Once,
    by_key: Option<Vec<u8>>,
    by_id: Option<Vec<u8>>,
    /// What seals the answer that is remembered.
    answers: &'o Sealer,
}

#[expect(clippy::disallowed_methods, reason = "the scope's own table")]
impl<'o> Request<'o> {
    fn new(
        at: &'o Installation,
        answers: &'o Sealer,
        (tenant_id, actor_id): (i64, Uuid),
        once: &'o Once,
        id: Option<Uuid>,
    ) -> Self {
        let mark = |kind: &[u8], value: &[u8]| digest(&at.keys.digests, &[b"idempotency", kind, value]).to_vec();
        let by_key = once.key.as_ref().map(|key| mark(b"key", key.as_bytes()));
        let by_id = id.map(|id| mark(b"id", id.as_bytes()));
        Self { at, tenant_id, actor_id, once, by_key, by_id, answers }
    }

    fn marks(&self) -> Vec<Vec<u8>> {
        self.by_key.iter().chain(&self.by_id).cloned().collect()
    }

    fn place(&self) -> String {
        format!("{}|idempotency.answer|{}", self.tenant_id, self.actor_id)
    }

    /// Writes the request down, before anything else of its transaction: a twin is refused here, or with what comes next.
    async fn noted(&self, tx: &Transaction, now: DateTime<Utc>) -> Result<Option<Asked>, DbErr> {
        let rows = self.marks().into_iter().map(|digest| entity::ActiveModel {
            tenant_id: Set(self.tenant_id),
            actor_id: Set(self.actor_id),
            digest: Set(digest),
            body_digest: Set(self.once.body.to_vec()),
            answer: Set(None),
            created_at: Set(now),
        });
        db::ask(tx, rows.collect()).await
    }

    /// Does what is asked for and commits it, or finds out that it was done before.
    async fn done<V: Serialize>(
        &self,
        tx: &Transaction,
        now: DateTime<Utc>,
        work: impl Future<Output = Result<V, Problem>>,
        commit: impl Future<Output = Result<(), Problem>>,
    ) -> Result<Created<V>, Problem> {
        let noted = match self.noted(tx, now).await {
            Ok(noted) => noted,
            Err(error) => return self.unless_there(error).await,
        };
        let made = async {
            let created = self.answered(tx, &work.await?).await?;
            commit.await?;
            Ok(created)
        };
        match made.await {
            Ok(created) => Ok(created),
            Err(problem) => self.instead(tx, noted, problem).await,
        }
    }

    /// What is answered to a request of which nothing was done: what it got before, if there is something. Whatever is
    /// wrong with it today, a twin gets the same answer.
    async fn instead<V>(&self, tx: &Transaction, noted: Option<Asked>, why: Problem) -> Result<Created<V>, Problem> {
        let refused = match noted {
            Some(noted) => tx.refusal(noted).await,
            None => None,
        };
        match refused.as_ref().and_then(refusal) {
            Some(Taken::Unique | Taken::Id) => self.again().await,
            _ => Err(why),
        }
    }

    /// The answer that it got before, if that is why it was refused.
    async fn unless_there<V>(&self, error: DbErr) -> Result<Created<V>, Problem> {
        match refusal(&error) {
            Some(Taken::Unique | Taken::Id) => self.again().await,
            _ => Err(error.into()),
        }
    }

    /// Remembers the answer.
    async fn answered<V: Serialize>(&self, tx: &Transaction, view: &V) -> Result<Created<V>, Problem> {
        let body = serde_json::to_vec(view).map_err(anyhow::Error::from)?;
        let marks = self.marks();
        if !marks.is_empty() {
            let sealed = self.answers.seal(&self.place(), &body);
            let remembers = Entity::update_many()
                .col_expr(Column::Answer, Expr::value(sealed))
                .filter(Column::TenantId.eq(self.tenant_id))
                .filter(Column::ActorId.eq(self.actor_id))
                .filter(Column::Digest.is_in(marks));
            tx.later(remembers).await?;
        }
        Ok(Created { body, view: PhantomData })
    }

    /// The answer that the same request got before.
    async fn again<V>(&self) -> Result<Created<V>, Problem> {
        let rows = Entity::find()
            .filter(Column::TenantId.eq(self.tenant_id))
            .filter(Column::ActorId.eq(self.actor_id))
            .filter(Column::Digest.is_in(self.marks()))
            .all(&self.at.db.near)
            .await?;
        for row in &rows {
            if !equal(&row.body_digest, &self.once.body) {
                return Err(if Some(&row.digest) == self.by_key.as_ref() {
                    Problem::field("", "idempotency_reused")
                } else {
                    Problem::conflict("id_taken", Some("id"))
                });
            }
        }
        let sealed = rows.into_iter().find_map(|row| row.answer).ok_or(Problem::conflict("in_progress", None))?;
        Ok(Created { body: self.answers.open(&self.place(), &sealed)?, view: PhantomData })
    }
}

impl Scope {
    /// Makes something once. `work` runs in a transaction that is committed with its answer; the
    /// same request again gets the same answer.
    ///
    /// # Errors
    /// Whatever `work` refuses; 422 when the key was used for another request; 409 `id_taken` when
    /// the id was.
    pub async fn create<V: Serialize>(
        &mut self,
        once: &Once,
        id: Option<Uuid>,
        work: impl AsyncFnOnce(&Tx<'_>) -> Result<V, Problem>,
    ) -> Result<Created<V>, Problem> {
        let by = (self.tenant_id, self.who.id.unwrap_or_default());
        let asked = Request::new(&self.at, &self.keys.answers, by, once, id);
        let tx = self.begin_shared().await?.asking();
        match asked.done(tx.raw(), tx.now(), work(&tx), tx.finish()).await {
            Ok(created) => Ok(created),
            Err(why) => {
                let why = tx.refused().await.unwrap_or(why);
                // Whoever asked may look at what stood in the way.
                tx.give_up().await;
                Err(why)
            }
        }
    }
}

impl Operating {
    /// As [`Scope::create`], of what an operator of the installation makes: `work` says on the record what it does.
    ///
    /// # Errors
    /// Whatever `work` refuses; 422 when the key was used for another request.
    pub(crate) async fn create<V: Serialize>(
        &self,
        once: &Once,
        work: impl AsyncFnOnce(&Recorded<'_>) -> Result<V, Problem>,
    ) -> Result<Created<V>, Problem> {
        let at = &self.system.at;
        let asked = Request::new(at, &at.keys.installation, (INSTALLATION, self.account_id()), once, None);
        let recorded = self.system.begin_recorded().await?;
        let commit = async { Ok(recorded.finish().await?) };
        asked.done(recorded.on(), self.system.now(), work(&recorded), commit).await
    }
}
