//! Who acts, and which rows they see.

use chrono::{DateTime, Utc};
use domain::accounts::Side;
use domain::permission::{Permission, Reach, Resource};
use domain::rights::Rights;
use std::sync::Arc;
use uuid::Uuid;

/// What a member of staff sees, as of the last three seconds.
#[derive(Debug, PartialEq, Eq)]
pub struct Sight {
    /// The row in `staff`.
    pub me: Uuid,
    /// Which role they have: the code of a built-in one, the id of a business's own.
    pub role: String,
    /// Oneself and everybody in one's team and below; only oneself when no right reaches that far.
    pub people: Vec<Uuid>,
    /// What they may do and see.
    pub rights: Rights,
    /// The pools 公海 they see; `None`: whichever comes, because there was none yet.
    pub pools: Option<Vec<Uuid>>,
    /// The customers that they help with; `None`: so many that they are looked up when they are asked for.
    pub helped: Option<Vec<Uuid>>,
}

impl Sight {
    /// Whether they see the customers in a pool.
    #[must_use]
    pub fn sees_pool(&self, pool: Uuid) -> bool {
        self.pools.as_ref().is_none_or(|pools| pools.contains(&pool))
    }

    /// Whose rows of a resource they see; `None`: everybody's.
    #[must_use]
    pub fn whose(&self, resource: Resource) -> Option<&[Uuid]> {
        match self.rights.reach(resource) {
            Reach::Own => Some(std::slice::from_ref(&self.me)),
            Reach::Team => Some(&self.people),
            Reach::All => None,
        }
    }
}

/// Which rows of a business somebody sees. Every entity turns it into one condition
/// ([`super::Tenanted::rows`]), and every statement of a scope carries that condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Eyes {
    /// Every row: jobs of the business itself.
    All,
    /// What this member of staff sees.
    Staff(Arc<Sight>),
    /// These orders and nothing else: the customer side.
    Orders(Vec<Uuid>),
}

/// Eyes that look at a business's rows, to see them or to change them: what the one predicate of a
/// resource is made from.
#[derive(Debug, Clone, Copy)]
pub struct Look<'e> {
    /// Whose eyes.
    pub eyes: &'e Eyes,
    /// In which business.
    pub tenant_id: i64,
    /// Whether the rows are about to be changed: some are there to be read only.
    pub write: bool,
}

/// A member of staff at work in one business.
#[derive(Debug, Clone)]
pub struct Staffer {
    /// The business.
    pub tenant_id: i64,
    /// The row in `staff`.
    pub staff_id: Uuid,
    /// Their name, as colleagues see it.
    pub name: String,
    /// What they see.
    pub sight: Arc<Sight>,
}

impl Staffer {
    /// The rows this member of staff sees.
    #[must_use]
    pub fn eyes(&self) -> Eyes {
        Eyes::Staff(Arc::clone(&self.sight))
    }

    /// Whether their rights allow it.
    #[must_use]
    pub fn can(&self, permission: Permission) -> bool {
        self.sight.rights.can(permission)
    }
}

/// Who a request comes from, proved by its access token.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The person.
    pub account_id: Uuid,
    /// The session (refresh family) of the token.
    pub session_id: Uuid,
    /// Which side the token speaks for.
    pub side: Side,
    /// On the staff side, who they are there.
    pub staffer: Option<Staffer>,
    /// Until when a second look counts, if there was one.
    pub stepped_up_until: Option<DateTime<Utc>>,
    /// An operator who must set an authenticator app up before anything else.
    pub must_enrol: bool,
}

impl Actor {
    /// Whether the second look still counts.
    #[must_use]
    pub fn stepped_up(&self, now: DateTime<Utc>) -> bool {
        self.stepped_up_until.is_some_and(|until| until > now)
    }
}
