//! family: actors
//! split: train

use std::collections::BTreeMap;
use tokio::sync::{mpsc, oneshot};

/// An order for some pieces of an article, and where to send how many there will be.
pub struct Order {
    pub article: &'static str,
    pub pieces: u32,
    pub reply: oneshot::Sender<u32>,
}

/// Serves orders from the stock, in part where it does not suffice. What a customer who has
/// gone away would have got stays in stock. Returns what is left at the end.
pub async fn serve_orders(
    mut stock: BTreeMap<&'static str, u32>,
    mut orders: mpsc::Receiver<Order>,
) -> BTreeMap<&'static str, u32> {
    while let Some(order) = orders.recv().await {
        let left = stock.entry(order.article).or_insert(0);
        let granted = order.pieces.min(*left);
        if order.reply.send(granted).is_ok() {
            *left -= granted;
        }
    }
    stock.retain(|_, left| *left > 0);
    stock
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn order(sender: &mpsc::Sender<Order>, article: &'static str, pieces: u32) -> u32 {
        let (reply, granted) = oneshot::channel();
        let order = Order {
            article,
            pieces,
            reply,
        };
        sender.send(order).await.ok().unwrap();
        granted.await.unwrap()
    }

    #[tokio::test]
    async fn a_stock_that_does_not_suffice_is_given_in_part() {
        let (sender, orders) = mpsc::channel(4);
        let stock = BTreeMap::from([("nail", 10), ("screw", 4)]);
        let serving = tokio::spawn(serve_orders(stock, orders));
        assert_eq!(order(&sender, "nail", 7).await, 7);
        assert_eq!(order(&sender, "nail", 7).await, 3);
        assert_eq!(order(&sender, "glue", 1).await, 0);
        drop(sender);
        // An article of which none is left is not listed.
        assert_eq!(serving.await.unwrap(), BTreeMap::from([("screw", 4)]));
    }

    #[tokio::test]
    async fn a_customer_who_has_gone_gets_nothing() {
        let (sender, orders) = mpsc::channel(4);
        let (reply, granted) = oneshot::channel();
        drop(granted);
        let abandoned = Order {
            article: "nail",
            pieces: 2,
            reply,
        };
        sender.send(abandoned).await.ok().unwrap();
        drop(sender);
        let stock = BTreeMap::from([("nail", 3)]);
        assert_eq!(serve_orders(stock.clone(), orders).await, stock);
    }
}
