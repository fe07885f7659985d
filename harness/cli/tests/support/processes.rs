//! Which processes and ports a run has, and which are left of it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

use sysinfo::{
    Pid, Process, ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, Signal, System, UpdateKind,
};

/// Everything that descends from one program. Members are known by the temporary folder that the program
/// was given, which stands in their command line or environment, or by a parent that is a member. Who was
/// seen once stays known, so that orphans are found again.
pub(crate) struct Kin {
    system: System,
    marker: Option<String>,
    known: BTreeMap<Pid, Member>,
}

struct Member {
    start: u64,
    line: String,
    parent: Option<Pid>,
}

impl Kin {
    /// The family of a program that was started with a temporary folder of its own.
    pub(crate) fn of(tmp: &Path) -> Self {
        Self {
            system: System::new().expect("processes can be listed"),
            marker: Some(tmp.display().to_string()),
            known: BTreeMap::new(),
        }
    }

    /// The family of a process of which only the id is known. It counts as a member itself.
    pub(crate) fn under(id: u32) -> Self {
        let head = Member {
            start: 0,
            line: String::new(),
            parent: None,
        };
        Self {
            system: System::new().expect("processes can be listed"),
            marker: None,
            known: BTreeMap::from([(Pid::from_u32(id), head)]),
        }
    }

    /// Looks who is there now.
    pub(crate) fn look(&mut self) {
        let wish = ProcessRefreshKind::nothing()
            .without_tasks()
            .with_cmd(UpdateKind::Always)
            .with_environ(UpdateKind::OnlyIfNotSet);
        self.system
            .refresh_processes_specifics(ProcessesToUpdate::All, true, wish);
        // Children can stand before their parents in the list, so: until nobody is added.
        loop {
            let before = self.known.len();
            for (pid, process) in self.system.processes() {
                if !self.known.contains_key(pid) && self.belongs(process) {
                    let words: Vec<_> = process.cmd().iter().map(|word| word.to_string_lossy()).collect();
                    let member = Member {
                        start: process.start_time(),
                        line: words.join(" "),
                        parent: process.parent(),
                    };
                    self.known.insert(*pid, member);
                }
            }
            if self.known.len() == before {
                return;
            }
        }
    }

    fn belongs(&self, process: &Process) -> bool {
        let marked = |words: &[std::ffi::OsString]| {
            let marker = self.marker.as_deref();
            marker.is_some_and(|marker| words.iter().any(|word| word.to_string_lossy().contains(marker)))
        };
        marked(process.cmd())
            || marked(process.environ())
            || process
                .parent()
                .is_some_and(|parent| self.known.contains_key(&parent))
    }

    /// Those who are alive now, as `pid command line`. A process that ended and waits to be buried is not.
    pub(crate) fn alive(&mut self) -> Vec<String> {
        self.look();
        let mut alive = Vec::new();
        for (pid, member) in &self.known {
            if self.is_alive(*pid, member) {
                let line: String = member.line.chars().take(160).collect();
                alive.push(format!("{pid} {line}"));
            }
        }
        alive
    }

    fn is_alive(&self, pid: Pid, member: &Member) -> bool {
        self.system.process(pid).is_some_and(|process| {
            process.start_time() == member.start
                && !matches!(process.status(), ProcessStatus::Zombie | ProcessStatus::Dead)
        })
    }

    /// Those who are alive and go by a name, as `killall` finds them.
    pub(crate) fn named(&mut self, name: &str) -> Vec<u32> {
        self.look();
        let processes = self
            .known
            .iter()
            .filter(|(pid, member)| self.is_alive(**pid, member));
        processes
            .filter(|(pid, _)| {
                self.system
                    .process(**pid)
                    .is_some_and(|process| process.name() == name)
            })
            .map(|(pid, _)| pid.as_u32())
            .collect()
    }

    /// The driver that is alive now.
    pub(crate) fn driver(&mut self, program: &str) -> Option<u32> {
        self.look();
        self.find(|member| {
            member
                .line
                .split(' ')
                .next()
                .is_some_and(|name| name.ends_with(program))
        })
    }

    /// The main process of the browser that a driver started.
    pub(crate) fn browser(&mut self, driver: u32) -> Option<u32> {
        self.look();
        self.find(|member| member.parent == Some(Pid::from_u32(driver)) && !member.line.contains("--type="))
    }

    fn find(&self, is_meant: impl Fn(&Member) -> bool) -> Option<u32> {
        self.known
            .iter()
            .find(|(pid, member)| is_meant(member) && self.is_alive(**pid, member))
            .map(|(pid, _)| pid.as_u32())
    }

    /// Ports on which members listen now. Known on Linux alone; elsewhere none.
    pub(crate) fn ports(&mut self) -> BTreeSet<u16> {
        self.look();
        let sockets: BTreeSet<String> = self
            .known
            .keys()
            .flat_map(|pid| sockets_of(pid.as_u32()))
            .collect();
        listening()
            .into_iter()
            .filter(|(inode, _)| sockets.contains(inode))
            .map(|(_, port)| port)
            .collect()
    }
}

/// Sends a signal to one process.
pub(crate) fn send(pid: u32, signal: Signal) {
    let mut system = System::new().expect("processes can be listed");
    let pid = Pid::from_u32(pid);
    system.refresh_processes_specifics(
        ProcessesToUpdate::Some(&[pid]),
        true,
        ProcessRefreshKind::nothing(),
    );
    let process = system.process(pid).expect("the process is there");
    assert_eq!(process.kill_with(signal), Some(true), "the signal is sent");
}

/// Whether anybody takes connections on a port of this machine.
pub(crate) fn is_open(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect_timeout(&address, Duration::from_millis(300)).is_ok()
}

/// Inodes of a process's sockets.
fn sockets_of(pid: u32) -> Vec<String> {
    let Ok(open) = std::fs::read_dir(format!("/proc/{pid}/fd")) else {
        return Vec::new();
    };
    open.flatten()
        .filter_map(|entry| {
            let target = std::fs::read_link(entry.path()).ok()?;
            Some(
                target
                    .to_str()?
                    .strip_prefix("socket:[")?
                    .trim_end_matches(']')
                    .to_owned(),
            )
        })
        .collect()
}

/// Inode and port of every listening socket.
fn listening() -> Vec<(String, u16)> {
    const LISTEN: &str = "0A";
    ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| std::fs::read_to_string(table).ok())
        .flat_map(|table| {
            table
                .lines()
                .skip(1)
                .filter_map(|line| {
                    let words: Vec<&str> = line.split_whitespace().collect();
                    let port = words.get(1)?.rsplit_once(':')?.1;
                    (*words.get(3)? == LISTEN)
                        .then(|| Some(((*words.get(9)?).to_owned(), u16::from_str_radix(port, 16).ok()?)))?
                })
                .collect::<Vec<_>>()
        })
        .collect()
}
