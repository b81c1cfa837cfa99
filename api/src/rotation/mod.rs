//! Replacing keys: a business's and the installation's, in the background; one person's, at once.

mod index;
mod lookups;
mod person;
mod routes;
mod tenant;

pub(crate) use index::IndexKeyAdded;
pub(crate) use lookups::rotate_lookups;
pub use lookups::turn_lookups;
pub(crate) use person::rotate_person;
pub(crate) use routes::routes;
pub(crate) use tenant::TenantKeyAdded;

use crate::problem::Problem;
use crate::scope::system::{Recorded, System};
use chrono::{DateTime, Utc};
use domain::keys::RotationKind;

/// Begins to replace a key of a business, in a transaction that may do more: the job that goes on with it is there
/// exactly if the new key is. Says which generation follows and from when on it is used. Once it is committed,
/// [`System::keys_added`].
async fn begin(
    system: &System,
    recorded: &Recorded<'_>,
    tenant_id: i64,
    what: RotationKind,
) -> Result<(i64, DateTime<Utc>), Problem> {
    match what {
        RotationKind::Keys => tenant::begin(system, recorded, tenant_id).await,
        RotationKind::Indexes => index::begin(system, recorded, tenant_id).await,
    }
}

/// The same by itself.
///
/// # Errors
/// 409 `in_progress` while the rotation before is not over.
pub(crate) async fn rotate(
    system: &System,
    tenant_id: i64,
    what: RotationKind,
) -> Result<(i64, DateTime<Utc>), Problem> {
    let begun = system.recorded(async |recorded| begin(system, recorded, tenant_id, what).await).await?;
    system.keys_added(tenant_id);
    Ok(begun)
}
