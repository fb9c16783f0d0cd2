//! The headers of every answer, by the baseline of `SECURITY.md`.

use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

const CSP_PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
    worker-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; \
    trusted-types svelte-trusted-html";

const CSP_API: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

const PERMISSIONS: &str = "accelerometer=(), autoplay=(), bluetooth=(), browsing-topics=(), \
    camera=(), clipboard-read=(), display-capture=(), encrypted-media=(), fullscreen=(self), \
    geolocation=(), gamepad=(), gyroscope=(), hid=(), idle-detection=(), magnetometer=(), \
    microphone=(), midi=(), payment=(), publickey-credentials-create=(self), \
    publickey-credentials-get=(self), screen-wake-lock=(), serial=(), usb=(), web-share=(), \
    xr-spatial-tracking=()";

/// What every answer carries.
static ALWAYS: LazyLock<Vec<(HeaderName, HeaderValue)>> = LazyLock::new(|| {
    [
        ("strict-transport-security", "max-age=63072000; includeSubDomains"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("x-frame-options", "DENY"),
        ("x-dns-prefetch-control", "off"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-embedder-policy", "require-corp"),
        ("cross-origin-resource-policy", "same-origin"),
        ("x-permitted-cross-domain-policies", "none"),
        ("origin-agent-cluster", "?1"),
        ("x-robots-tag", "noindex"),
    ]
    .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
    .to_vec()
});

/// Adds what an answer of the API carries. A cacheable answer has said so itself.
pub fn add_to_api(headers: &mut HeaderMap) {
    add_always(headers);
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP_API));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// Adds what a page or one of its files carries.
pub fn add_to_page(headers: &mut HeaderMap) {
    add_always(headers);
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP_PAGE));
    headers.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(PERMISSIONS),
    );
}

fn add_always(headers: &mut HeaderMap) {
    for (name, value) in ALWAYS.iter() {
        headers.insert(name, value.clone());
    }
}
