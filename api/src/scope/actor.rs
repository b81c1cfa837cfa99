//! Who acts, and which rows they see.

use chrono::{DateTime, Utc};
use domain::accounts::Side;
use domain::permission::{Permission, Role, Rows};
use uuid::Uuid;

/// Which rows of a business somebody sees. Every entity turns it into one condition
/// ([`super::Tenanted::rows`]), and every statement of a scope carries that condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Eyes {
    /// Every row: the boss, and jobs of the business itself.
    All,
    /// Rows of this member of staff, and what hangs on them.
    Own(Uuid),
    /// These orders and nothing else: the customer side.
    Orders(Vec<Uuid>),
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
    /// Their role.
    pub role: Role,
}

impl Staffer {
    /// The rows this member of staff sees.
    #[must_use]
    pub fn eyes(&self) -> Eyes {
        match self.role.rows() {
            Rows::All => Eyes::All,
            Rows::Own => Eyes::Own(self.staff_id),
        }
    }

    /// Whether the role allows it.
    #[must_use]
    pub fn can(&self, permission: Permission) -> bool {
        self.role.can(permission)
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
