//! Who sees which offers: those of the business everybody who may see offers, those that customers were given whoever sees
//! the customer.

use super::world::{Asker, World};
use super::{found, items, listed};
use std::collections::BTreeSet;

impl World {
    /// Checks what one operation on offers shows.
    pub(super) async fn offered(&self, asker: &Asker, operation: &str) {
        let (who, client) = (asker.who, &asker.client);
        match operation {
            "list_offers" => {
                let ours = self.customers.iter().filter(|known| known.tenant == asker.tenant);
                let ours: BTreeSet<String> = ours.map(|known| known.offer.clone()).collect();
                assert_eq!(listed(client, "/offers", "id").await, ours, "{who}");
            }
            "get_offer" => {
                for known in &self.customers {
                    let answer = client.get(&format!("/offers/{}", known.offer)).await;
                    found(answer, known.tenant == asker.tenant, &known.offer, &format!("{who}: {}", known.name));
                }
            }
            _ => {
                for known in &self.customers {
                    let answer = client.get(&format!("/customers/{}/offers", known.id)).await;
                    let name = format!("{who}: {}", known.name);
                    if asker.sees(known) {
                        assert_eq!(items(&answer.ok(), "id"), BTreeSet::from([known.given.clone()]), "{name}");
                    } else {
                        answer.problem(404, "not_found");
                    }
                }
            }
        }
    }
}
