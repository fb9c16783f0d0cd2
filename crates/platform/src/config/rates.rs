//! How often somebody may ask before being told to wait.

use crate::limits::Rates;

/// Limits of requests. An IPv6 network of 64 bits counts as one address.
#[derive(Clone, Copy, Debug, clap::Args)]
#[command(next_help_heading = "Limits")]
pub struct RateOptions {
    /// Requests of one address in a minute
    #[arg(
        long,
        env = "KEEPWELL_REQUESTS_PER_MINUTE",
        value_name = "NUMBER",
        default_value_t = Rates::default().address_per_minute,
        value_parser = clap::value_parser!(u32).range(60..)
    )]
    pub requests_per_minute: u32,

    /// Sign-ins that one address may try in a minute, and ten times as many in an hour
    #[arg(
        long,
        env = "KEEPWELL_SIGN_INS_PER_MINUTE",
        value_name = "NUMBER",
        default_value_t = Rates::default().sign_in_address_per_minute,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub sign_ins_per_minute: u32,

    /// Accounts that one address may open in an hour
    #[arg(
        long,
        env = "KEEPWELL_SIGN_UPS_PER_HOUR",
        value_name = "NUMBER",
        default_value_t = Rates::default().sign_up_address_per_hour,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub sign_ups_per_hour: u32,
}

impl RateOptions {
    /// The rates; what is no option keeps its value.
    pub fn rates(&self) -> Rates {
        Rates {
            address_per_minute: self.requests_per_minute,
            sign_in_address_per_minute: self.sign_ins_per_minute,
            sign_in_address_per_hour: self.sign_ins_per_minute.saturating_mul(10),
            sign_up_address_per_hour: self.sign_ups_per_hour,
            ..Rates::default()
        }
    }
}
