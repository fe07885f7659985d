// Numbers and names as people read them.

const VERDICTS = ["failed", "broken", "flaky", "passed", "skipped"];

function millis(ms) {
  if (ms === null || ms === undefined || Number.isNaN(ms)) return "";
  if (ms < 1) return `${(ms * 1000).toFixed(0)} µs`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${ms.toFixed(0)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.round((ms % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A place in time since the scenario began, in seconds. */
function offset(us) {
  return (us / 1e6).toFixed(3);
}

function bytes(count) {
  if (count === null || count === undefined) return "";
  if (count < 1000) return `${count} B`;
  if (count < 1e6) return `${(count / 1e3).toFixed(count < 1e4 ? 1 : 0)} kB`;
  return `${(count / 1e6).toFixed(1)} MB`;
}

function moment(ms) {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? String(ms) : date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
}

function plural(count, one, many = `${one}s`) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

function place(location) {
  return location ? `${location.file}:${location.line}` : "";
}

/** The name of a lane, told apart where an origin stands on both sides of the wire. */
function laneName(lane) {
  if (!lane) return "";
  if (lane.side === "page") return `${lane.name} (document)`;
  if (lane.side === "server") return `${lane.name} (server)`;
  return lane.name;
}

const KINDS = {
  step: "Step", phase: "Phase", request: "Request", return: "Response", assets: "Static files", telemetry: "Telemetry",
  message: "Message", navigation: "Navigation", refused: "Refused", socket: "WebSocket", note: "Note", state: "Page state",
};

// Secrets were replaced by pseudonyms; the same value has the same one, so it gets the same colour.
const PSEUDONYM = /‹[^‹›\n]{1,80}~[0-9a-f]{2,16}›|%E2%80%B9[\w%.:-]{1,80}?(?:~|%7E)[0-9a-f]{2,16}%E2%80%BA/giu;

/** A text with its pseudonyms marked. */
function marked(text) {
  const parts = [];
  let from = 0;
  for (const match of String(text).matchAll(PSEUDONYM)) {
    parts.push(text.slice(from, match.index));
    const mark = match[0].replace(/%E2%80%B9/i, "‹").replace(/%E2%80%BA/i, "›").replace(/%7E/i, "~");
    let hue = 0;
    for (const character of mark) hue = (hue * 31 + character.codePointAt(0)) % 360;
    parts.push(h("span", { class: "pseudonym", css: { "--hue": String(hue) }, title: "a secret, replaced by a stable pseudonym" }, mark));
    from = match.index + match[0].length;
  }
  parts.push(String(text).slice(from));
  return parts;
}
