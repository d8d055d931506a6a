//! family: transitions
//! split: train

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Order {
    Open,
    Paid,
    Shipped { parcel: u32 },
    Cancelled,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Event {
    Pay,
    Ship(u32),
    Cancel,
}

#[derive(Debug, PartialEq)]
pub struct Refused {
    pub order: Order,
    pub event: Event,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not possible for an order that is {:?}",
            self.event, self.order
        )
    }
}

impl std::error::Error for Refused {}

/// What an order becomes by an event. It is paid before it is shipped, and cancelled only before
/// that; cancelling twice changes nothing.
pub fn advance(order: Order, event: Event) -> Result<Order, Refused> {
    match (order, event) {
        (Order::Open, Event::Pay) => Ok(Order::Paid),
        (Order::Paid, Event::Ship(parcel)) => Ok(Order::Shipped { parcel }),
        (Order::Open | Order::Paid | Order::Cancelled, Event::Cancel) => Ok(Order::Cancelled),
        _ => Err(Refused { order, event }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHIPPED: Order = Order::Shipped { parcel: 7 };

    #[test]
    fn an_order_is_paid_and_then_shipped() {
        assert_eq!(advance(Order::Open, Event::Pay), Ok(Order::Paid));
        assert_eq!(advance(Order::Paid, Event::Ship(7)), Ok(SHIPPED));
    }

    #[test]
    fn it_can_be_cancelled_until_it_is_shipped() {
        for order in [Order::Open, Order::Paid, Order::Cancelled] {
            assert_eq!(advance(order, Event::Cancel), Ok(Order::Cancelled));
        }
        assert!(advance(SHIPPED, Event::Cancel).is_err());
    }

    #[test]
    fn everything_else_is_refused() {
        for (order, event) in [
            (Order::Open, Event::Ship(1)),
            (Order::Paid, Event::Pay),
            (SHIPPED, Event::Ship(8)),
            (Order::Cancelled, Event::Pay),
        ] {
            assert_eq!(advance(order, event), Err(Refused { order, event }));
        }
    }

    #[test]
    fn a_refusal_says_what_was_asked_of_which_order() {
        let refused = advance(SHIPPED, Event::Pay).unwrap_err();
        let expected = "Pay is not possible for an order that is Shipped { parcel: 7 }";
        assert_eq!(refused.to_string(), expected);
    }
}
