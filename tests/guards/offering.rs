//! Samples of operations on offers.

use super::samples::{Desk, Sample, unique};
use crate::harness::text;
use serde_json::json;

impl Desk<'_> {
    /// A sample of an operation on offers.
    pub async fn offering(&self, operation: &str) -> Sample {
        let mine = || self.empty(&self.client);
        match operation {
            "list_offers" => mine(),
            "create_offer" => mine().body(json!({
                "name": unique("惠"), "kind": "amount_off", "amount_fen": 2_000, "min_spend_fen": 10_000,
                "terms": "到店使用，每次一张", "first_day": "2026-01-01", "last_day": "2037-12-31",
            })),
            "get_offer" => mine().at("id", self.offer().await),
            "change_offer" => mine().at("id", self.offer().await).version(1).body(json!({
                "name": unique("惠"), "terms": "到店或送货", "last_day": "2037-12-31",
            })),
            "stop_offer" => mine().at("id", self.offer().await).version(1),
            "delete_offer" => mine().at("id", self.offer().await).version(1),
            "list_customer_offers" => mine().at("id", self.customer().await),
            "give_offer" => mine().at("id", self.customer().await).body(json!({ "offer_id": self.offer().await })),
            "move_customer_offer" => {
                let (customer, given) = self.given().await;
                mine().at("id", customer).at("given_id", given).version(1).body(json!({ "event": "use" }))
            }
            "take_offer_back" => {
                let (customer, given) = self.given().await;
                mine().at("id", customer).at("given_id", given).version(1)
            }
            _ => panic!("add a sample for {operation} to tests/guards/offering.rs"),
        }
    }

    /// A customer and an offer in their hands, at version 1.
    async fn given(&self) -> (String, String) {
        let customer = self.customer().await;
        let given = self.hand_out(&customer).await;
        (customer, given)
    }

    /// Gives a customer an offer; answers the id under which they have it.
    pub async fn hand_out(&self, customer: &str) -> String {
        let body = json!({ "offer_id": self.offer().await });
        text(&self.client.post(&format!("/customers/{customer}/offers"), body).await.ok()["id"])
    }

    /// An offer that goes on for years, at version 1.
    async fn offer(&self) -> String {
        let body = json!({ "name": unique("惠"), "kind": "percent_off", "percent": 85, "last_day": "2037-01-01" });
        text(&self.boss.post("/offers", body).await.ok()["id"])
    }
}
