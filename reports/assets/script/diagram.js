// The sequence diagram: what was said on the left, who said it to whom on the right.

const GROUPS = [
  ["message", "Messages", ["message"]],
  ["request", "Requests", ["request", "return", "refused", "socket"]],
  ["assets", "Static files", ["assets"]],
  ["telemetry", "Telemetry", ["telemetry"]],
  ["navigation", "Navigation", ["navigation"]],
  ["note", "Notes", ["note"]],
  ["state", "Page state", ["state"]],
];

const ROW = 25;
const BAND = 34;

/** Builds the diagram of a scenario; `select(row)` is called for the row that is chosen. */
function diagram(detail, findings, hidden, select, toggle) {
  const marks = marksOf(detail, findings);
  const host = h("div", { class: `diagram ${marks.size ? "has-marks" : ""}` });
  const counts = new Map();
  for (const row of detail.rows) {
    const group = GROUPS.find(([, , kinds]) => kinds.includes(row.kind));
    if (group && row.kind !== "return") counts.set(group[0], (counts.get(group[0]) ?? 0) + 1);
  }
  const legend = h("div", { class: "legend", role: "group", "aria-label": "Shown in the diagram" },
    GROUPS.filter(([name]) => counts.get(name)).map(([name, label]) => h("button", {
      type: "button", class: `toggle key ${name}`, "aria-pressed": String(!hidden.has(name)), on: { click: () => toggle(name) },
    }, swatch(name), label, h("span", { class: "number" }, counts.get(name)))));
  const kinds = new Set(GROUPS.filter(([name]) => hidden.has(name)).flatMap(([, , all]) => all));
  const rows = detail.rows.map((row, index) => ({ row, index })).filter(({ row, index }) => !kinds.has(row.kind) || marks.has(index));
  const drawing = s("svg", { class: "drawing", "aria-hidden": "true" });
  const list = h("ol", { class: "rows" }, rows.map(({ row, index }) => rowItem(row, index, detail, marks.get(index), select)));
  const canvas = h("div", { class: "canvas" }, drawing, list);
  host.append(legend, laneHead(detail.lanes), canvas);
  host.redraw = () => redraw(host, drawing, detail, rows);
  new ResizeObserver(() => host.redraw()).observe(host);
  list.addEventListener("keydown", (event) => moveAlong(event, list));
  const first = list.querySelector("button");
  if (first) first.tabIndex = 0;
  return host;
}

/** Row → the findings that rest on it. */
function marksOf(detail, findings) {
  const marks = new Map();
  findings.forEach((finding, number) => {
    for (const seq of finding.evidence) {
      const row = detail.rowOf.get(seq);
      if (row === undefined) continue;
      if (!marks.has(row)) marks.set(row, new Set());
      marks.get(row).add(number + 1);
    }
  });
  return marks;
}

function swatch(name) {
  const row = { kind: name, from: 0, to: name === "note" || name === "state" ? undefined : 1 };
  return s("svg", { class: "swatch", viewBox: "0 0 28 12", "aria-hidden": "true" }, drawRow(row, row.to === undefined ? [14] : [4, 26], 6));
}

function laneHead(lanes) {
  const cells = lanes.map((lane) => h("div", { class: `lane ${lane.side} ${lane.foreign ? "foreign" : ""}`, title: lane.origin || lane.name },
    h("b", {}, lane.name)));
  const sides = [["page", "documents"], ["server", "servers"]].map(([side, label]) => {
    const span = lanes.filter((lane) => lane.side === side).length;
    const start = lanes.findIndex((lane) => lane.side === side);
    return span ? h("div", { class: `side ${side}`, css: { "grid-column": `${start + 1} / span ${span}` } }, h("span", {}, label)) : null;
  });
  return h("div", { class: "lane-head" }, h("div", { class: "lane-title" }, h("span", {}, "s"), "what crossed a border"),
    h("div", { class: "lanes", css: { "--lanes": String(lanes.length) } }, sides, cells));
}

