//! Orders 订单: what was sold, what it costs, and its course from placing to completion.

use crate::prelude::*;
use crate::{money, phone, text};

codes! {
    /// Where an order stands.
    pub enum OrderStatus {
        /// 已下单.
        Placed = "placed",
        /// 处理中.
        Processing = "processing",
        /// 已发货.
        Shipped = "shipped",
        /// 已签收.
        Delivered = "delivered",
        /// 已完成.
        Completed = "completed",
        /// 已取消.
        Cancelled = "cancelled",
    }
}

codes! {
    /// What moves an order along its course.
    pub enum OrderEvent {
        /// 开始处理.
        Accept = "accept",
        /// 发货: carrier and tracking number are needed.
        Ship = "ship",
        /// 签收.
        Deliver = "deliver",
        /// 完成.
        Complete = "complete",
        /// 取消: only before the goods have left.
        Cancel = "cancel",
    }
}

impl OrderStatus {
    /// On its way: not with the customer yet, and not cancelled. Whoever sends it needs the address.
    pub const OPEN: [Self; 3] = [Self::Placed, Self::Processing, Self::Shipped];

    /// The state after an event.
    ///
    /// # Errors
    /// `transition_refused` when the course does not allow the event here.
    pub fn after(self, event: OrderEvent) -> Result<Self, Violation> {
        use OrderEvent::{Accept, Cancel, Complete, Deliver, Ship};
        match (self, event) {
            (Self::Placed, Accept) => Ok(Self::Processing),
            (Self::Placed | Self::Processing, Ship) => Ok(Self::Shipped),
            (Self::Shipped, Deliver) => Ok(Self::Delivered),
            (Self::Delivered, Complete) => Ok(Self::Completed),
            (Self::Placed | Self::Processing, Cancel) => Ok(Self::Cancelled),
            _ => Err(Violation::new("event", "transition_refused")),
        }
    }

    /// The events that are allowed now, in the order in which a person would think of them.
    pub fn moves(self) -> impl Iterator<Item = OrderEvent> {
        OrderEvent::ALL.iter().copied().filter(move |event| self.after(*event).is_ok())
    }
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderLine {
    /// What is sold.
    #[validate(length(min = 1, max = 100), custom(function = "text::line"))]
    pub name: String,
    /// How many.
    #[validate(range(min = 1, max = 99_999))]
    pub quantity: i64,
    /// Price of one, in fen. Zero is a gift.
    #[validate(range(min = 0, max = 10_000_000_000_i64))]
    pub unit_price_fen: i64,
}

/// A new order for a customer. Totals are the server's business: a client cannot send one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "the_total_is_payable"))]
pub struct NewOrder {
    /// UUIDv7 chosen by the client, or absent.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// Who buys.
    pub customer_id: Uuid,
    /// What is bought.
    #[validate(length(min = 1, max = 100), nested)]
    pub lines: Vec<OrderLine>,
    /// Who receives the parcel.
    #[validate(length(min = 1, max = 30), custom(function = "text::line"))]
    pub receiver: String,
    /// The receiver's phone: whoever proves this number may see the order.
    #[validate(length(min = 1, max = 32), custom(function = "phone::check"))]
    pub phone: String,
    /// Where the parcel goes.
    #[validate(length(min = 1, max = 200), custom(function = "text::line"))]
    pub address: String,
    /// Anything worth knowing about this order.
    #[serde(default)]
    #[validate(length(max = 500), custom(function = "text::lines"))]
    pub remark: Option<String>,
}

fn the_total_is_payable(order: &NewOrder) -> Result<(), ValidationError> {
    match total_fen(&order.lines) {
        Some(_) => Ok(()),
        None => fail_at("lines", "total_too_large"),
    }
}

/// Sum of all lines in fen, or `None` when it leaves the range of [`money::MAX_FEN`].
#[must_use]
pub fn total_fen(lines: &[OrderLine]) -> Option<i64> {
    lines.iter().try_fold(0_i64, |sum, line| {
        let line = money::times(line.unit_price_fen, line.quantity)?;
        sum.checked_add(line).filter(|total| *total <= money::MAX_FEN)
    })
}

/// A change to where an order goes, allowed until it is shipped.
#[patch]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderChanges {
    /// Who receives the parcel.
    #[serde(default)]
    #[validate(length(min = 1, max = 30), custom(function = "text::line"))]
    pub receiver: Change<String>,
    /// The receiver's phone.
    #[serde(default)]
    #[validate(length(min = 1, max = 32), custom(function = "phone::check"))]
    pub phone: Change<String>,
    /// Where the parcel goes.
    #[serde(default)]
    #[validate(length(min = 1, max = 200), custom(function = "text::line"))]
    pub address: Change<String>,
    /// Remark.
    #[serde(default)]
    #[validate(length(max = 500), custom(function = "text::lines"))]
    pub remark: Patch<String>,
}

