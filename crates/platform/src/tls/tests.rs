//! TLS as clients meet it.
