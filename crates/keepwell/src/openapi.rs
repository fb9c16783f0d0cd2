//! The description of the API, made from the handlers. The web app's types are made from it.

use utoipa::openapi::{
    ComponentsBuilder, Info, OpenApi,
    security::{ApiKey, ApiKeyValue, SecurityScheme},
};

/// Describes the API as pretty JSON.
pub fn description() -> anyhow::Result<String> {
    describe(crate::routes().split().1)
}

pub(crate) fn describe(mut paths: OpenApi) -> anyhow::Result<String> {
    // Handlers of two features may share a name; a path and a method stand once.
    for item in paths.paths.paths.values_mut() {
        let operations =
            [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            operation.operation_id = None;
        }
    }
    paths.info = Info::new("Keepwell", env!("CARGO_PKG_VERSION"));
    paths.info.description = Some(
        "A diary of food and health that only its owner can read. Errors are problem+json \
        (RFC 9457) and name the field that is wrong. A change must be JSON and come from the same \
        origin."
            .to_owned(),
    );
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-sid")));
    let mut components =
        paths.components.take().unwrap_or_else(|| ComponentsBuilder::new().build());
    components.add_security_scheme("session", cookie);
    paths.components = Some(components);
    let mut text = paths.to_pretty_json()?;
    text.push('\n');
    Ok(text)
}
