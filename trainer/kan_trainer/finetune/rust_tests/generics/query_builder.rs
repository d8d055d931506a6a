//! family: builders
//! split: train

/// Builds the text of a query step by step; every step takes anything that turns into a `String`.
#[derive(Default)]
pub struct QueryBuilder {
    table: String,
    conditions: Vec<String>,
    limit: Option<usize>,
}

impl QueryBuilder {
    pub fn table(table: impl Into<String>) -> Self {
        QueryBuilder {
            table: table.into(),
            ..Default::default()
        }
    }

    pub fn filter(mut self, condition: impl Into<String>) -> Self {
        self.conditions.push(condition.into());
        self
    }

    /// Sets the greatest number of rows; the last call counts.
    pub fn limit(mut self, rows: usize) -> Self {
        self.limit = Some(rows);
        self
    }

    pub fn build(self) -> String {
        let mut query = format!("SELECT * FROM {}", self.table);
        if !self.conditions.is_empty() {
            query += &format!(" WHERE {}", self.conditions.join(" AND "));
        }
        if let Some(rows) = self.limit {
            query += &format!(" LIMIT {rows}");
        }
        query
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_alone_is_a_query() {
        // Neither WHERE nor LIMIT may be left hanging.
        assert_eq!(QueryBuilder::table("users").build(), "SELECT * FROM users");
    }

    #[test]
    fn conditions_are_joined_in_their_order() {
        let query = QueryBuilder::table("users")
            .filter("age > 3")
            .filter(format!("id < {}", 9));
        assert_eq!(
            query.build(),
            "SELECT * FROM users WHERE age > 3 AND id < 9"
        );
    }

    #[test]
    fn the_limit_comes_last_wherever_it_was_set() {
        let query = QueryBuilder::table('t').limit(5).filter("x").limit(0);
        // A limit of zero is a limit, too.
        assert_eq!(query.build(), "SELECT * FROM t WHERE x LIMIT 0");
    }
}
