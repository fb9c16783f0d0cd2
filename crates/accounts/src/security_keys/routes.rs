//! The routes of security keys and passkeys.

use platform::{Access, Routes};
use utoipa_axum::routes;

use super::{enrol, pass, prove, sign_in, slot};

/// Routes of security keys and passkeys.
pub(crate) fn routes() -> Routes {
    Routes::default()
        .add(Access::SessionThatOwes, routes!(enrol::begin_key))
        .add(Access::SessionThatOwes, routes!(enrol::add_key))
        .add(Access::Session, routes!(slot::begin_slot))
        .add(Access::Session, routes!(slot::add_slot))
        .add(Access::Session, routes!(pass::ask_for_second_step))
        .add(Access::Session, routes!(pass::show_second_step))
        .add(Access::Session, routes!(pass::ask_to_unlock))
        .add(Access::SessionThatOwes, routes!(prove::ask))
        .add(Access::Public, routes!(sign_in::ask))
        .add(Access::Public, routes!(sign_in::sign_in))
}
