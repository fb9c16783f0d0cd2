//! What a thief takes out of a database, and what can be tried with it.

use std::collections::BTreeSet;

use tokio_postgres::Client;

/// Everything that was found, as text and as the binary values in it.
pub(super) struct Loot {
    pub(super) text: String,
    pub(super) values: BTreeSet<Vec<u8>>,
}

impl Loot {
    /// Reads a dump, or rows as text: binary values stand in it as `\x…`.
    pub(super) fn of(text: String) -> Self {
        let mut values = BTreeSet::new();
        for piece in text.split("\\x").skip(1) {
            let hex: String = piece.chars().take_while(char::is_ascii_hexdigit).collect();
            let value: Vec<u8> = hex
                .as_bytes()
                .chunks_exact(2)
                .filter_map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
                .collect();
            if !value.is_empty() {
                values.insert(value);
            }
        }
        assert!(values.len() > 10, "the thief has found almost nothing: the test is broken");
        Self { text, values }
    }

    /// Every value that could be a secret of 32 bytes: each hash, and the edges of what is longer.
    pub(super) fn secrets(&self) -> BTreeSet<[u8; 32]> {
        let mut secrets = BTreeSet::new();
        for value in &self.values {
            if let (Some(first), Some(last)) = (value.first_chunk(), value.last_chunk()) {
                secrets.insert(*first);
                secrets.insert(*last);
                // Behind the number of the algorithm, and behind its nonce.
                secrets.extend(value.get(1..33).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()));
                secrets
                    .extend(value.get(13..45).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok()));
            }
        }
        secrets
    }

    /// Whether the loot holds these bytes, in binary or as text.
    pub(super) fn has(&self, wanted: &[u8]) -> bool {
        self.values.iter().any(|value| value.windows(wanted.len()).any(|bytes| bytes == wanted))
            || std::str::from_utf8(wanted).is_ok_and(|text| self.text.contains(text))
    }
}

/// Every row of every table, as the superuser of the live database reads it, and what the server
/// says of itself.
pub(super) async fn everything(admin: &Client) -> String {
    let mut all = String::new();
    for table in tables(admin).await {
        let rows = admin.query(&format!("select t::text from {table} t"), &[]).await.unwrap();
        for row in rows {
            all.push_str(row.get(0));
            all.push('\n');
        }
    }
    for view in ["pg_stat_activity", "pg_prepared_statements", "pg_settings", "pg_locks"] {
        let rows = admin.query(&format!("select t::text from {view} t"), &[]).await.unwrap();
        all.extend(rows.iter().map(|row| row.get::<_, String>(0)));
    }
    all
}

/// Every table of ours, with its schema.
pub(crate) async fn tables(admin: &Client) -> Vec<String> {
    let rows = admin
        .query(
            "select format('%I.%I', n.nspname, c.relname) from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and n.nspname !~ '^(pg_|information_schema)'
            order by 1",
            &[],
        )
        .await
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}
