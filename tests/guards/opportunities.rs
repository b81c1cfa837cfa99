//! Samples of operations on opportunities.

use super::samples::{Desk, Sample};
use crate::harness::text;
use serde_json::{Value, json};

impl Desk<'_> {
    /// A sample of an operation on opportunities.
    pub async fn opportunities(&self, operation: &str) -> Sample {
        let mine = || self.empty(&self.client);
        match operation {
            "list_opportunities" => mine(),
            "create_opportunity" => mine().body(self.hope().await),
            "get_opportunity" => mine().at("id", self.opportunity().await),
            "change_opportunity" => mine().at("id", self.opportunity().await).version(1).body(json!({
                "name": "秋茶团购", "amount_fen": 200, "stage": "quote", "closes_on": "2026-12-30", "next_step": "送样",
            })),
            "move_opportunity" => mine()
                .at("id", self.opportunity().await)
                .version(1)
                .body(json!({ "event": "lose", "reason": "价格太高" })),
            "delete_opportunity" => mine().at("id", self.opportunity().await).version(1),
            _ => panic!("add a sample for {operation} to tests/guards/opportunities.rs"),
        }
    }

    async fn hope(&self) -> Value {
        json!({
            "customer_id": self.customer().await, "name": "春茶团购", "amount_fen": 100, "stage": "contact",
            "closes_on": "2026-12-20", "next_step": "报价",
        })
    }

    async fn opportunity(&self) -> String {
        text(&self.client.post("/opportunities", self.hope().await).await.ok()["id"])
    }
}
