// Page-world code, in every frame from document start: a clock that the harness can move ahead.
//
// `Date`, `performance.now`, `Temporal.Now`, `event.timeStamp`, the argument of animation frames, and
// timers run on the frame's own clock plus an offset in whole milliseconds, the same in all frames. At
// offset 0 nothing differs. While the harness moves the clock, it stands still between the steps, however
// long the machine needs for them. Not virtual: workers, `AbortSignal.timeout`, `scheduler.postTask` delays,
// entries of the performance timeline, CSS animations, cookie expiry.
//
// The handle lies under `Symbol.for("rehearse.time")`. `offset` is where a new document starts.
(kit, offset) => {
  "use strict";
  const KEY = Symbol.for("rehearse.time");
  const me = window;
  if (me[KEY]) {
    // A window that is used again, as that of an initial `about:blank`: it is patched already.
    me[KEY].moveTo(offset);
    return;
  }
  const apply = Reflect.apply;
  const define = Reflect.defineProperty;
  const describeProperty = Reflect.getOwnPropertyDescriptor;
  const text = Function.prototype.toString;
  const NativeDate = Date;
  const Address = URL;
  const dateNow = Date.now;
  const clock = performance;
  const perfNow = Performance.prototype.now;
  const startTimer = me.setTimeout;
  const stopTimer = me.clearTimeout;
  const Channel = MessageChannel;
  const reportError = me.reportError;
  const evaluate = me.eval;
  const PromiseThen = Promise.prototype.then;
  const LONGEST = 0x7fffffff;
  // A chain of timers this long is a poll: nobody waits for it to end. By HTML's timer initialization steps no delay in
  // it is shorter than so many milliseconds; without that, time would not come on.
  const POLL = 5;
  const SHORTEST = 4;
  // A timer whose kind ran this often without touching the outside is fired without asking again.
  const PROVEN = 2;
  // How many quiet timers share a task.
  const QUIET_TASK = 16;
  // How long one step of a jump may take, in real milliseconds.
  const SLICE = 500;

  let shift = offset;
  // Where the clock stands while it is held: by `performance.now`, and by `Date`. The latter began as a whole
  // millisecond, so it is rounded up: a timer must never see less time gone than it asked for.
  let held = null;
  let heldDate = 0;
  let lastId = 0;
  let depth = 0;
  const timers = new Map();

  const real = () => apply(perfNow, clock, []);
  const now = () => (held === null ? real() + shift : held);
  const today = () => (held === null ? apply(dateNow, NativeDate, []) + shift : Math.ceil(heldDate));
  // What a time that the browser itself gives is on this clock. All that happens while the clock is held happens at the very
  // moment where it stands, to the last bit: a page compares such times, and a difference to the real clock, taken anew
  // each time, would let it go back by a rounding error.
  const ours = (time) => (held === null ? time + shift : held);

  // ---- What a timer's callback did to the outside, so that a jump can pause for the consequences. ----

  let acts = 0;
  // Whether it left for another document since this was told last, where the browser has the Navigation API (HTML
  // Standard, §7.2.7): an address can be set in ways that nothing else tells of, and the browser itself tells somewhat
  // later.
  let departs = false;
  window.navigation?.addEventListener('navigate', ({ hashChange, downloadRequest, destination }) => {
    if (hashChange || downloadRequest !== null || destination.sameDocument) return;
    acts += 1;
    departs = true;
  });
  // Requests by script that have no answer yet: where they go, and since when.
  const underway = new Map();
  let lastRequest = 0;
  const watchers = [];
  const began = (url) => {
    acts += 1;
    lastRequest += 1;
    underway.set(lastRequest, { url, since: real() });
    return lastRequest;
  };
  const ended = (request) => {
    underway.delete(request);
    for (const look of watchers.splice(0)) look();
  };
  const absolute = (target) => {
    try {
      const url = new Address(target instanceof Request ? target.url : target, document.baseURI);
      url.hash = "";
      return url.href;
    } catch {
      // The browser will refuse it by itself.
      return String(target);
    }
  };
  // Those that began within `age` milliseconds, but for the held ones: they get no answer.
  const awaited = (age, held) => {
    const left = Array.from(held);
    const from = real() - age;
    const found = [];
    for (const { url, since } of underway.values()) {
      const at = left.indexOf(url);
      if (at >= 0) left.splice(at, 1);
      else if (since >= from) found.push(url);
    }
    return found;
  };

  const isHttp = /^https?:/;
  const isMatch = RegExp.prototype.test;
  const notLoaded = (target) => {
    if (apply(isMatch, isHttp, [target])) kit.report("not-loaded", { target });
  };

  const replace = (owner, key, value, length) => {
    const property = describeProperty(owner, key);
    if (!property) return;
    define(value, "name", { value: key, configurable: true });
    define(value, "length", { value: length ?? property.value?.length ?? 0, configurable: true });
    define(owner, key, { ...property, value });
  };

  // What is handed on is the promise we looked at, or a rejection that the page does not handle would count as
  // handled.
  const untilSettled = (promise, what, isLoad) => {
    const begun = began(what);
    return apply(PromiseThen, promise, [
      (value) => {
        ended(begun);
        return value;
      },
      (error) => {
        ended(begun);
        // What the page gave up itself is no failure.
        if (isLoad && error?.name !== "AbortError") notLoaded(what);
        throw error;
      },
    ]);
  };
  const nativeFetch = me.fetch;
  if (nativeFetch) {
    replace(me, "fetch", {
      fetch(...args) {
        return untilSettled(apply(nativeFetch, this ?? me, args), absolute(args[0]), true);
      },
    }.fetch);
  }
  // Between an answer and what a page makes of it lies what the browser does beside the page: a body is read to
  // its end, a digest is made. Meanwhile the page looks idle, and is not.
  const watchWork = (owner, keys, what) => {
    for (const key of keys) {
      const native = owner?.[key];
      if (!native) continue;
      const work = {
        [key](...args) {
          return untilSettled(apply(native, this, args), what);
        },
      };
      replace(owner, key, work[key]);
    }
  };
  const readers = ["arrayBuffer", "blob", "bytes", "formData", "json", "text"];
  watchWork(me.Response?.prototype, readers, "a body that is read");
  watchWork(me.Blob?.prototype, readers, "a body that is read");
  watchWork(
    me.SubtleCrypto?.prototype,
    ["decrypt", "deriveBits", "deriveKey", "digest", "encrypt", "exportKey", "generateKey", "importKey", "sign", "verify"],
    "cryptography",
  );
  const targets = new WeakMap();
  const open = XMLHttpRequest.prototype.open;
  replace(XMLHttpRequest.prototype, "open", {
    open(...args) {
      const result = apply(open, this, args);
      targets.set(this, absolute(args[1]));
      return result;
    },
  }.open);
  const send = XMLHttpRequest.prototype.send;
  replace(XMLHttpRequest.prototype, "send", {
    send(...args) {
      const result = apply(send, this, args);
      const request = began(targets.get(this));
      this.addEventListener("error", () => notLoaded(targets.get(this)), { once: true });
      this.addEventListener("loadend", () => ended(request), { once: true });
      return result;
    },
  }.send);
  const act = () => {
    acts += 1;
  };
  kit.onSent = act;

  // ---- Timers ----

  const arm = (timer) => {
    if (held !== null) return;
    timer.native = apply(startTimer, me, [fire, Math.min(LONGEST, Math.max(0, timer.due - now())), timer]);
  };

  // Timers of one kind have the same code and delay: a chain sets each of its timers anew.
  const kindOf = (timer) => {
    timer.kind ??= `${timer.delay}|${typeof timer.callback === "function" ? apply(text, timer.callback, []) : timer.callback}`;
    return timer.kind;
  };
  const ran = new Map();
  const noteRun = (timer, acted) => ran.set(kindOf(timer), acted ? 0 : (ran.get(kindOf(timer)) ?? 0) + 1);

  const run = (timer) => {
    const before = acts;
    const outer = depth;
    depth = timer.depth + 1;
    try {
      if (typeof timer.callback === "function") apply(timer.callback, me, timer.args);
      else evaluate(String(timer.callback));
    } finally {
      depth = outer;
      noteRun(timer, acts !== before);
    }
  };

  function fire(timer) {
    if (held !== null || timers.get(timer.id) !== timer) return;
    if (timer.interval === null) {
      timers.delete(timer.id);
    } else {
      timer.due = Math.max(timer.due + timer.interval, now());
      arm(timer);
    }
    run(timer);
  }

  const add = (callback, delay, args, repeats) => {
    let wait = Math.max(0, Math.trunc(Number(delay)) || 0);
    if (wait > LONGEST) wait = 0;
    if (depth > POLL) wait = Math.max(wait, SHORTEST);
    lastId += 1;
    const timer = {
      id: lastId,
      callback,
      args,
      depth,
      due: now() + wait,
      interval: repeats ? Math.max(wait, 1) : null,
      delay: wait,
      native: 0,
    };
    timers.set(timer.id, timer);
    arm(timer);
    return timer.id;
  };

  const remove = (id) => {
    const timer = timers.get(Number(id));
    if (!timer) return;
    timers.delete(timer.id);
    apply(stopTimer, me, [timer.native]);
  };

  replace(me, "setTimeout", { setTimeout: (callback, delay, ...args) => add(callback, delay, args, false) }.setTimeout, 1);
  replace(me, "setInterval", { setInterval: (callback, delay, ...args) => add(callback, delay, args, true) }.setInterval, 1);
  replace(me, "clearTimeout", { clearTimeout: (id) => remove(id) }.clearTimeout, 0);
  replace(me, "clearInterval", { clearInterval: (id) => remove(id) }.clearInterval, 0);

  // ---- Clocks ----

  const shiftedNow = { now: () => today() }.now;
  const ShiftedDate = new Proxy(NativeDate, {
    apply: () => new NativeDate(shiftedNow()).toString(),
    construct: (target, args, maker) =>
      Reflect.construct(target, args.length ? args : [shiftedNow()], maker === ShiftedDate ? target : maker),
    get: (target, key, receiver) => (key === "now" ? shiftedNow : Reflect.get(target, key, receiver)),
  });
  define(NativeDate.prototype, "constructor", { value: ShiftedDate, configurable: true, writable: true, enumerable: false });
  define(me, "Date", { value: ShiftedDate, configurable: true, writable: true, enumerable: false });

  replace(Performance.prototype, "now", {
    now() {
      return ours(apply(perfNow, this, []));
    },
  }.now);

  const nativeFrame = me.requestAnimationFrame;
  replace(me, "requestAnimationFrame", {
    requestAnimationFrame: (callback) => apply(nativeFrame, me, [(time) => callback(ours(time))]),
  }.requestAnimationFrame);

  const stamp = describeProperty(Event.prototype, "timeStamp");
  const stamps = new WeakMap();
  define(Event.prototype, "timeStamp", {
    ...stamp,
    get() {
      let moment = stamps.get(this);
      if (moment === undefined) stamps.set(this, (moment = ours(apply(stamp.get, this, []))));
      return moment;
    },
  });

  const temporal = me.Temporal?.Now;
  if (temporal) {
    const instant = temporal.instant;
    const { Instant } = me.Temporal;
    const shifted = () =>
      held === null ? apply(instant, temporal, []).add({ milliseconds: shift }) : Instant.fromEpochMilliseconds(today());
    const zoned = (zone) => shifted().toZonedDateTimeISO(zone ?? temporal.timeZoneId());
    replace(temporal, "instant", { instant: () => shifted() }.instant);
    replace(temporal, "zonedDateTimeISO", { zonedDateTimeISO: (zone) => zoned(zone) }.zonedDateTimeISO);
    replace(temporal, "plainDateTimeISO", { plainDateTimeISO: (zone) => zoned(zone).toPlainDateTime() }.plainDateTimeISO);
    replace(temporal, "plainDateISO", { plainDateISO: (zone) => zoned(zone).toPlainDate() }.plainDateISO);
    replace(temporal, "plainTimeISO", { plainTimeISO: (zone) => zoned(zone).toPlainTime() }.plainTimeISO);
  }

  // ---- The handle ----

  const { port1, port2 } = new Channel();
  const turns = [];
  port1.onmessage = () => turns.shift()?.();
  const task = () =>
    new Promise((resolve) => {
      turns.push(resolve);
      port2.postMessage(0);
    });

  const earliest = (admits) => {
    let found = null;
    for (const timer of timers.values()) {
      if (!admits(timer)) continue;
      if (found === null || timer.due < found.due || (timer.due === found.due && timer.id < found.id)) found = timer;
    }
    return found;
  };

  // Quiet kinds have shown that they touch nothing outside their frame.
  const isQuiet = (timer) => (ran.get(kindOf(timer)) ?? 0) >= PROVEN;
  const dueMs = (timer) => (timer === null ? null : clock.timeOrigin + timer.due);
  const state = (fired, acted) => {
    const departed = departs;
    departs = false;
    return {
      fired,
      acted,
      departs: departed,
      now: clock.timeOrigin + now(),
      next: dueMs(earliest(() => true)),
      asks: dueMs(earliest((timer) => !isQuiet(timer))),
    };
  };

  const holdAt = (moment) => {
    if (moment <= held) return;
    heldDate += moment - held;
    held = moment;
  };

  const handle = {
    // Puts the frame's clock at an offset and lets it run on; timers due by then fire soon.
    moveTo(to) {
      if (to === shift && held === null) return;
      shift = to;
      held = null;
      for (const timer of timers.values()) {
        apply(stopTimer, me, [timer.native]);
        arm(timer);
      }
    },

    // Holds the clock at `at` or later, and fires, in order of time, what is due until `until` (both in
    // milliseconds since the epoch), moving the clock along; every timer from a task of its own, but for
    // some of the quiet ones. Stops after one that touched the outside, before one that is not known to be
    // quiet where only quiet ones may fire, and when it has taken long enough.
    async run(until, quietOnly, at) {
      if (held === null) {
        heldDate = today();
        held = now();
      }
      holdAt(at - clock.timeOrigin);
      const begun = real();
      let fired = 0;
      let acted = false;
      while (!acted && real() - begun < SLICE) {
        const timer = earliest((one) => clock.timeOrigin + one.due <= until);
        if (timer === null) break;
        const quiet = isQuiet(timer);
        if (quietOnly && !quiet) break;
        apply(stopTimer, me, [timer.native]);
        holdAt(timer.due);
        if (timer.interval === null) timers.delete(timer.id);
        else timer.due += timer.interval;
        const before = acts;
        try {
          run(timer);
        } catch (error) {
          reportError(error);
        }
        fired += 1;
        if (quiet && fired % QUIET_TASK !== 0) await null;
        else await task();
        acted = acts !== before;
        if (acted) noteRun(timer, true);
      }
      return state(fired, acted);
    },

    // Resolves, to the addresses of those that are left, when every request by script of this frame has its
    // answer or is held, or when the patience is over.
    async quiet(patience, age, held) {
      if (awaited(age, held).length === 0) return [];
      await new Promise((resolve) => {
        const timer = apply(startTimer, me, [resolve, patience]);
        const look = () => {
          if (awaited(age, held).length > 0) {
            watchers.push(look);
            return;
          }
          apply(stopTimer, me, [timer]);
          resolve();
        };
        watchers.push(look);
      });
      await task();
      return awaited(age, held);
    },

    // What is about to happen: `wait`, how long until the last one-shot timer due within the horizon has fired
    // (polls are not waited for), and the requests as above.
    pending(horizon, age, held) {
      let wait = null;
      const limit = now() + horizon;
      for (const timer of timers.values()) {
        if (timer.interval === null && timer.depth < POLL && timer.due <= limit) wait = Math.max(wait ?? 0, timer.due - now());
      }
      return { wait, requests: awaited(age, held) };
    },
  };
  define(me, KEY, { value: handle, enumerable: false, configurable: false });
}
