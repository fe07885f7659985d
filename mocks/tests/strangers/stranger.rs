//! Applications in other languages, each a process that does one deed for a line of its standard input.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use url::Url;

use crate::stage::Stage;

/// A package whose authors know nothing of this mock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Package {
    /// `openid-client` of npm.
    OpenidClient,
    /// `Authlib` of Python, in an application of Flask.
    Authlib,
}

/// A client of the provider, by its registration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Client {
    pub(crate) id: &'static str,
    home: &'static str,
}

pub(crate) const PORTAL: Client = Client {
    id: "dezky-portal",
    home: "https://app.dezky.local",
};

pub(crate) const OPERATOR: Client = Client {
    id: "dezky-operator",
    home: "https://operator.dezky.local",
};

impl Client {
    pub(crate) fn after_sign_out(self) -> String {
        format!("{}/auth/oidc/logout", self.home)
    }
}

/// An application under way. It ends with the test.
pub(crate) struct Stranger<'a> {
    stage: &'a Stage,
    client: Client,
    _process: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Package {
    /// # Panics
    /// It is not installed: a test of it that is left out must not look like one that passed.
    fn must_be_installed(self) {
        let there = match self {
            Self::OpenidClient => folder().join("node/node_modules/openid-client").is_dir(),
            Self::Authlib => python().is_file(),
        };
        assert!(there, "{self:?} is not installed: `cargo xtask setup` brings it");
    }

    fn command(self) -> Command {
        self.must_be_installed();
        let (program, application) = match self {
            Self::OpenidClient => (PathBuf::from("node"), "node/application.mjs"),
            Self::Authlib => (python(), "python/application.py"),
        };
        let mut command = Command::new(program);
        command.arg(folder().join(application));
        // A proxy of this machine has no way to the listener of a test.
        for variable in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            command.env_remove(variable);
        }
        command
    }
}

impl<'a> Stranger<'a> {
    /// Starts an application that has not heard of the provider yet.
    pub(crate) fn start(stage: &'a Stage, package: Package, client: Client) -> Self {
        let mut process = package
            .command()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let (input, output) = (process.stdin.take().unwrap(), process.stdout.take().unwrap());
        Self {
            stage,
            client,
            _process: process,
            input,
            output: BufReader::new(output).lines(),
        }
    }

    /// Starts an application that has read the provider's document.
    pub(crate) async fn configured(stage: &'a Stage, package: Package, client: Client) -> Self {
        let mut stranger = Self::start(stage, package, client);
        let issuer = stranger.configure(json!({})).await.unwrap();
        assert_eq!(issuer, stranger.issuer());
        stranger
    }

    pub(crate) async fn configure(&mut self, mut settings: Value) -> Result<Value, String> {
        settings["issuer"] = json!(self.issuer());
        settings["id"] = json!(self.client.id);
        if settings["secret"].is_null() {
            settings["secret"] = json!(self.stage.ensemble.client_secret(self.client.id).unwrap());
        }
        self.ask("configure", settings).await
    }

    /// What came of a deed, or what the package says against it.
    pub(crate) async fn ask(&mut self, deed: &str, mut what: Value) -> Result<Value, String> {
        what["deed"] = json!(deed);
        self.input
            .write_all(format!("{what}\n").as_bytes())
            .await
            .unwrap();
        let line = self.output.next_line().await.unwrap();
        let mut answer: Value = serde_json::from_str(&line.expect("the application has ended")).unwrap();
        match answer.get("refused") {
            Some(said) => Err(said.as_str().unwrap().to_owned()),
            None => Ok(answer["done"].take()),
        }
    }

    /// Where the application sends the browser, with further parameters of the request.
    pub(crate) async fn begin(&mut self, more: &[(&str, &str)]) -> Url {
        let redirect = format!("{}/auth/oidc/callback", self.client.home);
        let scope = "openid profile email groups offline_access";
        let mut parameters = json!({"redirect_uri": redirect, "scope": scope});
        for (name, value) in more {
            parameters[name] = json!(value);
        }
        let address = self
            .ask("begin", json!({"parameters": parameters}))
            .await
            .unwrap();
        Url::parse(address.as_str().unwrap()).unwrap()
    }

    /// Signs somebody in, and gives the tokens with the claims of the identity token.
    pub(crate) async fn sign_in(&mut self, persona: &str) -> Result<Value, String> {
        let address = self.begin(&[]).await;
        let reached = self.stage.arrive(&address, persona).await;
        self.finish(&reached).await
    }

    /// What the application makes of the address that the browser came back to.
    pub(crate) async fn finish(&mut self, reached: &Url) -> Result<Value, String> {
        self.ask("finish", json!({"address": reached.as_str()})).await
    }

    pub(crate) async fn refresh(&mut self, tokens: &Value) -> Result<Value, String> {
        self.ask("refresh", json!({"token": tokens["refresh_token"]}))
            .await
    }

    pub(crate) async fn user_info(&mut self, tokens: &Value) -> Result<Value, String> {
        let what = json!({"token": tokens["access_token"], "subject": tokens["claims"]["sub"]});
        self.ask("user_info", what).await
    }

    fn issuer(&self) -> String {
        format!("{}/application/o/{}/", self.stage.origin, self.client.id)
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/strangers")
}

/// The interpreter of the environment that the set-up fills.
fn python() -> PathBuf {
    let environment = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.tools/python");
    environment.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python3"
    })
}