/// A step in the course of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Validate, RuleTable, ToSchema)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "a_shipment_can_be_tracked"))]
pub struct OrderMove {
    /// What happens.
    pub event: OrderEvent,
    /// Carrier's name, such as 顺丰速运; with `ship` only.
    #[serde(default)]
    #[validate(length(max = 30), custom(function = "text::line"))]
    pub carrier: Option<String>,
    /// Number to track the parcel by; with `ship` only.
    #[serde(default)]
    #[validate(length(max = 40), custom(function = "text::code"))]
    pub tracking_number: Option<String>,
    /// Why, for instance why it was cancelled.
    #[serde(default)]
    #[validate(length(max = 200), custom(function = "text::lines"))]
    pub note: Option<String>,
}

fn a_shipment_can_be_tracked(step: &OrderMove) -> Result<(), ValidationError> {
    let both = step.carrier.is_some() && step.tracking_number.is_some();
    let neither = step.carrier.is_none() && step.tracking_number.is_none();
    match step.event {
        OrderEvent::Ship if !both => fail("shipment_incomplete"),
        OrderEvent::Ship => Ok(()),
        _ if !neither => fail("shipment_unexpected"),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn line(quantity: i64, unit_price_fen: i64) -> OrderLine {
        OrderLine { name: "明前龙井".into(), quantity, unit_price_fen }
    }

    #[test]
    fn an_order_takes_its_course() {
        let mut status = OrderStatus::Placed;
        for event in [OrderEvent::Accept, OrderEvent::Ship, OrderEvent::Deliver, OrderEvent::Complete] {
            status = status.after(event).expect("allowed");
        }
        assert_eq!(status, OrderStatus::Completed);
    }

    #[test]
    fn goods_that_have_left_cannot_be_cancelled() {
        for status in [OrderStatus::Shipped, OrderStatus::Delivered, OrderStatus::Completed, OrderStatus::Cancelled] {
            assert!(status.after(OrderEvent::Cancel).is_err());
        }
    }

    #[test]
    fn an_end_state_allows_no_move() {
        for status in [OrderStatus::Completed, OrderStatus::Cancelled] {
            assert_eq!(status.moves().count(), 0);
        }
    }

    proptest! {
        #[test]
        fn a_total_is_the_sum_of_its_lines(items in prop::collection::vec((1_i64..1000, 0_i64..100_000), 1..50)) {
            let lines: Vec<_> = items.iter().map(|(q, p)| line(*q, *p)).collect();
            let expected: i64 = items.iter().map(|(q, p)| q * p).sum();
            prop_assert_eq!(total_fen(&lines), (expected <= money::MAX_FEN).then_some(expected));
        }

        #[test]
        fn no_total_overflows(items in prop::collection::vec((1_i64..100_000, 0_i64..=money::MAX_FEN), 1..100)) {
            let lines: Vec<_> = items.iter().map(|(q, p)| line(*q, *p)).collect();
            if let Some(total) = total_fen(&lines) {
                prop_assert!((0..=money::MAX_FEN).contains(&total));
            }
        }
    }
}
