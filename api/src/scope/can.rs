//! A permission in a handler's signature *is* the scope: a handler that names none has no database.

use super::system::System;
use super::{Actor, Origin, Scope, Who};
use crate::edge::Marks;
use crate::installation::Installation;
use crate::problem::Problem;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use domain::accounts::Side;
use domain::permission::Permission;
use domain::step_up::dangerous;
use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A permission as a type.
pub trait Grant {
    /// The permission.
    const PERMISSION: Permission;
}

/// One type for each permission, of the same name.
pub mod grants {
    use super::{Grant, Permission};

    macro_rules! grants {
        ($($name:ident),* $(,)?) => {
            $(
                #[doc = concat!("Names the permission `", stringify!($name), "`.")]
                pub struct $name;
                impl Grant for $name {
                    const PERMISSION: Permission = Permission::$name;
                }
            )*
        };
    }

    grants! {
        CustomersRead, CustomersWrite, CustomersDelete, CustomersBulkDelete, CustomersMerge, CustomersErase, CustomersImport, CustomersExport, CustomersReveal, CustomersShare, CustomersAssign, CustomersClaim, PoolsWrite, TagsRead, TagsWrite,
        OffersRead, OffersWrite, OffersGive,
        InteractionsRead, InteractionsWrite, TasksRead, TasksWrite, OpportunitiesRead, OpportunitiesWrite, OrdersRead, OrdersWrite,
        StaffRead, StaffWrite, StaffHandover, RolesWrite, BusinessWrite, AuditRead,
    }
}

/// The scope of a member of staff who may do `P` in their business.
pub struct Can<P: Grant> {
    scope: Scope,
    granted: PhantomData<P>,
}

impl<P: Grant> Deref for Can<P> {
    type Target = Scope;

    fn deref(&self) -> &Scope {
        &self.scope
    }
}

impl<P: Grant> Can<P> {
    /// The scope, for an answer that is still being read when the handler is done.
    pub(crate) fn into_scope(self) -> Scope {
        self.scope
    }
}

impl<P: Grant> DerefMut for Can<P> {
    fn deref_mut(&mut self) -> &mut Scope {
        &mut self.scope
    }
}

impl<P: Grant> FromRequest for Can<P> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    /// Decides from what the middleware found, without waiting: 401 and 403 come before the body is
    /// looked at.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(scope_of(request, P::PERMISSION).map(|scope| Self { scope, granted: PhantomData }))
    }
}

fn scope_of(request: &HttpRequest, permission: Permission) -> Result<Scope, Problem> {
    let marks = Marks::of(request);
    let actor = marks.actor()?;
    let (Side::Staff, Some(staffer), Some(keys)) = (actor.side, &actor.staffer, marks.tenant_keys()) else {
        return Err(Problem::Forbidden("side_wrong"));
    };
    if !staffer.can(permission) {
        return Err(Problem::Lacking(permission));
    }
    let at = installation(request)?;
    let stepped_up = actor.stepped_up(at.clock.now());
    // A property of the permission itself: no handler can forget to ask.
    if dangerous(permission) && !stepped_up {
        return Err(Problem::StepUp);
    }
    let who = Who { id: Some(staffer.staff_id), name: staffer.name.clone() };
    let origin = Origin::marked(marks);
    Ok(Scope::new(at, staffer.tenant_id, staffer.eyes(), who, keys, origin).with_step_up(stepped_up))
}

/// Whoever is logged in, on whichever side. Like [`Can`] it is decided before the body is looked at.
pub struct LoggedIn(pub Arc<Actor>);

impl FromRequest for LoggedIn {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Marks::of(request).actor().map(Self))
    }
}

/// Whoever is logged in, also an operator who has no authenticator app yet and may do nothing else
/// before.
pub struct Enrolling(pub Arc<Actor>);

impl FromRequest for Enrolling {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Marks::of(request).anyone().map(Self))
    }
}

/// Somebody on the customer side, who sees what they proved to be theirs.
pub struct Mine {
    /// The person.
    pub actor: Arc<Actor>,
    /// What crosses businesses.
    pub(crate) system: System,
}

impl FromRequest for Mine {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let of = || {
            let actor = Marks::of(request).actor()?;
            match actor.side {
                Side::Customer => Ok(Self { actor, system: System::of(request)? }),
                Side::Staff => Err(Problem::Forbidden("side_wrong")),
            }
        };
        ready(of())
    }
}

/// An operator of the installation, who manages businesses without being staff in them.
pub struct Operating {
    actor: Arc<Actor>,
    address: String,
    /// What crosses businesses; it puts every change on the record under their name.
    pub(crate) system: System,
}

impl Operating {
    fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let marks = Marks::of(request);
        let actor = marks.actor()?;
        let name = marks.operator.ok_or(Problem::Forbidden("operators_only"))?;
        // What a business reads about itself names nobody by what they log in with.
        let system = System::of(request)?.named("运营").run_by(name);
        Ok(Self { actor, system, address: marks.address })
    }

    /// Who they are.
    pub(super) fn account_id(&self) -> uuid::Uuid {
        self.actor.account_id
    }

    /// Whence they come, as the edge knows it.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

impl FromRequest for Operating {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

/// An operator of the installation who gave the second look a moment ago: for whatever changes something. The
/// document says so of an operation by the scope [`VOUCHED`](crate::openapi::VOUCHED).
pub struct Vouched(Operating);

impl Deref for Vouched {
    type Target = Operating;

    fn deref(&self) -> &Operating {
        &self.0
    }
}

impl FromRequest for Vouched {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Operating::of(request).and_then(|operating| {
            let stepped_up = operating.actor.stepped_up(operating.system.now());
            if stepped_up { Ok(Self(operating)) } else { Err(Problem::StepUp) }
        }))
    }
}

/// The installation behind a request.
pub(super) fn installation(request: &HttpRequest) -> Result<Arc<Installation>, Problem> {
    request
        .app_data::<web::Data<Installation>>()
        .map(|data| Arc::clone(data))
        .ok_or_else(|| Problem::Internal(anyhow::anyhow!("no installation")))
}
