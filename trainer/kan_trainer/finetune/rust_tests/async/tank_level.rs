//! family: signals
//! split: train

use std::sync::Mutex;
use tokio::sync::Notify;

/// A tank whose level rises, with those who wait for enough in it.
#[derive(Default)]
pub struct Tank {
    level: Mutex<u32>,
    changed: Notify,
}

impl Tank {
    /// Fills in some and wakes all who wait.
    pub fn fill(&self, amount: u32) {
        *self.level.lock().unwrap() += amount;
        self.changed.notify_waiters();
    }

    /// Waits until `amount` can be drawn, draws it and returns what is left.
    pub async fn draw(&self, amount: u32) -> u32 {
        loop {
            // Made before the look at the level, so that no filling in between is missed.
            let changed = self.changed.notified();
            if let Some(left) = self.try_draw(amount) {
                return left;
            }
            changed.await;
        }
    }

    fn try_draw(&self, amount: u32) -> Option<u32> {
        let mut level = self.level.lock().unwrap();
        if *level < amount {
            return None;
        }
        *level -= amount;
        Some(*level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::sync::Arc;
    use tokio::task::yield_now;

    #[tokio::test]
    async fn what_is_there_is_drawn_at_once() {
        let tank = Tank::default();
        tank.fill(5);
        assert_eq!(tank.draw(3).await, 2);
        assert_eq!(tank.draw(2).await, 0);
        assert_eq!(tank.draw(0).await, 0);
    }

    #[tokio::test]
    async fn a_drawer_waits_until_there_is_enough() {
        let tank = Arc::new(Tank::default());
        let shared = tank.clone();
        let drawing = tokio::spawn(async move { shared.draw(5).await });
        for amount in [2, 2, 3] {
            yield_now().await;
            // Four are not enough, seven are.
            assert!(!drawing.is_finished());
            tank.fill(amount);
        }
        assert_eq!(drawing.await.unwrap(), 2);
    }

    #[tokio::test]
    async fn a_small_wish_does_not_wait_for_a_large_one() {
        let tank = Arc::new(Tank::default());
        let shared = tank.clone();
        let large = tokio::spawn(async move { shared.draw(9).await });
        yield_now().await;
        tank.fill(4);
        assert_eq!(tank.draw(3).await, 1);
        yield_now().await;
        assert!(!large.is_finished());
    }
}
