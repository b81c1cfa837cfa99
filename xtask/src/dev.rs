//! `cargo xtask dev`: the product on this machine, with a demo business.

use std::time::Instant;

use anyhow::Result;

use crate::demo;
use crate::product::{self, Ports, Product};
use crate::steps::setup;
use crate::wasm::root;

#[derive(clap::Args)]
pub struct Options {
    /// Port of the API.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Port of the WeChat simulator.
    #[arg(long, default_value_t = 8190)]
    sim_port: u16,
    /// Port of the two phones in the browser.
    #[arg(long, default_value_t = 8090)]
    preview_port: u16,
}

pub fn dev(options: &Options) -> Result<()> {
    let begin = Instant::now();
    let ports = Ports { api: options.port, sim: options.sim_port, preview: options.preview_port };
    ports.must_be_free()?;
    setup::running_the_product()?;
    product::build()?;

    let home = root().join("data/dev");
    let mut product = Product::start(&home, &root().join("target/dev"), &ports)?;
    print_summary(&product, begin);
    let result = product.watch();
    println!("\nstopping");
    result
}

fn print_summary(product: &Product, begin: Instant) {
    let (ports, demo) = (&product.ports, &product.demo);
    let (phones, api, sim) = (Ports::url(ports.preview), Ports::url(ports.api), Ports::url(ports.sim));
    println!(
        "
熟客 runs after {:.1} s. Ctrl-C stops it.

  two phones       {phones}/preview/
  API docs         {api}/docs/
  WeChat (ours)    {sim}

  staff phone      员工入口, 微信登录: it is {}, {}'s boss ({})
  customer phone   用手机号查询, 允许: three orders belong to {} ({})
  operator         name {}, password {}
",
        begin.elapsed().as_secs_f64(),
        demo::BOSS,
        demo::BUSINESS,
        demo.staff_phone,
        demo::CUSTOMER,
        demo.customer_phone,
        demo.operator,
        demo.password,
    );
    println!("  logs are in target/dev; the business is kept in data/dev: delete that folder to start again");
}
