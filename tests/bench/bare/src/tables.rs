//! The columns of the product's tables, as its entities have them: tests/guards/bench.rs compares the two, so that
//! what is measured beside the product does not lag behind it.

pub const CUSTOMERS: &str = "tenant_id id owner_id pool_id name kind type company title region source industry size \
     needs dates birthday remark person_key vault last_contact_at next_contact_at created_by version created_at \
     updated_at deleted_at live erased_at custom merged_into owned_at ads_refused_at";

/// Those that a list shows, or opens.
pub const LISTED: &str = "id owner_id pool_id name kind type company title region source person_key vault \
     last_contact_at next_contact_at version created_at updated_at live custom";

pub const TAGGINGS: &str = "tenant_id customer_id tag_id by_rule merged_from customer_at region holder_id live";

pub const REMEMBERED: &str = "tenant_id actor_id digest body_digest answer created_at";

pub const SEARCHED: &str = "tenant_id customer_id name_key text holder_id";

pub const TERMS: &str = "tenant_id term customer_id";

pub const PHONES: &str = "tenant_id customer_id position digest last_four next_digest next_last_four primary_live \
     holder_id";

pub const ENTRIES: &str = "tenant_id id actor_id actor_name action resource resource_id changes request_id at address \
     session_id person_id sealed seq hash";
