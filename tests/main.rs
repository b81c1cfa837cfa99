//! One test binary over the public API. Every test has its own business, its own mini-program at the
//! simulator and its own clock; none knows which database and cache it runs on.

mod harness;

mod customers;
mod wechat;
