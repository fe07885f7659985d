//! The page code, put together from its files.

use std::path::Path;

use serde_json::Value;

use crate::{Error, ErrorKind, Result};

/// The sandbox that the harness's own code runs in, apart from the page's.
pub(crate) const SANDBOX: &str = "rehearse";

/// Names the harness in the call stacks that its functions stand in. Without it a browser names them after
/// the page's address, and whatever the address holds turns up in the page's error reports.
const SOURCE: &str = "//# sourceURL=rehearse:page";

const KIT: &str = include_str!("page/kit.js");
const OBSERVE: &str = include_str!("page/observe.js");
const LOCATE: &str = include_str!("page/locate.js");
const SENT: &str = include_str!("page/sent.js");
const HANDED: &str = include_str!("page/handed.js");
const REJECTIONS: &str = include_str!("page/rejections.js");
const TIME: &str = include_str!("page/time.js");
const BUNDLE: &str = include_str!("page/bundle.js");

/// What marks the harness's own among what pages can write and see.
#[derive(Debug)]
pub(crate) struct Marks {
    /// Of reports out of the page's world.
    pub(crate) page: String,
    /// Of reports out of the sandbox, which no page script can write.
    pub(crate) sandbox: String,
    /// Of fences, which are messages: a page may get to see them.
    pub(crate) fence: String,
}

/// Preload script of the sandbox: what arrives, fences, locators with their [`libraries`].
pub(crate) fn sandbox_preload(marks: &Marks, libraries: &str) -> String {
    let secret = Value::from(marks.sandbox.as_str());
    let fence = Value::from(marks.fence.as_str());
    format!(
        "() => {{\n\
         if (globalThis.rehearse) {{ globalThis.rehearse.listen(); return; }}\n\
         const kit = (\n{KIT})({secret});\n\
         (\n{OBSERVE})(kit, {fence});\n\
         (\n{LOCATE})(kit, \n{libraries});\n\
         {SOURCE}\n}}"
    )
}

/// Preload script of the page's world: what is sent, what is handed over, the clock.
///
/// A window that is used again (that of an initial `about:blank`) is patched already, and a second
/// script of this kind, registered while the clock moves, only sets the clock.
pub(crate) fn page_preload(marks: &Marks, offset_ms: i64) -> String {
    let secret = Value::from(marks.page.as_str());
    format!(
        "() => {{\n\
         const time = window[Symbol.for(\"rehearse.time\")];\n\
         if (time) {{ time.moveTo({offset_ms}); return; }}\n\
         const kit = (\n{KIT})({secret});\n\
         (\n{REJECTIONS})(kit);\n\
         (\n{SENT})(kit);\n\
         (\n{HANDED})(kit);\n\
         (\n{TIME})(kit, {offset_ms});\n\
         {SOURCE}\n}}"
    )
}

/// Preload script of the page's world in a pristine browser: it only listens.
pub(crate) fn pristine_preload(marks: &Marks) -> String {
    let secret = Value::from(marks.page.as_str());
    format!("() => {{\n(\n{REJECTIONS})((\n{KIT})({secret}));\n{SOURCE}\n}}")
}

/// A function that brings the libraries behind the locators: until a document is looked into, they are text to it.
pub(crate) fn libraries(modules: &Path) -> Result<String> {
    let library = read(
        modules,
        "node_modules/@testing-library/dom/dist/@testing-library/dom.umd.min.js",
    )?;
    let mut table = String::new();
    for path in [
        "accessible-description.js",
        "accessible-name-and-description.js",
        "accessible-name.js",
        "getRole.js",
        "index.js",
        "is-inaccessible.js",
        "polyfills/SetLike.js",
        "polyfills/array.from.js",
        "polyfills/iterator.d.js",
        "util.js",
    ] {
        let Ok(code) = read(
            modules,
            &format!("node_modules/dom-accessibility-api/dist/{path}"),
        ) else {
            continue;
        };
        table.push_str(&format!(
            "{}: function (module, exports, require) {{\n{code}\n}},\n",
            Value::from(path)
        ));
    }
    Ok(format!(
        "() => {{\n\
         (function () {{\nvar exports, module, define;\n{library}\n}}).call(globalThis);\n\
         (\n{BUNDLE})({{\n{table}}}, \"index.js\");\n\
         if (!globalThis.TestingLibraryDom || !globalThis.AccessibleName)\n\
           throw new Error('the locator libraries do not load');\n}}"
    ))
}

/// The source text of axe-core, from the npm folder of this crate.
///
/// # Errors
/// The packages of that folder are not installed.
pub fn axe_source(modules: &Path) -> Result<String> {
    read(modules, "node_modules/axe-core/axe.min.js")
}

fn read(modules: &Path, file: &str) -> Result<String> {
    let path = modules.join(file);
    std::fs::read_to_string(&path).map_err(|error| {
        Error::new(
            format!("read {}", path.display()),
            ErrorKind::Missing {
                what: format!(
                    "{error}; `npm ci --ignore-scripts` in {} installs it",
                    modules.display()
                ),
            },
        )
    })
}
