//! Style, script and shell of the page, and the policy that admits nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The shell, a minijinja template.
pub(super) const SHELL: &str = include_str!("../../assets/shell.html");

const STYLES: &[&str] = &[
    include_str!("../../assets/style/tokens.css"),
    include_str!("../../assets/style/frame.css"),
    include_str!("../../assets/style/list.css"),
    include_str!("../../assets/style/scenario.css"),
    include_str!("../../assets/style/diagram.css"),
    include_str!("../../assets/style/tables.css"),
    include_str!("../../assets/style/print.css"),
];

const SCRIPTS: &[&str] = &[
    include_str!("../../assets/script/dom.js"),
    include_str!("../../assets/script/words.js"),
    include_str!("../../assets/script/data.js"),
    include_str!("../../assets/script/route.js"),
    include_str!("../../assets/script/list.js"),
    include_str!("../../assets/script/panel.js"),
    include_str!("../../assets/script/arrows.js"),
    include_str!("../../assets/script/diagram.js"),
    include_str!("../../assets/script/scenario.js"),
    include_str!("../../assets/script/tables.js"),
    include_str!("../../assets/script/run.js"),
    include_str!("../../assets/script/main.js"),
];

/// The style sheet.
pub(super) fn style() -> String {
    joined(STYLES)
}

/// The script: the files one after the other, in one scope of their own.
pub(super) fn script() -> String {
    format!("(() => {{\n\"use strict\";\n{}}})();\n", joined(SCRIPTS))
}

/// The policy under which the page runs: this style, this script, pictures from its own place, no network.
pub(super) fn policy(style: &str, script: &str) -> String {
    format!(
        "default-src 'none'; script-src '{}'; style-src '{}'; img-src 'self' data: file:; base-uri 'none'; \
         form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
        hash(script),
        hash(style)
    )
}

fn joined(files: &[&str]) -> String {
    // A checkout may have turned line ends, and the HTML parser turns them back before it hashes.
    files.concat().replace("\r\n", "\n")
}

fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}
