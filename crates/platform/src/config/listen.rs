//! Where people come in, and how many at a time.

use std::net::{Ipv4Addr, SocketAddr};
use std::str::FromStr;

use super::PublicOrigin;

/// Ports, the public address, and limits of connections.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Listening")]
pub struct ListenOptions {
    /// Where HTTPS is served; `[::]:443` opens it to the network
    #[arg(
        long,
        env = "KEEPWELL_LISTEN",
        value_name = "ADDRESS:PORT",
        default_value_t = SocketAddr::from((Ipv4Addr::LOCALHOST, 8443))
    )]
    pub listen: SocketAddr,

    /// Where plain HTTP is sent on to HTTPS, or `off`
    #[arg(
        long,
        env = "KEEPWELL_LISTEN_HTTP",
        value_name = "ADDRESS:PORT",
        default_value = "127.0.0.1:8080"
    )]
    pub listen_http: PlainPort,

    /// The address that people type [default: `https://localhost` with the port of --listen]
    #[arg(long, env = "KEEPWELL_PUBLIC_ORIGIN", value_name = "URL")]
    pub public_origin: Option<PublicOrigin>,

    /// Connections at a time; more wait
    #[arg(
        long,
        env = "KEEPWELL_MAX_CONNECTIONS",
        value_name = "NUMBER",
        default_value_t = 1024,
        value_parser = clap::value_parser!(u32).range(1..=100_000)
    )]
    pub max_connections: u32,

    /// Connections at a time from one address (IPv6: one /64 network); more are refused
    #[arg(
        long,
        env = "KEEPWELL_MAX_CONNECTIONS_PER_ADDRESS",
        value_name = "NUMBER",
        default_value_t = 256,
        value_parser = clap::value_parser!(u32).range(1..=100_000)
    )]
    pub max_connections_per_address: u32,
}

impl ListenOptions {
    /// The public origin, chosen or usual.
    pub fn public_origin(&self) -> PublicOrigin {
        self.public_origin.clone().unwrap_or_else(|| PublicOrigin::localhost(self.listen.port()))
    }
}

/// The plain port, if there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlainPort(pub Option<SocketAddr>);

impl FromStr for PlainPort {
    type Err = std::net::AddrParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "off" { Ok(Self(None)) } else { Ok(Self(Some(text.parse()?))) }
    }
}
