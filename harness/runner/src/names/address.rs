//! Origins and addresses, and where each way of naming them is allowed.

use scenarios::model::FrameName;
use scenarios::{Diagnostic, Location};
use url::Url;

use super::Names;

impl Names<'_> {
    pub(super) fn is_frame(&self, frame: &FrameName) -> bool {
        frame.0.contains('*') || self.is_origin(&frame.0)
    }

    pub(super) fn frame(&self, at: &Location, frame: &FrameName, wrong: &mut Vec<Diagnostic>) {
        if !self.is_frame(frame) {
            self.origin(at, &frame.0, wrong);
        }
    }

    /// Who opens a popup: a name of the world, or an origin written out.
    pub(super) fn popup(&self, at: &Location, name: &str, wrong: &mut Vec<Diagnostic>) {
        if name == "null" {
            wrong.push(
                Diagnostic::at(at.clone(), "no popup can be opened at the origin `null`")
                    .help("write `opaque` for a sandboxed page of the attacker, whose origin is `null`"),
            );
        } else {
            self.origin(at, name, wrong);
        }
    }

    /// What a browser takes as a message's target origin.
    pub(super) fn target_origin(&self, at: &Location, target: &str, wrong: &mut Vec<Diagnostic>) {
        if ["*", "/"].contains(&target) {
            return;
        }
        let refused = if self.origins.get(target).map_or(target, String::as_str) == "null" {
            Some("an opaque origin cannot be named".to_owned())
        } else if target.contains("://") {
            Url::parse(target).err().map(|error| error.to_string())
        } else {
            self.origin(at, target, wrong);
            None
        };
        if let Some(reason) = refused {
            let mistake = format!("browsers take no message with the target origin `{target}`: {reason}");
            wrong.push(
                Diagnostic::at(at.clone(), mistake)
                    .help("name an origin, or write `*` for whoever stands in the window"),
            );
        }
    }

    /// Where a frame is sent: an origin by name, a path of the front end, or an address in full. Anything else would be
    /// taken for a path of the front end, and a hostile navigation would go nowhere hostile.
    pub(super) fn destination(&self, at: &Location, to: &str, wrong: &mut Vec<Diagnostic>) {
        const WITHOUT_HOST: [&str; 4] = ["about:", "blob:", "data:", "javascript:"];
        let in_full = to.contains("://") || WITHOUT_HOST.iter().any(|scheme| to.starts_with(scheme));
        if to.starts_with('/') || in_full {
            self.url(at, to, wrong);
        } else if self.origins.get(to).is_some_and(|origin| origin == "null") {
            wrong.push(
                Diagnostic::at(at.clone(), format!("`{to}` has no address that a frame could go to"))
                    .help("`post-message` knows it as a sender; a frame goes to `attacker`, or to an address in full"),
            );
        } else if !self.origins.contains_key(to) {
            let known = self.origins.keys().map(String::as_str);
            wrong.push(
                Diagnostic::unknown(at.clone(), "origin", to, known).labelled(
                    "an origin by name, a path that begins with `/`, or an address with its scheme",
                ),
            );
        }
    }

    /// What a browser can go to or ask for; a path is of the world's front end.
    pub(super) fn url(&self, at: &Location, url: &str, wrong: &mut Vec<Diagnostic>) {
        let front = self.origins.get(&self.spec.front_end).map_or("", String::as_str);
        if let Err(error) = Url::parse(front).and_then(|base| base.join(url)) {
            wrong.push(
                Diagnostic::at(at.clone(), format!("`{url}` is no URL: {error}"))
                    .help("write a path such as `/customers`, or scheme, host and path"),
            );
        }
    }

    /// A name of the world, or an origin written out.
    pub(super) fn origin(&self, at: &Location, name: &str, wrong: &mut Vec<Diagnostic>) {
        if !self.is_origin(name) {
            let known = self.origins.keys().map(String::as_str);
            wrong.push(Diagnostic::unknown(at.clone(), "origin", name, known));
        }
    }

    pub(super) fn is_origin(&self, name: &str) -> bool {
        name.contains("://") || name == "null" || self.origins.contains_key(name)
    }
}
