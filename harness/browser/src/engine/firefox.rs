//! Firefox, by geckodriver.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::{Asked, CookiePolicy, Fidelity, Table};
use crate::launch::Launch;

pub(crate) static TABLE: Table = Table {
    driver_arguments: |scratch| {
        let scratch = scratch.display().to_string();
        ["--port", "0", "--websocket-port", "0", "--profile-root", &scratch]
            .map(str::to_owned)
            .to_vec()
    },
    port_in: |line| {
        let rest = line.split_once("Listening on 127.0.0.1:")?.1;
        // Marionette says nearly the same of a port of its own, without the address.
        rest.trim().parse().ok()
    },
    port_taken: None,
    capabilities,
    no_proxy: &[],
    one_visible_tab: true,
    forgets_realms: false,
    tells_mixed_content: false,
    accepts_insecure: true,
};

/// A preference's value.
#[derive(Clone, Copy)]
enum Is {
    Flag(bool),
    Number(i32),
    Text(&'static str),
}

use Is::{Flag, Number, Text};

const QUIET: &str = "no requests of the browser's own";
const NO_DIALOG: &str = "no dialog or bar that covers the page";
const HIDDEN_TABS: &str = "hidden tabs of one scenario run at the same pace as in the other engine";

/// Preferences that every run gets, and why.
const PREFERENCES: [(&str, Is, &str); 50] = [
    (
        "network.http.request.max-attempts",
        Number(1),
        "a request that a fault cuts off is sent once, not up to ten times",
    ),
    (
        "network.proxy.allow_hijacking_localhost",
        Flag(true),
        "loopback names of a world go to the gateway too",
    ),
    (
        "dom.security.https_first",
        Flag(false),
        "plain `http://` origins of a world must stay plain",
    ),
    (
        "dom.security.https_first_schemeless",
        Flag(false),
        "plain `http://` origins of a world must stay plain",
    ),
    (
        "dom.security.https_first_for_custom_ports",
        Flag(false),
        "plain `http://` origins of a world must stay plain",
    ),
    (
        "intl.locale.requested",
        Text("en-US"),
        "that content is mixed is read in the console, in English",
    ),
    (
        "privacy.reduceTimerPrecision",
        Flag(false),
        "messages of several frames are put in order by page time",
    ),
    (
        "browser.sessionhistory.max_total_viewers",
        Number(0),
        "a page that is gone back to is loaded anew, with its page code",
    ),
    ("network.captive-portal-service.enabled", Flag(false), QUIET),
    ("network.connectivity-service.enabled", Flag(false), QUIET),
    ("network.http.speculative-parallel-limit", Number(0), QUIET),
    ("network.prefetch-next", Flag(false), QUIET),
    ("network.dns.disablePrefetch", Flag(true), QUIET),
    ("network.trr.mode", Number(5), "names are the gateway's business"),
    ("app.normandy.enabled", Flag(false), QUIET),
    ("app.update.disabledForTesting", Flag(true), QUIET),
    ("browser.safebrowsing.malware.enabled", Flag(false), QUIET),
    ("browser.safebrowsing.phishing.enabled", Flag(false), QUIET),
    ("browser.safebrowsing.blockedURIs.enabled", Flag(false), QUIET),
    ("browser.safebrowsing.downloads.enabled", Flag(false), QUIET),
    ("browser.safebrowsing.update.enabled", Flag(false), QUIET),
    ("browser.region.network.url", Text(""), QUIET),
    ("browser.region.update.enabled", Flag(false), QUIET),
    ("browser.search.update", Flag(false), QUIET),
    (
        "browser.contentblocking.report.hide_vpn_banner",
        Flag(true),
        QUIET,
    ),
    ("browser.newtabpage.enabled", Flag(false), QUIET),
    (
        "browser.newtabpage.activity-stream.feeds.system.topstories",
        Flag(false),
        QUIET,
    ),
    ("browser.topsites.contile.enabled", Flag(false), QUIET),
    ("browser.startup.page", Number(0), QUIET),
    ("browser.startup.homepage", Text("about:blank"), QUIET),
    ("datareporting.policy.dataSubmissionEnabled", Flag(false), QUIET),
    ("datareporting.healthreport.uploadEnabled", Flag(false), QUIET),
    ("datareporting.usage.uploadEnabled", Flag(false), QUIET),
    ("toolkit.telemetry.server", Text("data:,"), QUIET),
    (
        "services.settings.server",
        Text("data:,#remote-settings-dummy/v1"),
        QUIET,
    ),
    ("messaging-system.rsexperimentloader.enabled", Flag(false), QUIET),
    ("extensions.getAddons.cache.enabled", Flag(false), QUIET),
    ("extensions.systemAddon.update.enabled", Flag(false), QUIET),
    ("extensions.update.enabled", Flag(false), QUIET),
    ("dom.push.connection.enabled", Flag(false), QUIET),
    (
        "media.peerconnection.ice.proxy_only",
        Flag(true),
        "WebRTC sends nothing past the gateway, so peers and STUN servers are not reached",
    ),
    ("media.gmp-manager.updateEnabled", Flag(false), QUIET),
    ("signon.rememberSignons", Flag(false), NO_DIALOG),
    ("signon.autofillForms", Flag(false), NO_DIALOG),
    ("browser.translations.enable", Flag(false), NO_DIALOG),
    (
        "extensions.formautofill.addresses.enabled",
        Flag(false),
        NO_DIALOG,
    ),
    (
        "extensions.formautofill.creditCards.enabled",
        Flag(false),
        NO_DIALOG,
    ),
    ("dom.min_background_timeout_value", Number(4), HIDDEN_TABS),
    (
        "dom.timeout.enable_budget_timer_throttling",
        Flag(false),
        HIDDEN_TABS,
    ),
    (
        "dom.disable_open_during_load",
        Flag(false),
        "messages from other origins are posted by popups",
    ),
];

fn capabilities(launch: &Launch, _scratch: &Path) -> Asked {
    let mut fidelity = vec![
        Fidelity::new(
            "acceptInsecureCerts",
            "the run's own certificate authority is not in the profile's trust store",
        ),
        Fidelity::new(
            "recommended preferences of geckodriver and Marionette",
            "added by the driver, for automation",
        ),
    ];
    let mut arguments = Vec::new();
    if !launch.headed {
        arguments.push("-headless");
        fidelity.push(Fidelity::new("-headless", "no display is needed"));
    }
    arguments.extend(["--width", "1280", "--height", "900"]);
    fidelity.push(Fidelity::new(
        "--width 1280 --height 900",
        "the same layout on every machine",
    ));

    let mut preferences = Map::new();
    let (behaviour, effect) = match launch.cookies {
        CookiePolicy::Allow => (0, "allowed"),
        CookiePolicy::Block => (1, "blocked"),
        CookiePolicy::Partition => (5, "partitioned by embedding site"),
    };
    preferences.insert("network.cookie.cookieBehavior".into(), json!(behaviour));
    fidelity.push(Fidelity::new(
        format!("pref network.cookie.cookieBehavior={behaviour}"),
        format!("third-party cookies are {effect}"),
    ));
    for (name, value, reason) in PREFERENCES {
        let value = match value {
            Flag(flag) => json!(flag),
            Number(number) => json!(number),
            Text(text) => json!(text),
        };
        fidelity.push(Fidelity::new(format!("pref {name}={value}"), reason));
        preferences.insert(name.into(), value);
    }

    let mut options = Map::new();
    options.insert("args".into(), json!(arguments));
    options.insert("prefs".into(), Value::Object(preferences));
    if launch.remote.is_none() {
        options.insert("binary".into(), json!(launch.browser_binary));
        options.insert("env".into(), json!({"MOZ_CRASHREPORTER_DISABLE": "1"}));
    }
    let mut capabilities = Map::new();
    capabilities.insert("browserName".into(), json!("firefox"));
    capabilities.insert("acceptInsecureCerts".into(), json!(true));
    capabilities.insert("moz:firefoxOptions".into(), Value::Object(options));
    (capabilities, fidelity)
}

#[cfg(test)]
mod tests {
    use super::TABLE;

    #[test]
    fn the_port_is_read_off_the_drivers_words() {
        let said = "1795233020681\tgeckodriver\tINFO\tListening on 127.0.0.1:36495";
        assert_eq!((TABLE.port_in)(said), Some(36495));
        assert_eq!((TABLE.port_in)("Marionette\tINFO\tListening on port 35937"), None);
    }
}
