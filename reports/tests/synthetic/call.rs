//! One exchange, as it shall be.

/// One exchange, as it shall be.
pub struct Call<'text> {
    pub method: &'text str,
    pub url: &'text str,
    pub page: Option<&'text str>,
    pub dest: &'text str,
    pub headers: &'text [(&'text str, &'text str)],
    pub body: &'text str,
    pub status: u16,
    pub media: &'text str,
    pub answer_headers: &'text [(&'text str, &'text str)],
    pub answer: &'text str,
    pub took_us: u64,
}

impl<'text> Call<'text> {
    pub fn get(url: &'text str, page: &'text str) -> Self {
        Self {
            method: "GET",
            url,
            page: Some(page),
            dest: "empty",
            headers: &[],
            body: "",
            status: 200,
            media: "application/json",
            answer_headers: &[],
            answer: "{}",
            took_us: 4300,
        }
    }

    pub fn document(url: &'text str) -> Self {
        Self {
            page: None,
            dest: "document",
            media: "text/html; charset=utf-8",
            answer: "<!doctype html><title>Customers</title><div id=app></div><script type=module src=/main.js></script>",
            ..Self::get(url, "")
        }
    }

    pub fn asset(url: &'text str, page: &'text str, dest: &'text str, answer: &'text str) -> Self {
        Self {
            dest,
            media: match dest {
                "script" => "text/javascript",
                "style" => "text/css",
                _ => "image/svg+xml",
            },
            answer,
            took_us: 900,
            ..Self::get(url, page)
        }
    }
}
