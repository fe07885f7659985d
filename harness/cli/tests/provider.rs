//! The providers by themselves: an application signs somebody in over plain HTTP, strangers are turned away, what the
//! program says holds no secret, and its end leaves nothing.
#![cfg(unix)]

mod support;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, ChildStdout};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use support::processes::{self, Kin};
use support::program::House;
use sysinfo::Signal;
use url::Url;
use url::form_urlencoded::Serializer;

/// A verifier and its challenge (RFC 7636, appendix B).
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const CALLBACK: &str = "http://localhost:5173/callback";

/// The program, up, with what it said until then.
struct Up {
    house: House,
    child: Child,
    out: BufReader<ChildStdout>,
    said: String,
    /// What it said since.
    log: String,
}

impl Up {
    fn start(arguments: &[&str]) -> Self {
        Self::start_in(House::new(), arguments)
    }

    fn start_in(house: House, arguments: &[&str]) -> Self {
        let mut command = house.command([&["provider"], arguments].concat());
        let mut child = command.spawn().expect("the program starts");
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        let mut said = String::new();
        while !said.contains("Ctrl-C ends it.") {
            let read = out.read_line(&mut said).expect("a line");
            if read == 0 {
                let mut err = String::new();
                let _ = child.stderr.take().expect("its errors").read_to_string(&mut err);
                panic!("it ended: {said}{err}");
            }
        }
        Self {
            house,
            child,
            out,
            said,
            log: String::new(),
        }
    }

    /// What stands behind a word, on the first line that begins with it.
    fn value(&self, word: &str) -> String {
        let mut lines = self.said.lines().map(str::trim);
        let found = lines
            .find_map(|line| line.strip_prefix(word))
            .unwrap_or_else(|| panic!("no {word}: {}", self.said));
        found.split_whitespace().next().expect("a value").to_owned()
    }

    /// Reads on until something was said; it is kept for the end.
    fn hear(&mut self, words: &str) {
        while !self.log.contains(words) {
            let read = self.out.read_line(&mut self.log).expect("a line");
            assert!(read > 0, "it ended without {words:?}: {}", self.log);
        }
    }

    /// Ends it by a signal, and gives its exit code and what it said since it was up.
    fn end(mut self, signal: Signal) -> (Option<i32>, String) {
        let ports: Vec<u16> = Kin::under(self.child.id()).ports().into_iter().collect();
        processes::send(self.child.id(), signal);
        let mut log = std::mem::take(&mut self.log);
        self.out.read_to_string(&mut log).expect("the rest");
        let code = self.child.wait().expect("its end").code();
        let open: Vec<u16> = ports
            .into_iter()
            .filter(|&port| processes::is_open(port))
            .collect();
        assert!(open.is_empty(), "ports {open:?} are still open");
        let left = support::runs::files_and_folders(&self.house.tmp());
        assert!(left.is_empty(), "{left:?}");
        (code, log)
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer of HTTP.
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// A plain client of HTTP with a jar of cookies.
#[derive(Default)]
struct Client {
    cookies: BTreeMap<String, String>,
}

impl Client {
    fn get(&mut self, address: &str) -> Answer {
        let url: Url = address.parse().expect("an address");
        self.ask("GET", &url, url.authority(), "")
    }

    fn post(&mut self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let url: Url = address.parse().expect("an address");
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        self.ask("POST", &url, url.authority(), &body)
    }

    /// One request on a connection of its own.
    fn ask(&mut self, method: &str, url: &Url, host: &str, body: &str) -> Answer {
        let port = url.port().expect("a port");
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("it listens");
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .expect("a patience");
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncookie: {}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
            cookies.join("; "),
            body.len()
        )
        .expect("it is sent");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("an answer");
        let (head, body) = text.split_once("\r\n\r\n").expect("a head");
        let mut lines = head.lines();
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1)?.parse().ok())
            .expect("a status");
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        for (_, cookie) in headers.iter().filter(|(name, _)| name == "set-cookie") {
            assert!(!cookie.contains("Secure"), "a browser would drop it: {cookie}");
            let (pair, attributes) = cookie.split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a value");
            if attributes.ends_with("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Answer {
            status,
            headers,
            body: body.to_owned(),
        }
    }
}

fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap_or_else(|| panic!("no {name} in {page}"));
    rest.split_once('"').expect("an end").0
}

