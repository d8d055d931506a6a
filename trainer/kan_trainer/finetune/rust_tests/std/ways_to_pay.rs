//! family: sequences
//! split: test

/// In how many ways coins of these values make up an amount, whatever their order.
pub fn ways_to_pay(amount: usize, coins: &[usize]) -> u64 {
    let mut ways = vec![0u64; amount + 1];
    ways[0] = 1;
    for &coin in coins.iter().filter(|&&coin| coin > 0) {
        for reached in coin..=amount {
            ways[reached] = ways[reached].saturating_add(ways[reached - coin]);
        }
    }
    ways[amount]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_does_not_make_another_way() {
        // 5, 2+2+1, 2+1+1+1 and five ones.
        assert_eq!(ways_to_pay(5, &[1, 2, 5]), 4);
        assert_eq!(ways_to_pay(5, &[5, 2, 1]), 4);
    }

    #[test]
    fn nothing_is_paid_in_one_way() {
        assert_eq!(ways_to_pay(0, &[3]), 1);
        assert_eq!(ways_to_pay(0, &[]), 1);
        assert_eq!(ways_to_pay(4, &[]), 0);
    }

    #[test]
    fn a_coin_without_value_is_no_coin() {
        assert_eq!(ways_to_pay(3, &[0, 3]), 1);
        assert_eq!(ways_to_pay(3, &[2]), 0);
    }

    #[test]
    fn a_count_that_overflows_stays_at_the_largest() {
        let coins: Vec<usize> = (1..=400).collect();
        assert_eq!(ways_to_pay(450, &coins), u64::MAX);
    }
}
