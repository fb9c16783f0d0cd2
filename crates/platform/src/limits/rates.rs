//! The rates. Generous where a person types, tight where somebody might guess.

/// How often somebody may ask. Wrong tries under one name are not here: how they are slowed is no
/// setting, it is `platform.wait_after`.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// Requests of one address in a minute.
    pub address_per_minute: u32,
    /// Sign-ins of one address in a minute.
    pub sign_in_address_per_minute: u32,
    /// Sign-ins of one address in an hour.
    pub sign_in_address_per_hour: u32,
    /// New accounts of one address in an hour.
    pub sign_up_address_per_hour: u32,
    /// Tries of a recovery code from one address in an hour. There is no such limit for a name:
    /// a code cannot be guessed, and whoever asked in the name of others would lock them out.
    pub recovery_address_per_hour: u32,
    /// Times that one account may have codes mailed in an hour.
    pub mailed_codes_per_hour: u32,
    /// Recovery codes, sheets of single-use codes and second steps that one account may make in an
    /// hour.
    pub new_credentials_per_hour: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            address_per_minute: 1_200,
            sign_in_address_per_minute: 20,
            sign_in_address_per_hour: 200,
            sign_up_address_per_hour: 5,
            recovery_address_per_hour: 10,
            mailed_codes_per_hour: 6,
            new_credentials_per_hour: 20,
        }
    }
}
