//! Says in words what is missing when the web app was not built before the program.

use std::path::Path;

fn main() {
    let page = Path::new("../../web/dist/index.html");
    println!("cargo:rerun-if-changed=../../web/dist");
    assert!(
        page.exists(),
        "the web app is not built: run `npm ci --ignore-scripts && npm run build` in web/ (script/run does)"
    );
}
