//! Orders, some in each status.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::dice::Dice;
use super::goods::{CANCEL_NOTES, CARRIERS, GOODS, ORDER_REMARKS};
use super::shop::{Customer, Shop};

/// The way to each status and how many orders take it.
const COURSES: &[(&[&str], usize)] = &[
    (&["accept", "ship", "deliver", "complete"], 11),
    (&["accept", "ship", "deliver"], 5),
    (&["accept", "cancel"], 3),
    (&["accept", "ship"], 7),
    (&["accept"], 5),
    (&[], 6),
];

/// What the preview's customer phone sees.
const OF_THE_PHONE: [&[&str]; 3] = [&["accept", "ship", "deliver", "complete"], &["accept", "ship"], &["accept"]];

impl Shop<'_> {
    pub fn orders(&self, customers: &[Customer]) -> Result<()> {
        let mut dice = Dice::new(40);
        for (course, count) in COURSES {
            for _ in 0..*count {
                let customer = dice.pick(customers);
                self.one_order(customer, course, &mut dice)?;
            }
        }
        let last = customers.last().context("no customers")?;
        OF_THE_PHONE.iter().try_for_each(|course| self.one_order(last, course, &mut dice))
    }

    fn one_order(&self, customer: &Customer, course: &[&str], dice: &mut Dice) -> Result<()> {
        let lines: Vec<Value> = (0..1 + dice.below(3))
            .map(|_| {
                let (name, price) = dice.pick(GOODS);
                json!({ "name": name, "quantity": 1 + dice.below(4), "unit_price_fen": price })
            })
            .collect();
        let (number, room) = (1 + dice.below(288), 101 + 100 * dice.below(18) + dice.below(4));
        let mut body = json!({
            "customer_id": customer.id, "lines": lines, "receiver": customer.name, "phone": customer.phone,
            "address": format!("{}{}{number}号{room}室", customer.place.name, customer.place.street),
        });
        if dice.one_in(3) {
            body["remark"] = json!(dice.pick(ORDER_REMARKS));
        }
        let mut order = self.order(customer, &body)?;
        for event in course {
            let mut step = json!({ "event": event });
            match *event {
                "ship" => {
                    let (carrier, letters) = dice.pick(CARRIERS);
                    step["carrier"] = json!(carrier);
                    step["tracking_number"] =
                        json!(format!("{letters}{:010}", 3_000_000_000_usize + dice.below(999_999_999)));
                }
                "cancel" => step["note"] = json!(dice.pick(CANCEL_NOTES)),
                _ => {}
            }
            order = self.move_order(customer, &order, step)?;
        }
        Ok(())
    }
}
