//! family: caches
//! split: train

use tokio::sync::RwLock;

/// A value with the number of changes that it has seen.
#[derive(Debug, PartialEq, Eq)]
pub struct Versioned<T> {
    pub version: u64,
    pub value: T,
}

/// Replaces the value only if nobody changed it since `seen`; returns the new version, or as an
/// error the version that is there now.
pub async fn compare_and_set<T>(
    cell: &RwLock<Versioned<T>>,
    seen: u64,
    value: T,
) -> Result<u64, u64> {
    let mut current = cell.write().await;
    if current.version != seen {
        return Err(current.version);
    }
    *current = Versioned {
        version: seen + 1,
        value,
    };
    Ok(seen + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_fresh_version_is_replaced() {
        let cell = RwLock::new(Versioned {
            version: 4,
            value: "old",
        });
        assert_eq!(compare_and_set(&cell, 4, "new").await, Ok(5));
        let expected = Versioned {
            version: 5,
            value: "new",
        };
        assert_eq!(cell.into_inner(), expected);
    }

    #[tokio::test]
    async fn a_stale_version_is_refused() {
        let cell = RwLock::new(Versioned {
            version: 4,
            value: "old",
        });
        assert_eq!(compare_and_set(&cell, 3, "new").await, Err(4));
        // A version from the future is as wrong as one from the past.
        assert_eq!(compare_and_set(&cell, 5, "new").await, Err(4));
        assert_eq!(cell.into_inner().value, "old");
    }

    #[tokio::test]
    async fn of_two_writers_only_one_succeeds() {
        // Both have seen version 0; the first to write wins.
        let cell = RwLock::new(Versioned {
            version: 0,
            value: 0,
        });
        let results = tokio::join!(compare_and_set(&cell, 0, 1), compare_and_set(&cell, 0, 2));
        assert_eq!(results, (Ok(1), Err(1)));
    }
}
