//! Ports on loopback: each in both families, because `localhost` is either, depending on who looks it up.

use std::io::{Error as IoError, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr};

use tokio::net::{TcpListener, TcpStream};

use super::log::Log;
use crate::Error;
use crate::gateway::{BREATHER, is_admitted};

/// How often a free port of one family is tried in the other.
const ATTEMPTS: usize = 32;

/// An open port.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) port: u16,
    pub(super) listeners: Vec<TcpListener>,
}

impl Door {
    /// The host that requests name. By name and not by number, so that an application on `localhost` is of
    /// the same site (HTML, "same site"): its frames then get the provider's cookies.
    pub(super) fn host(&self) -> String {
        match self.port {
            80 => "localhost".to_owned(),
            port => format!("localhost:{port}"),
        }
    }

    pub(super) fn origin(&self) -> String {
        format!("http://{}", self.host())
    }
}

/// A port for each name: from `first` on, or free ones where that is 0.
pub(super) async fn open(names: &[String], first: u16) -> Result<Vec<Door>, Error> {
    let mut doors = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let port = match first {
            0 => Some(0),
            first => u16::try_from(index)
                .ok()
                .and_then(|index| first.checked_add(index)),
        };
        let port = port.ok_or(Error::ProviderPorts {
            port: first,
            count: names.len(),
        })?;
        let opened = if port == 0 { free().await } else { at(port).await };
        doors.push(opened.map_err(|source| Error::ProviderPort {
            provider: name.clone(),
            port,
            first,
            source,
        })?);
    }
    Ok(doors)
}

/// A port that is free in both families.
async fn free() -> Result<Door, IoError> {
    let mut failure = IoError::from(ErrorKind::AddrInUse);
    for _ in 0..ATTEMPTS {
        let four = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        match with_six(four).await {
            Ok(door) => return Ok(door),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

async fn at(port: u16) -> Result<Door, IoError> {
    with_six(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?).await
}

/// Opens the port of the other family too. A machine without that family does without it.
async fn with_six(four: TcpListener) -> Result<Door, IoError> {
    let port = four.local_addr()?.port();
    let mut listeners = vec![four];
    match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
        Ok(six) => listeners.push(six),
        Err(error) if error.kind() == ErrorKind::AddrInUse => return Err(error),
        Err(_) => {}
    }
    Ok(Door { port, listeners })
}

/// The next connection from this machine.
pub(super) async fn accept(listener: &TcpListener, log: &Log) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) if is_admitted(peer.ip()) => return stream,
            Ok((_, peer)) => log.say(&format!(
                "a connection from {peer} was refused: only this machine may come"
            )),
            Err(error) => {
                log.say(&format!(
                    "a connection could not be taken: {error}; is the limit on open files reached (`ulimit -n`)?"
                ));
                tokio::time::sleep(BREATHER).await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Vec<String> {
        ["sso", "auth"].map(str::to_owned).to_vec()
    }

    #[tokio::test]
    async fn each_provider_has_a_port_of_its_own() {
        let doors = open(&names(), 0).await.unwrap();
        assert_eq!(doors.len(), 2);
        assert_ne!(doors[0].port, doors[1].port);
        for door in &doors {
            assert_eq!(door.origin(), format!("http://localhost:{}", door.port));
            assert!(door.listeners.iter().all(|listener| {
                let address = listener.local_addr().unwrap();
                address.ip().is_loopback() && address.port() == door.port
            }));
        }
    }

    #[tokio::test]
    async fn a_taken_port_is_told_with_cause_and_remedy() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = taken.local_addr().unwrap().port();
        let said = open(&names(), port).await.unwrap_err().to_string();
        assert!(
            said.starts_with(&format!("the provider `sso` cannot listen on port {port}")),
            "{said}"
        );
        assert!(
            said.contains("in use") && said.contains("take another port"),
            "{said}"
        );
    }

    #[tokio::test]
    async fn ports_do_not_go_beyond_the_last() {
        let names: Vec<String> = (0..3).map(|number| format!("provider-{number}")).collect();
        let said = open(&names, u16::MAX).await.unwrap_err().to_string();
        assert!(
            said.contains("port 65535") && said.contains("`[provider]`"),
            "{said}"
        );
    }

    #[tokio::test]
    async fn of_a_port_further_on_the_first_is_told_too() {
        let (taken, first) = loop {
            let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
            let first = taken.local_addr().unwrap().port() - 1;
            if at(first).await.is_ok() {
                break (taken, first);
            }
        };
        let said = open(&names(), first).await.unwrap_err().to_string();
        let port = taken.local_addr().unwrap().port();
        assert!(
            said.starts_with(&format!("the provider `auth` cannot listen on port {port}"))
                && said.contains(&format!("from {first} on")),
            "{said}"
        );
    }
}
