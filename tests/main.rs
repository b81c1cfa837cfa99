//! One test binary over the public API. Every test has its own business, its own mini-program at the
//! simulator and its own clock; none knows which database and cache it runs on.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops where it is surprised")]

mod guards;
mod harness;

mod accounts;
mod at_rest;
mod audit;
mod customers;
mod erasure;
mod interactions;
mod keys;
mod mine;
mod orders;
mod process;
mod reminders;
mod tags;
mod wechat;
