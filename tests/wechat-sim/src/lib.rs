//! The WeChat simulator: api.weixin.qq.com to the product's server, and WeChat itself to its
//! phones. Written from the contract, not from the client it is used to test.
//!
//! Everything hangs on an appid, so tests that register an app each never meet. `README.md` has
//! the table of endpoints.

mod api;
mod books;
mod clock;
pub mod config;
mod control;
mod fault;
mod login;
mod number;
mod phone;
mod push;
mod qrcode;
mod random;
mod server;
mod socket;
mod soter;
mod state;
mod subscribe;
mod template;
#[cfg(test)]
mod tests;
mod token;
mod urllink;
mod value;
mod wire;

pub use config::{AppConfig, SimConfig};
/// The same as [`start`], which always runs in a thread of its own.
pub use server::start as spawn_thread;
pub use server::{Sim, start};
