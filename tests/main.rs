//! One test binary over the public API. Every test has its own business, its own mini-program at the
//! simulator and its own clock; none knows which database and cache it runs on.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops where it is surprised")]

mod giving;
mod giving_merged;
mod giving_refused;
mod guards;
mod harness;

mod accounts;
mod addresses;
mod at_rest;
mod attachments;
mod audit;
mod bulk;
mod cloud;
mod command_line;
mod custom_fields;
mod customers;
mod duplicates;
mod edge;
mod erasure;
mod faults;
mod field_rules;
mod filters;
mod gone;
mod import_back;
mod import_read;
mod interactions;
mod invitations;
mod keys;
mod leases;
mod lockouts;
mod merge;
mod merge_races;
mod merge_refused;
mod mine;
mod odd_texts;
mod offers;
mod operators;
mod opportunities;
mod orders;
mod passwords;
mod plan_turns;
mod plans;
mod pools;
mod privacy;
mod process;
mod record;
mod recycling;
mod refusals;
mod rekeying;
mod remark;
mod reminders;
mod rights;
mod rubbish;
mod second_factor;
mod sessions;
mod sms;
mod step_up;
mod tag_groups;
mod tag_rules;
mod tags;
mod teams;
mod transfer;
mod wechat;
