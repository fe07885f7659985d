//! Patterns of paths: how faults, rewrites and stubs say which requests they mean.

use std::fmt;
use std::str::FromStr;

use globset::{GlobBuilder, GlobMatcher};

/// Which paths are meant.
///
/// `*` stands for any text within one segment, `**` for any number of segments, `{a,b}` for either; brackets stand for themselves.
/// A pattern that begins with `/` is matched from the root, any other from any segment on. After a `?`
/// stand query parameters that must all be there, `name` or `name=value` (`*` in the value as above):
/// `/authorize?prompt=none`.
#[derive(Clone, Debug)]
pub struct PathPattern {
    text: String,
    /// None where every path is meant.
    path: Option<GlobMatcher>,
    query: Vec<(String, Option<GlobMatcher>)>,
}

impl PathPattern {
    /// The pattern of every path.
    #[must_use]
    pub fn any() -> Self {
        Self {
            text: "/**".to_owned(),
            path: None,
            query: Vec::new(),
        }
    }

    /// Whether every path is meant.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.path.is_none()
    }

    /// Whether a path with its query is meant.
    #[must_use]
    pub fn matches(&self, path: &str, query: Option<&str>) -> bool {
        self.path.as_ref().is_none_or(|glob| glob.is_match(path))
            && self.query.iter().all(|(name, value)| {
                url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).any(|(given, text)| {
                    given == name.as_str() && value.as_ref().is_none_or(|value| value.is_match(text.as_ref()))
                })
            })
    }
}

impl PartialEq for PathPattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for PathPattern {}

impl fmt::Display for PathPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl FromStr for PathPattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if matches!(text, "**" | "/**") {
            return Ok(Self::any());
        }
        let (path, query) = match text.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (text, None),
        };
        if path.is_empty() {
            return Err(format!(
                "the path pattern `{text}` is empty; write `/**` for every path"
            ));
        }
        let glob = |text: &str, within_segment: bool| {
            // Brackets stand for themselves: files are called `[id].js`.
            GlobBuilder::new(
                &text
                    .replace('[', "\u{1}")
                    .replace(']', "[]]")
                    .replace('\u{1}', "[[]"),
            )
            .literal_separator(within_segment)
            .backslash_escape(false)
            .build()
            .map(|glob| glob.compile_matcher())
            .map_err(|error| format!("the path pattern `{text}` cannot be read: {}", error.kind()))
        };
        let anchored = if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("/**/{path}")
        };
        let query = query
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| match pair.split_once('=') {
                Some((name, value)) => Ok((name.to_owned(), Some(glob(value, false)?))),
                None => Ok((pair.to_owned(), None)),
            })
            .collect::<Result<_, String>>()?;
        Ok(Self {
            text: text.to_owned(),
            path: Some(glob(&anchored, true)?),
            query,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_mean_the_paths_one_would_think() {
        for (pattern, path, query, meant) in [
            ("/v1/leads/*/tickets/*", "/v1/leads/123/tickets/t-1", None, true),
            ("/v1/leads/*/tickets/*", "/v1/leads/123/tickets", None, false),
            ("/v1/leads/*/tickets/*", "/v1/leads/1/2/tickets/3", None, false),
            ("/v1/**", "/v1/leads/1/2", None, true),
            ("/v1/**", "/v2/leads", None, false),
            ("**", "/", None, true),
            ("/**", "/anything/at/all", Some("x=1"), true),
            ("/", "/", None, true),
            ("/", "/x", None, false),
            ("Panel.js", "/src/features/Panel.js", None, true),
            ("Panel.js", "/Panel.js", None, true),
            ("Panel.js", "/src/OtherPanel.js", None, false),
            ("embed/Panel.js", "/src/embed/Panel.js", None, true),
            ("/v1/{leads,deals}", "/v1/deals", None, true),
            ("[id].js", "/pages/[id].js", None, true),
            ("[id].js", "/pages/i.js", None, false),
            (
                "/authorize?prompt=none",
                "/authorize",
                Some("client=x&prompt=none"),
                true,
            ),
            (
                "/authorize?prompt=none",
                "/authorize",
                Some("prompt=login"),
                false,
            ),
            ("/authorize?prompt=none", "/authorize", None, false),
            ("/authorize?code", "/authorize", Some("code=1"), true),
            ("/authorize?code=a*", "/authorize", Some("code=a%2Fb"), true),
        ] {
            let read: PathPattern = pattern.parse().unwrap();
            assert_eq!(read.matches(path, query), meant, "{pattern} on {path}?{query:?}");
        }
    }

    #[test]
    fn a_broken_pattern_is_refused_with_its_reason() {
        assert!("".parse::<PathPattern>().unwrap_err().contains("`/**`"));
        assert!(
            "/v1/{leads"
                .parse::<PathPattern>()
                .unwrap_err()
                .contains("/v1/{leads")
        );
    }
}
