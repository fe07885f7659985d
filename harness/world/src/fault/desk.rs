//! The faults in force, and which of them a request meets.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Fault, FaultId};

/// What is asked of the desk about a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meeting<'request> {
    /// Name of the origin.
    pub(crate) site: &'request str,
    /// The origin itself.
    pub(crate) origin: &'request str,
    pub(crate) method: &'request str,
    pub(crate) path: &'request str,
    pub(crate) query: Option<&'request str>,
    /// Whether it is a CORS preflight.
    pub(crate) preflight: bool,
}

/// A fault that a request has met.
pub(crate) type Intervention = Arc<Fault>;

#[derive(Debug, Default)]
pub(crate) struct Desk {
    next: AtomicU64,
    // Read without the lock, so that a world without faults pays nothing for them.
    count: AtomicUsize,
    active: Mutex<Vec<Active>>,
}

#[derive(Debug)]
struct Active {
    id: FaultId,
    fault: Intervention,
    met: u64,
    applied: u64,
}

impl Desk {
    pub(crate) fn inject(&self, fault: Fault) -> FaultId {
        let id = FaultId(self.next.fetch_add(1, Ordering::Relaxed) + 1);
        let mut active = self.active();
        active.push(Active {
            id,
            fault: Arc::new(fault),
            met: 0,
            applied: 0,
        });
        self.count.store(active.len(), Ordering::Release);
        id
    }

    pub(crate) fn clear(&self, id: FaultId) -> bool {
        let mut active = self.active();
        let before = active.len();
        active.retain(|entry| entry.id != id);
        self.count.store(active.len(), Ordering::Release);
        active.len() < before
    }

    pub(crate) fn clear_all(&self) {
        let mut active = self.active();
        active.clear();
        self.count.store(0, Ordering::Release);
    }

    /// The faults that this request meets, counted as applied. Those behind one that ends it only count the
    /// request: they do nothing to it.
    pub(crate) fn meet(&self, meeting: Meeting<'_>) -> Vec<Intervention> {
        if self.count.load(Ordering::Acquire) == 0 {
            return Vec::new();
        }
        let mut interventions: Vec<Intervention> = Vec::new();
        for entry in self
            .active()
            .iter_mut()
            .filter(|entry| entry.fault.means(meeting))
        {
            let ended = interventions.last().is_some_and(|fault| fault.effect.ends());
            if ended {
                entry.met += 1;
            } else {
                interventions.extend(entry.apply());
            }
        }
        interventions
    }

    /// The fault that takes an origin off the net, counted as applied.
    pub(crate) fn refuses(&self, site: &str, origin: &str) -> Option<Intervention> {
        if self.count.load(Ordering::Acquire) == 0 {
            return None;
        }
        self.active()
            .iter_mut()
            .filter(|entry| entry.fault.takes_origin_away() && entry.fault.is_on(site, origin))
            .find_map(Active::apply)
    }

    fn active(&self) -> MutexGuard<'_, Vec<Active>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Active {
    fn apply(&mut self) -> Option<Intervention> {
        self.met += 1;
        let exhausted = self.fault.times.is_some_and(|times| self.applied >= times);
        if exhausted || !self.fault.nth.meets(self.met) {
            return None;
        }
        self.applied += 1;
        Some(Arc::clone(&self.fault))
    }
}

impl Fault {
    fn is_on(&self, site: &str, origin: &str) -> bool {
        self.origin
            .as_deref()
            .is_none_or(|named| named == site || named == origin)
    }

    fn means(&self, meeting: Meeting<'_>) -> bool {
        let method = match &self.method {
            Some(method) => method == meeting.method,
            None => !meeting.preflight || self.takes_origin_away(),
        };
        method && self.is_on(meeting.site, meeting.origin) && self.path.matches(meeting.path, meeting.query)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::{Effect, Nth};

    const POST: Meeting<'_> = Meeting {
        site: "crm-api",
        origin: "https://crm-api.qontak.com",
        method: "POST",
        path: "/v1/leads/1/tickets/2",
        query: None,
        preflight: false,
    };

    fn applied(desk: &Desk, requests: &[Meeting<'_>]) -> Vec<usize> {
        requests.iter().map(|request| desk.meet(*request).len()).collect()
    }

    #[test]
    fn nth_counts_matching_requests_and_times_counts_applications() {
        let desk = Desk::default();
        desk.inject(Fault {
            method: Some("POST".to_owned()),
            nth: Nth::Range { first: 2, last: None },
            times: Some(2),
            ..Fault::everywhere(Effect::Hang).on("crm-api")
        });
        let get = Meeting {
            method: "GET",
            ..POST
        };
        let elsewhere = Meeting {
            site: "c360",
            origin: "https://c360.qontak.com",
            ..POST
        };
        assert_eq!(
            applied(&desk, &[POST, get, elsewhere, POST, POST, POST]),
            [0, 0, 0, 1, 1, 0]
        );
    }

    #[test]
    fn a_fault_behind_one_that_ends_the_request_is_not_spent_on_it() {
        for ends in [
            Effect::Hang,
            Effect::Reset,
            Effect::Refuse,
            Effect::Status {
                code: 503,
                body: None,
                headers: Vec::new(),
            },
        ] {
            let desk = Desk::default();
            let once = |effect: Effect| Fault {
                times: Some(1),
                ..Fault::everywhere(effect)
            };
            let delay = Effect::Delay(std::time::Duration::ZERO);
            for effect in [&delay, &ends, &delay] {
                desk.inject(once(effect.clone()));
            }
            // It counts the request all the same: this is the second.
            desk.inject(Fault {
                nth: Nth::Range {
                    first: 2,
                    last: Some(2),
                },
                ..Fault::everywhere(Effect::DropHeader("x".to_owned()))
            });
            assert_eq!(applied(&desk, &[POST, POST, POST]), [2, 2, 0], "{ends:?}");
        }
    }

    #[test]
    fn an_origin_may_be_named_by_its_address() {
        let desk = Desk::default();
        desk.inject(Fault::everywhere(Effect::Hang).on("https://crm-api.qontak.com"));
        assert_eq!(applied(&desk, &[POST]), [1]);
    }

    #[test]
    fn preflights_are_met_only_when_asked_for_or_when_the_origin_is_away() {
        let preflight = Meeting {
            method: "OPTIONS",
            preflight: true,
            ..POST
        };
        for (fault, met) in [
            (Fault::everywhere(Effect::Hang), 0),
            (
                Fault {
                    method: Some("OPTIONS".to_owned()),
                    ..Fault::everywhere(Effect::Hang)
                },
                1,
            ),
            (Fault::everywhere(Effect::Refuse), 1),
        ] {
            let desk = Desk::default();
            desk.inject(fault.clone());
            assert_eq!(desk.meet(preflight).len(), met, "{fault:?}");
        }
    }

    #[test]
    fn cleared_faults_do_nothing() {
        let desk = Desk::default();
        let one = desk.inject(Fault::everywhere(Effect::Hang));
        desk.inject(Fault::everywhere(Effect::Reset));
        assert!(desk.clear(one));
        assert!(!desk.clear(one));
        assert_eq!(applied(&desk, &[POST]), [1]);
        desk.clear_all();
        assert_eq!(applied(&desk, &[POST]), [0]);
    }
}