function rowItem(row, index, detail, marks, select) {
  const [head, ...rest] = row.kind === "request" || row.kind === "return" ? row.label.split(" ") : ["", row.label];
  const ends = [laneName(detail.lanes[row.from]), laneName(detail.lanes[row.to])].filter(Boolean).join(" to ");
  const numbers = marks ? [...marks] : [];
  const button = h("button", {
    type: "button", class: "row", tabindex: "-1", "data-row": index, title: [row.label, row.detail].filter(Boolean).join("\n"),
    "aria-label": [KINDS[row.kind], row.label, row.detail, ends, row.status ? `status ${row.status}` : "", numbers.length ? `finding ${numbers.join(", ")}` : ""].filter(Boolean).join(", "),
    on: { click: () => select(index) },
  },
  h("span", { class: "at" }, numbers.length ? h("span", { class: "marks" }, numbers.join(" ")) : null, offset(row.t)),
  h("span", { class: "label" },
    row.staged ? h("span", { class: "tag" }, "staged") : null,
    row.dropped ? h("span", { class: "tag lost" }, "dropped") : null,
    head ? h("span", { class: "method" }, row.kind === "return" ? "↩" : head) : null,
    h("span", { class: "main" }, marked(rest.join(" "))),
    row.detail ? h("span", { class: "more" }, marked(row.detail)) : null,
    row.kind === "step" ? thumbnails(row, detail) : null),
  h("span", { class: `status s${Math.floor((row.status ?? 0) / 100)}` }, row.status === 0 ? "—" : row.status ?? ""),
  h("span", { class: "took" }, row.took === undefined ? "" : millis(row.took / 1000)));
  return h("li", { class: `item ${row.kind} ${tone(row)} ${row.dropped ? "dropped" : ""} ${numbers.length ? "marked" : ""}`, id: `row-${index}` }, button);
}

function thumbnails(row, detail) {
  const step = detail.steps.find((one) => one.seq === row.events[0]);
  return step ? step.shots.slice(0, 4).map((shot) => h("img", { class: "thumb", src: shot.src, alt: "", loading: "lazy" })) : null;
}

/** Shares the width: lanes get what they need to be told apart, words get the rest. */
function share(host, lanes) {
  const width = host.clientWidth;
  const lane = Math.min(Math.max((width * 0.64) / lanes, 44), 118);
  const says = Math.max(width - lane * lanes, 300);
  host.style.setProperty("--says", `${Math.floor(says)}px`);
  host.classList.toggle("narrow", (width - says) / lanes < 64);
}

/** Draws lifelines and arrows to the width that is there. */
function redraw(host, drawing, detail, rows) {
  share(host, detail.lanes.length);
  const lanes = host.querySelector(".lanes");
  const canvas = host.querySelector(".canvas").getBoundingClientRect();
  const area = lanes.getBoundingClientRect();
  if (!area.width) return;
  const left = area.left - canvas.left;
  const step = area.width / detail.lanes.length;
  const xs = detail.lanes.map((_, lane) => left + step * (lane + 0.5));
  const ys = [];
  let height = 0;
  for (const { row } of rows) {
    const tall = row.kind === "step" || row.kind === "phase" ? BAND : ROW;
    ys.push(height + tall / 2);
    height += tall;
  }
  clear(drawing);
  apply(drawing, { width: canvas.width, height, viewBox: `0 0 ${canvas.width} ${height}` });
  const wire = detail.lanes.findIndex((lane) => lane.side === "server");
  if (wire > 0) {
    const x = left + step * wire;
    drawing.append(s("rect", { class: "beyond", x, y: 0, width: Math.max(canvas.width - x, 0), height }));
    drawing.append(s("path", { class: "wire", d: `M${x} 0V${height}` }));
  }
  xs.forEach((x, lane) => drawing.append(s("path", { class: `life ${detail.lanes[lane].foreign ? "foreign" : ""}`, d: `M${x} 0V${height}` })));
  rows.forEach(({ row }, index) => {
    if (row.kind === "step" || row.kind === "phase") return;
    const group = drawRow(row, xs, ys[index]);
    drawing.append(group);
  });
}

function moveAlong(event, list) {
  const keys = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };
  const by = keys[event.key];
  if (by === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation();
  const buttons = [...list.querySelectorAll("button.row")];
  const at = buttons.indexOf(document.activeElement);
  const next = buttons[Math.min(Math.max(at + by, 0), buttons.length - 1)];
  buttons[at]?.setAttribute("tabindex", "-1");
  next.tabIndex = 0;
  next.focus();
  if (!panel.hidden) next.click();
}
