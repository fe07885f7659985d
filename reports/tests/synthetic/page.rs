//! Reading `report.html` back, as the page's own script does.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A written report.
pub struct Report {
    pub html: String,
    pub index: Value,
}

impl Report {
    pub fn read(run: &Path) -> Self {
        let html = std::fs::read_to_string(run.join("report.html")).expect("report.html");
        let index = block(&html, "id=\"index\">").expect("index");
        let index = serde_json::from_str(index).expect("JSON");
        Self { html, index }
    }

    /// The detail of the scenario with this number.
    pub fn detail(&self, number: usize) -> Option<Value> {
        let packed = block(&self.html, &format!("id=\"detail-{number}\">"))?;
        let bytes = STANDARD.decode(packed).expect("base64");
        let mut json = String::new();
        flate2::read::GzDecoder::new(bytes.as_slice())
            .read_to_string(&mut json)
            .expect("gzip");
        Some(serde_json::from_str(&json).expect("JSON"))
    }

    /// The rows of a scenario's diagram as a transcript: `message customer-detail → crm: EMBED_READY`.
    pub fn transcript(&self, number: usize) -> Vec<String> {
        let detail = self.detail(number).expect("detail");
        let lane = |end: &Value| {
            let lane = &detail["lanes"][usize::try_from(end.as_u64()?).ok()?];
            let side = match lane["side"].as_str()? {
                "server" => "@",
                _ => "",
            };
            Some(format!("{side}{}", lane["name"].as_str()?))
        };
        let rows = detail["rows"].as_array().expect("rows");
        rows.iter()
            .map(|row| {
                let ends = match (lane(&row["from"]), lane(&row["to"])) {
                    (Some(from), Some(to)) => format!(" {from} → {to}"),
                    (Some(on), None) => format!(" {on}"),
                    _ => String::new(),
                };
                let flags: String = ["dropped", "staged", "unseen"]
                    .iter()
                    .filter(|flag| row[**flag] == true)
                    .map(|flag| format!(" {flag}"))
                    .collect();
                let status = row["status"]
                    .as_u64()
                    .map_or_else(String::new, |status| format!(" {status}"));
                format!(
                    "{}{ends}{flags}: {}{status}",
                    text(&row["kind"]),
                    text(&row["label"])
                )
            })
            .collect()
    }

    /// Directive → values of the page's policy.
    pub fn policy(&self) -> BTreeMap<String, Vec<String>> {
        let start = self
            .html
            .find("Content-Security-Policy\" content=\"")
            .expect("policy");
        let content = &self.html[start..];
        let content = content.split('"').nth(2).expect("content");
        let content = content.replace("&#x27;", "'").replace("&#x2f;", "/");
        content
            .split(';')
            .map(|directive| {
                let mut words = directive.split_whitespace().map(str::to_owned);
                (words.next().unwrap_or_default(), words.collect())
            })
            .collect()
    }

    /// The policy's hash of an element's text.
    pub fn hash_of(&self, open: &str) -> String {
        let (_, rest) = self.html.rsplit_once(open).expect("element");
        let close = format!("</{}>", open.trim_matches(['<', '>']));
        let text = rest.split(&close).next().expect("end");
        format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text.as_bytes())))
    }
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn block<'html>(html: &'html str, after: &str) -> Option<&'html str> {
    let (_, rest) = html.split_once(after)?;
    rest.split("</script>").next()
}
