//! The schema, one file a change. Forward only: a step that is already done is not done again, so
//! a migration that was killed half-way is simply run again.

#![expect(elided_lifetimes_in_paths, reason = "async_trait compares the signature with the one of sea-orm-migration")]

pub use sea_orm_migration::prelude::MigratorTrait;
use sea_orm_migration::prelude::{MigrationTrait, async_trait};

mod fill;
mod m0001_accounts;
mod m0002_customers;
mod m0003_follow_up;
mod m0004_orders;
mod m0005_machinery;
mod m0010_roles;
mod m0011_invitations;
mod m0012_sharing;
mod m0013_tenancy;
mod m0020_audit_substance;
mod m0021_audit_chain;
mod m0022_erasure;
mod m0023_tenant_keys;
mod m0024_next_digests;
mod m0030_sessions;
mod m0031_second_factor;
mod m0032_lockouts;
mod m0033_addresses;
mod m0034_reveals;
mod m0040_consents;
mod m0041_requests;
mod m0042_retention;
mod m0050_installation_digests;
mod m0055_search;
mod m0056_views;
mod m0057_bulk;
mod m0060_custom_fields;
mod m0061_record;
mod m0062_transfer;
mod m0066_pools;
mod m0067_recycling;
mod m0070_merges;
mod m0071_duplicates;
mod m0074_tags;
mod m0075_tag_rules;
mod m0078_walks;
mod m0079_tags_lead;
mod m0082_import_marks;
mod m0083_imported_talks;
mod m0084_servers;
mod m0087_attachments;
mod m0088_trial_owners;
mod m0089_search_holders;
mod m0090_pool_walks;
mod m0094_held_back;
mod m0096_ads_refused;
mod m0097_session_tenants;
mod m0098_offered_places;
mod m0099_plans;
mod m0100_view_choices;
mod m0101_tag_groups_gone;
mod m0102_opportunities;
mod m0103_opportunity_rights;
mod m0104_offers;
mod m0105_offer_rights;
mod m0106_tags_by_city;
mod m0107_phone_holders;
mod schema;

/// All migrations in their order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_accounts::Migration),
            Box::new(m0002_customers::Migration),
            Box::new(m0003_follow_up::Migration),
            Box::new(m0004_orders::Migration),
            Box::new(m0005_machinery::Migration),
            Box::new(m0010_roles::Migration),
            Box::new(m0011_invitations::Migration),
            Box::new(m0012_sharing::Migration),
            Box::new(m0013_tenancy::Migration),
            Box::new(m0020_audit_substance::Migration),
            Box::new(m0021_audit_chain::Migration),
            Box::new(m0022_erasure::Migration),
            Box::new(m0023_tenant_keys::Migration),
            Box::new(m0024_next_digests::Migration),
            Box::new(m0030_sessions::Migration),
            Box::new(m0031_second_factor::Migration),
            Box::new(m0032_lockouts::Migration),
            Box::new(m0033_addresses::Migration),
            Box::new(m0034_reveals::Migration),
            Box::new(m0040_consents::Migration),
            Box::new(m0041_requests::Migration),
            Box::new(m0042_retention::Migration),
            Box::new(m0050_installation_digests::Migration),
            Box::new(m0055_search::Migration),
            Box::new(m0056_views::Migration),
            Box::new(m0057_bulk::Migration),
            Box::new(m0060_custom_fields::Migration),
            Box::new(m0061_record::Migration),
            Box::new(m0062_transfer::Migration),
            Box::new(m0066_pools::Migration),
            Box::new(m0067_recycling::Migration),
            Box::new(m0070_merges::Migration),
            Box::new(m0071_duplicates::Migration),
            Box::new(m0074_tags::Migration),
            Box::new(m0075_tag_rules::Migration),
            Box::new(m0078_walks::Migration),
            Box::new(m0079_tags_lead::Migration),
            Box::new(m0082_import_marks::Migration),
            Box::new(m0083_imported_talks::Migration),
            Box::new(m0084_servers::Migration),
            Box::new(m0087_attachments::Migration),
            Box::new(m0088_trial_owners::Migration),
            Box::new(m0089_search_holders::Migration),
            Box::new(m0090_pool_walks::Migration),
            Box::new(m0094_held_back::Migration),
            Box::new(m0096_ads_refused::Migration),
            Box::new(m0097_session_tenants::Migration),
            Box::new(m0098_offered_places::Migration),
            Box::new(m0099_plans::Migration),
            Box::new(m0100_view_choices::Migration),
            Box::new(m0101_tag_groups_gone::Migration),
            Box::new(m0102_opportunities::Migration),
            Box::new(m0103_opportunity_rights::Migration),
            Box::new(m0104_offers::Migration),
            Box::new(m0105_offer_rights::Migration),
            Box::new(m0106_tags_by_city::Migration),
            Box::new(m0107_phone_holders::Migration),
        ]
    }
}
