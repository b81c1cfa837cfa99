//! The same request twice is one change: a client that lost an answer on a train asks again and gets
//! the answer it missed.
//!
//! A request is recognised by its `Idempotency-Key` and by the id in its body. The row that
//! remembers it is inserted first, in the transaction of the change itself: a twin that arrives
//! meanwhile waits for that row and then finds the answer.

use super::{Scope, Tx};
use crate::crypto::{digest, equal, sha256};
use crate::db::{self, Taken, Transaction, refusal};
use crate::problem::Problem;
use actix_web::body::BoxBody;
use actix_web::{HttpRequest, HttpResponse, Responder};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait as _, QueryTrait as _, Set};
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

/// How the document names the header. An operation that answers [`Created`] says `params(Once)`.
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

#[expect(clippy::disallowed_methods, reason = "the scope's own table")]
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
        let actor_id = self.who.id.unwrap_or_default();
        let by_key = once.key.as_ref().map(|key| self.mark(b"key", key.as_bytes()));
        let by_id = id.map(|id| self.mark(b"id", id.as_bytes()));
        let marks: Vec<Vec<u8>> = by_key.iter().chain(&by_id).cloned().collect();
        let tx = self.begin_shared().await?;
        if !marks.is_empty() {
            let rows = marks.iter().map(|digest| entity::ActiveModel {
                tenant_id: Set(tx.tenant_id),
                actor_id: Set(actor_id),
                digest: Set(digest.clone()),
                body_digest: Set(once.body.to_vec()),
                answer: Set(None),
                created_at: Set(tx.now()),
            });
            if let Err(error) = db::insert(tx.raw(), rows.collect()).await {
                if refusal(&error) != Some(Taken::Unique) && refusal(&error) != Some(Taken::Id) {
                    return Err(error.into());
                }
                return self.again(tx.raw(), actor_id, once, by_key, by_id).await;
            }
        }
        let view = work(&tx).await?;
        let body = serde_json::to_vec(&view).map_err(anyhow::Error::from)?;
        if !marks.is_empty() {
            let sealed = self.keys.answers.seal(&self.keys.place("idempotency.answer", actor_id), &body);
            let answered = Entity::update_many()
                .col_expr(Column::Answer, Expr::value(sealed))
                .filter(Column::TenantId.eq(tx.tenant_id))
                .filter(Column::ActorId.eq(actor_id))
                .filter(Column::Digest.is_in(marks));
            tx.raw().later(answered.build(tx.raw().get_database_backend())).await?;
        }
        tx.commit().await?;
        Ok(Created { body, view: PhantomData })
    }

    /// The answer that the same request got before.
    async fn again<V>(
        &self,
        tx: &Transaction,
        actor_id: Uuid,
        once: &Once,
        by_key: Option<Vec<u8>>,
        by_id: Option<Vec<u8>>,
    ) -> Result<Created<V>, Problem> {
        let marks: Vec<Vec<u8>> = by_key.iter().chain(&by_id).cloned().collect();
        let rows = Entity::find()
            .filter(Column::TenantId.eq(self.tenant_id))
            .filter(Column::ActorId.eq(actor_id))
            .filter(Column::Digest.is_in(marks))
            .all(tx)
            .await?;
        for row in &rows {
            if !equal(&row.body_digest, &once.body) {
                return Err(if Some(&row.digest) == by_key.as_ref() {
                    Problem::field("", "idempotency_reused")
                } else {
                    Problem::conflict("id_taken", Some("id"))
                });
            }
        }
        let sealed = rows.into_iter().find_map(|row| row.answer).ok_or(Problem::conflict("in_progress", None))?;
        let body = self.keys.answers.open(&self.keys.place("idempotency.answer", actor_id), &sealed)?;
        Ok(Created { body, view: PhantomData })
    }

    fn mark(&self, kind: &[u8], value: &[u8]) -> Vec<u8> {
        digest(&self.at.keys.digests, &[b"idempotency", kind, value]).to_vec()
    }
}