#[test]
fn an_application_signs_somebody_in_and_the_log_holds_no_secret() {
    let up = Up::start(&[
        "--client",
        &format!("id=my-app,redirect={CALLBACK},scope=openid,scope=email"),
    ]);
    let (issuer, discovery) = (up.value("issuer "), up.value("discovery "));
    let (email, password) = ("sari.wulandari@mekari.example", "Rimba-Hijau-5!");
    assert!(
        up.said.contains(email) && up.said.contains(password),
        "{}",
        up.said
    );
    assert!(up.said.contains("otpauth://totp/"), "{}", up.said);
    let mut client = Client::default();
    let found = client.get(&discovery).json();
    assert_eq!(found["issuer"], issuer);
    let endpoint = |name: &str| {
        let address = found[name].as_str().expect("an endpoint").to_owned();
        assert!(address.starts_with(&issuer), "{address}");
        address
    };

    let query = [
        ("client_id", "my-app"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid email"),
        ("state", "a-state-of-mine-that-nobody-else-has-0123456789"),
        ("nonce", "a-nonce-of-mine-that-nobody-else-has-0123456789"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let address = Url::parse_with_params(&endpoint("authorization_endpoint"), query).expect("an address");
    let login = client.get(address.as_str()).header("location").to_owned();
    assert!(login.starts_with(&issuer), "{login}");
    let page = client.get(&login).body;
    let (request, form_token) = (hidden(&page, "request"), hidden(&page, "form_token"));
    let fields = [
        ("request", request),
        ("form_token", form_token),
        ("email", email),
        ("password", password),
    ];
    let answer = client.post(&format!("{issuer}/login"), &fields);
    assert_eq!(answer.status, 303, "{}", answer.body);
    let back: Url = answer.header("location").parse().expect("an address");
    assert!(back.as_str().starts_with(CALLBACK), "{back}");
    let back: BTreeMap<String, String> = back.query_pairs().into_owned().collect();
    assert_eq!(
        (back["state"].as_str(), &back["iss"]),
        ("a-state-of-mine-that-nobody-else-has-0123456789", &issuer)
    );

    let redeem = |client: &mut Client| {
        let fields = [
            ("grant_type", "authorization_code"),
            ("client_id", "my-app"),
            ("code", &back["code"]),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        client.post(&endpoint("token_endpoint"), &fields)
    };
    let tokens = redeem(&mut client).json();
    let identity = tokens["id_token"].as_str().expect("an identity token");
    let claims = identity
        .split('.')
        .nth(1)
        .and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let claims: Value = serde_json::from_slice(&claims.expect("claims")).expect("JSON");
    assert_eq!(
        (&claims["iss"], &claims["aud"], &claims["nonce"], &claims["email"]),
        (
            &issuer.as_str().into(),
            &"my-app".into(),
            &"a-nonce-of-mine-that-nobody-else-has-0123456789".into(),
            &email.into()
        )
    );
    assert_eq!(redeem(&mut client).status, 400, "a code counts once");

    let (code, log) = up.end(Signal::Term);
    assert_eq!(code, Some(0));
    for part in [
        "sso  GET /.well-known/openid-configuration 200",
        &format!(
            "sso  GET /authorize client_id=my-app redirect_uri={CALLBACK} response_type=code scope=\"openid email\" 302"
        ),
        "session-started persona=support-agent",
        "sso  POST /token 200",
        "sso  POST /token 400",
        "token-refused client=my-app error=invalid_grant description=\"the code was used before\"",
    ] {
        assert!(log.contains(part), "no {part:?} in\n{log}");
    }
    assert!(!log.contains("departs from the contract"), "{log}");
    let mut secrets = vec![
        password,
        request,
        form_token,
        VERIFIER,
        CHALLENGE,
        &back["code"],
        "a-state-of-mine-that-nobody-else-has-0123456789",
    ];
    secrets.extend(client.cookies.values().map(String::as_str));
    secrets.extend(["access_token", "id_token"].map(|name| tokens[name].as_str().expect("a token")));
    for secret in secrets {
        assert!(!log.contains(secret), "{secret:?} stands in\n{log}");
    }
}

#[test]
fn an_application_hears_that_its_user_signed_out() {
    let application = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let logout = format!("http://{}/logout", application.local_addr().expect("its address"));
    let mut up = Up::start(&[
        "--client",
        &format!("id=my-app,redirect={CALLBACK},back-channel-logout={logout}"),
    ]);
    let issuer = up.value("issuer ");
    let mut client = Client::default();
    let query = [
        ("client_id", "my-app"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid"),
        // Without a state: PKCE is enough (RFC 9700, §2.1).
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let address = Url::parse_with_params(&format!("{issuer}/authorize"), query).expect("an address");
    let login = client.get(address.as_str()).header("location").to_owned();
    let page = client.get(&login).body;
    let fields = [
        ("request", hidden(&page, "request")),
        ("form_token", hidden(&page, "form_token")),
        ("email", "sari.wulandari@mekari.example"),
        ("password", "Rimba-Hijau-5!"),
    ];
    assert_eq!(client.post(&format!("{issuer}/login"), &fields).status, 303);
    client.get(&format!("{issuer}/sign_out"));
    let (mut stream, _) = application.accept().expect("a logout token comes");
    let mut asked = [0; 8192];
    let mut length = 0;
    while !String::from_utf8_lossy(&asked[..length]).contains("logout_token=ey") {
        let read = stream.read(&mut asked[length..]).expect("a request");
        assert!(read > 0, "it broke off");
        length += read;
    }
    assert!(asked.starts_with(b"POST /logout HTTP/1.1\r\n"));
    stream
        .write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        .expect("it is answered");
    up.hear("back-channel-logout-taken client=my-app status=204");
    let (code, log) = up.end(Signal::Term);
    assert_eq!(code, Some(0));
    assert!(log.contains(&format!("back channel  POST {logout} 204")), "{log}");
    assert!(!log.contains("logout_token"), "{log}");
}

#[test]
fn a_request_that_names_another_host_is_turned_away() {
    let up = Up::start(&["sso"]);
    let discovery: Url = up.value("discovery ").parse().expect("an address");
    let mut client = Client::default();
    for host in ["evil.example", "account.mekari.com", "localhost.evil.example"] {
        let answer = client.ask("GET", &discovery, host, "");
        assert_eq!(answer.status, 421, "{}", answer.body);
        assert!(answer.body.contains("answers to localhost"), "{}", answer.body);
    }
    let by_number = client.ask("GET", &discovery, "127.0.0.1", "");
    assert_eq!(
        by_number.json()["issuer"],
        up.value("issuer "),
        "there is one issuer"
    );
    let (code, log) = up.end(Signal::Interrupt);
    assert_eq!(code, Some(0));
    assert!(
        log.contains("refused: the request names the host `evil.example`"),
        "{log}"
    );
}

#[test]
fn providers_have_an_origin_each_and_issuers_share_one() {
    let up = Up::start(&[
        "--client",
        "id=my-server,redirect=http://localhost:3000/cb,issuer=dezky-portal,confidential",
        "--origin",
        "operator=http://localhost:4000",
    ]);
    let issuers: Vec<Url> = up
        .said
        .lines()
        .filter_map(|line| line.strip_prefix("issuer ")?.split(' ').next()?.parse().ok())
        .collect();
    let ports: Vec<u16> = issuers.iter().filter_map(Url::port).collect();
    assert_eq!(ports.len(), 3, "{}", up.said);
    assert!(ports[0] != ports[1] && ports[1] == ports[2], "{ports:?}");
    assert!(
        up.said
            .contains("redirect http://localhost:4000/auth/oidc/callback"),
        "{}",
        up.said
    );
    // Where nobody said where an application runs, it is where the worlds have it.
    assert!(
        up.said.contains("redirect https://app.dezky.local/callback"),
        "{}",
        up.said
    );
    let mut client = Client::default();
    for issuer in &issuers {
        let discovery = format!(
            "{}/.well-known/openid-configuration",
            issuer.as_str().trim_end_matches('/')
        );
        let found = client.get(&discovery).json()["issuer"]
            .as_str()
            .expect("an issuer")
            .to_owned();
        assert_eq!(found.trim_end_matches('/'), issuer.as_str().trim_end_matches('/'));
    }
    let (code, _) = up.end(Signal::Term);
    assert_eq!(code, Some(0));
}

#[test]
fn a_port_that_is_taken_is_told() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let port = taken.local_addr().expect("its address").port().to_string();
    let said = House::new().run(["provider", "--port", &port]);
    assert_eq!(said.code, Some(2), "{}", said.all());
    for part in [
        format!("port {port}"),
        "the provider `sso` cannot listen".to_owned(),
        "take another port".to_owned(),
    ] {
        assert!(said.err.contains(&part), "{}", said.all());
    }
}

/// The file of a team speaks of all providers, and is right whichever are served.
#[test]
fn a_configuration_holds_for_each_provider_alone() {
    let toml = "[provider]\norigins = { customer-detail = \"http://localhost:5173\" }\n\
                [[provider.client]]\nid = \"of-the-portal\"\nissuer = \"dezky-portal\"\n\
                redirect-uris = [\"http://localhost:3000/cb\"]\n\
                [[provider.client]]\nid = \"of-the-first\"\nredirect-uris = [\"http://localhost:3001/cb\"]\n";
    for (provider, served, left_out) in [
        ("auth", "of-the-portal", "of-the-first"),
        ("sso", "of-the-first", "of-the-portal"),
    ] {
        let house = House::new();
        std::fs::write(house.work().join("rehearse.toml"), toml).expect("a configuration");
        let up = Up::start_in(house, &[provider]);
        assert!(up.said.contains(served), "{provider}: {}", up.said);
        assert!(!up.said.contains(left_out), "{provider}: {}", up.said);
        up.end(Signal::Interrupt);
    }
}
