//! Chromium, by chromedriver.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::{Asked, CookiePolicy, Fidelity, Table};
use crate::launch::Launch;

pub(crate) static TABLE: Table = Table {
    driver_arguments: |_| vec!["--port=0".to_owned()],
    port_in: |line| {
        let rest = line.split_once("started successfully on port ")?.1;
        rest.trim_end_matches(['.', '\r', '\n']).parse().ok()
    },
    // It lets the system choose a port at one loopback address and wants the same number at the other.
    port_taken: Some("port not available"),
    capabilities,
    no_proxy: &["<-loopback>"],
    one_visible_tab: false,
    forgets_realms: true,
    tells_mixed_content: true,
    accepts_insecure: false,
};

/// Switches that every run gets, and why.
const SWITCHES: [(&str, &str); 13] = [
    ("--disable-quic", "the gateway speaks TCP"),
    ("--disable-component-update", "no downloads in the background"),
    ("--disable-domain-reliability", "no reports to the vendor"),
    ("--disable-field-trial-config", "the same features in every run"),
    ("--metrics-recording-only", "no usage reports to the vendor"),
    ("--no-pings", "no hyperlink auditing to hosts outside the world"),
    ("--no-default-browser-check", "no question that covers the page"),
    (
        "--disable-search-engine-choice-screen",
        "no question that covers the page",
    ),
    ("--disable-breakpad", "no crash reporter that outlives the run"),
    (
        "--disable-crash-reporter",
        "no crash reporter that outlives the run",
    ),
    ("--hide-scrollbars", "the same layout on every machine"),
    ("--force-color-profile=srgb", "the same pixels on every machine"),
    ("--window-size=1280,900", "the same layout on every machine"),
];

const NO_SURFACES: &str = "no renderers for the browser's own surfaces, which nobody sees here";

/// Features that are switched off, and why.
const FEATURES_OFF: [(&str, &str); 9] = [
    (
        "HttpsUpgrades",
        "plain `http://` origins of a world must stay plain",
    ),
    (
        "HttpsFirstBalancedModeAutoEnable",
        "plain `http://` origins of a world must stay plain",
    ),
    ("Translate", "no bar that covers the page"),
    (
        "BackForwardCache",
        "a page that is gone back to is loaded anew, and noted once",
    ),
    ("OptimizationHints", "no downloads in the background"),
    ("MediaRouter", "no search for devices in the network"),
    ("PreloadTopChromeWebUI", NO_SURFACES),
    ("WebUIOmniboxPopup", NO_SURFACES),
    ("WebUIOmniboxAimPopup", NO_SURFACES),
];

/// Profile preferences, and why.
const PREFERENCES: [(&str, bool, &str); 6] = [
    ("credentials_enable_service", false, "no dialog after a sign-in"),
    (
        "profile.password_manager_enabled",
        false,
        "no dialog after a sign-in",
    ),
    (
        "profile.password_manager_leak_detection",
        false,
        "no dialog about known passwords",
    ),
    ("translate.enabled", false, "no bar that covers the page"),
    ("autofill.profile_enabled", false, "no dialog after a form"),
    ("autofill.credit_card_enabled", false, "no dialog after a form"),
];

/// How WebRTC may send: only through the proxy, which takes none of it. The switch of that name does not reach headless
/// renderers.
const WEBRTC: (&str, &str) = ("webrtc.ip_handling_policy", "disable_non_proxied_udp");

/// Who owns a folder we made tells who we are.
#[cfg(unix)]
fn plays_as_root(scratch: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;

    std::fs::metadata(scratch).is_ok_and(|folder| folder.uid() == 0)
}

/// Elsewhere there is no root.
#[cfg(not(unix))]
fn plays_as_root(_: &Path) -> bool {
    false
}

fn capabilities(launch: &Launch, scratch: &Path) -> Asked {
    let mut fidelity = Vec::new();
    let mut switches = Vec::new();
    let mut switch = |text: String, reason: &str| {
        fidelity.push(Fidelity::new(text.clone(), reason));
        switches.push(text);
    };
    if !launch.headed {
        switch("--headless=new".into(), "no display is needed");
    }
    if plays_as_root(scratch) {
        switch("--no-sandbox".into(), "Chromium has no sandbox for root");
    }
    for (text, reason) in SWITCHES {
        switch(text.into(), reason);
    }
    if !launch.trust_spki.is_empty() {
        switch(
            format!("--ignore-certificate-errors-spki-list={}", launch.trust_spki),
            "the run's own certificate authority is trusted, and no other",
        );
    }
    let features = FEATURES_OFF.map(|(feature, _)| feature).join(",");
    switches.push(format!("--disable-features={features}"));
    fidelity.extend(
        FEATURES_OFF
            .iter()
            .map(|(feature, reason)| Fidelity::new(format!("--disable-features={feature}"), *reason)),
    );

    let mut preferences = Map::new();
    let (mode, effect) = match launch.cookies {
        CookiePolicy::Allow => (0, "allowed"),
        CookiePolicy::Block => (1, "blocked"),
        CookiePolicy::Partition => (1, "blocked unless partitioned"),
    };
    preferences.insert("profile.cookie_controls_mode".into(), json!(mode));
    fidelity.push(Fidelity::new(
        format!("pref profile.cookie_controls_mode={mode}"),
        format!("third-party cookies are {effect}, whatever the build's default"),
    ));
    for (name, value, reason) in PREFERENCES {
        preferences.insert(name.into(), json!(value));
        fidelity.push(Fidelity::new(format!("pref {name}={value}"), reason));
    }

    let (name, policy) = WEBRTC;
    preferences.insert(name.into(), json!(policy));
    fidelity.push(Fidelity::new(
        format!("pref {name}={policy}"),
        "WebRTC sends nothing past the gateway, so peers and STUN servers are not reached",
    ));

    let mut options = Map::new();
    options.insert("args".into(), json!(switches));
    options.insert("prefs".into(), Value::Object(preferences));
    if launch.remote.is_none() {
        options.insert("binary".into(), json!(launch.browser_binary));
    }
    let mut capabilities = Map::new();
    capabilities.insert("browserName".into(), json!("chrome"));
    capabilities.insert("goog:chromeOptions".into(), Value::Object(options));
    (capabilities, fidelity)
}

#[cfg(test)]
mod tests {
    use super::TABLE;

    #[test]
    fn the_port_is_read_off_the_drivers_words() {
        let said = "ChromeDriver was started successfully on port 44713.";
        assert_eq!((TABLE.port_in)(said), Some(44713));
        assert_eq!((TABLE.port_in)("Starting ChromeDriver 156 on port 0"), None);
    }
}
