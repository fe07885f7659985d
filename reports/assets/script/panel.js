// The side panel: everything the journal keeps of the events behind one row.

const panel = document.getElementById("panel");

function closePanel() {
  panel.hidden = true;
  document.body.classList.remove("has-panel");
  clear(panel);
}

/** Opens the panel on a title and the events behind it. */
function openPanel(title, lines, seqs, detail, onClose) {
  const events = seqs.map((seq) => detail.bySeq.get(seq)).filter(Boolean);
  const missing = seqs.length - events.length;
  const many = events.length > 6;
  clear(panel).append(
    h("header", { class: "panel-head" },
      h("div", {}, h("h2", {}, marked(title)), lines.filter(Boolean).map((line) => h("p", { class: "muted" }, line))),
      h("button", { type: "button", class: "quiet close", "aria-label": "Close details", title: "Close (Esc)", on: { click: onClose } }, "✕")),
    h("div", { class: "panel-body" },
      missing > 0 ? h("p", { class: "notice" }, `${plural(missing, "event")} of this row could not be read from events.jsonl.`) : null,
      events.map((event, index) => eventCard(event, detail, seqs, many ? index === 0 : true))));
  panel.hidden = false;
  panel.scrollTop = 0;
  document.body.classList.add("has-panel");
}

function eventCard(event, detail, seqs, open) {
  const fact = event.f;
  return h("details", { class: "event", open },
    h("summary", {}, h("span", { class: "kind" }, fact.kind), h("span", { class: "said" }, event.l), h("span", { class: "seq" }, `#${event.q}`)),
    h("div", { class: "event-body" },
      sightings(event.n),
      FACTS[fact.kind]?.(fact, detail, seqs) ?? general(fact),
      h("p", { class: "source" }, `${event.s}, ${offset(event.t)} s`, event.v ? `, world's clock ${millis(Math.abs(event.v))} ${event.v > 0 ? "ahead" : "behind"}` : "",
        event.x === undefined ? "" : `, exchange ${event.x}`, `, line ${event.q} of events.jsonl`)));
}

function sightings(all) {
  if (!all?.length) return null;
  return h("ul", { class: "sightings" }, all.map((sighting) =>
    h("li", {}, marked(sighting.pseudonym), " ", h("code", {}, sighting.place), h("span", { class: "muted" }, ` ${sighting.encoding}`))));
}

const FACTS = {
  request: (fact) => [
    h("p", { class: "url" }, h("b", {}, fact.method), " ", marked(fact.url)),
    pairs([["version", fact.version], ["connection", fact.connection]]),
    headers(fact.headers), body(fact.body),
  ],
  response: (fact) => [
    pairs([["status", fact.status], ["wait", millis(fact.timings.wait_us / 1000)], ["receive", millis(fact.timings.receive_us / 1000)], ["send", millis(fact.timings.send_us / 1000)]]),
    headers(fact.headers), body(fact.body),
  ],
  "message-sent": (fact) => [
    pairs([["from", fact.from.origin], ["document", fact.from.url], ["target origin", fact.target_origin], ["window", fact.via], ["posted by", fact.staged ? "the harness, in this origin's name" : null]]),
    json(fact.data),
  ],
  "message-received": (fact, detail, seqs) => [
    pairs([["at", fact.at.origin], ["document", fact.at.url], ["event.origin", fact.origin], ["trusted", fact.trusted ? "yes" : "no"]]),
    detail.events.some((event) => event.f.kind === "message-sent" && seqs.includes(event.q) && JSON.stringify(event.f.data) === JSON.stringify(fact.data))
      ? h("p", { class: "muted" }, "The data is as it was sent.") : json(fact.data),
  ],
  telemetry: (fact) => [
    pairs([["intake", fact.sink], ["event", fact.event], ["name", fact.name], ["identity", fact.identity], ["transport", fact.transport]]),
    json(fact.properties),
  ],
  "web-socket-frame": (fact) => [pairs([["direction", fact.direction], ["opcode", fact.opcode]]), body(fact.payload)],
  observation: (fact) => [pairs([["expectation", fact.expectation]]), json(fact.seen)],
};

function general(fact) {
  const simple = [];
  const rest = [];
  for (const [name, value] of Object.entries(fact)) {
    if (name === "kind" || value === null) continue;
    if (typeof value === "object") rest.push(h("h4", {}, name.replaceAll("_", " ")), json(value));
    else if (typeof value === "string" && (value.length > 160 || value.includes("\n"))) rest.push(h("h4", {}, name.replaceAll("_", " ")), h("pre", {}, marked(value)));
    else simple.push([name.replaceAll("_", " "), value]);
  }
  return [pairs(simple), rest];
}

function pairs(list) {
  const shown = list.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return shown.length ? h("dl", { class: "pairs" }, shown.map(([name, value]) => [h("dt", {}, name), h("dd", {}, marked(String(value)))])) : null;
}

function headers(list) {
  if (!list?.length) return null;
  return h("details", { class: "part", open: true }, h("summary", {}, "Headers", h("span", { class: "number" }, list.length)),
    h("dl", { class: "pairs headers" }, list.map(([name, value]) => [h("dt", {}, name), h("dd", {}, marked(value))])));
}

function body(content) {
  if (!content || !content.size) return null;
  const note = [content.media_type, bytes(content.size), content.decoded?.length ? `decoded from ${content.decoded.join(", ")}` : null].filter(Boolean).join(" · ");
  return h("details", { class: "part", open: true }, h("summary", {}, "Body", h("span", { class: "muted" }, note)),
    content.text === undefined ? null : asJson(content.text),
    content.note ? h("p", { class: "muted" }, content.note) : null,
    content.digest ? h("p", { class: "muted" }, "SHA-256 ", h("code", {}, content.digest)) : null);
}

function asJson(text) {
  if (/^\s*[[{]/.test(text)) {
    try {
      return json(JSON.parse(text));
    } catch {
      // Cut, or no JSON after all.
    }
  }
  return h("pre", {}, marked(text));
}

/** A value as indented JSON, coloured. */
function json(value) {
  const parts = [];
  writeJson(value, "", parts);
  return h("pre", { class: "json" }, parts);
}

function writeJson(value, indent, parts) {
  if (Array.isArray(value) || (value && typeof value === "object")) {
    const list = Array.isArray(value);
    const entries = Object.entries(value);
    if (!entries.length) {
      parts.push(list ? "[]" : "{}");
      return;
    }
    parts.push(list ? "[" : "{");
    entries.forEach(([name, item], index) => {
      parts.push(`\n${indent}  `);
      if (!list) parts.push(h("span", { class: "name" }, JSON.stringify(name)), ": ");
      writeJson(item, `${indent}  `, parts);
      if (index < entries.length - 1) parts.push(",");
    });
    parts.push(`\n${indent}${list ? "]" : "}"}`);
  } else {
    parts.push(h("span", { class: value === null ? "null" : typeof value }, marked(JSON.stringify(value))));
  }
}
