// One scenario: what it promised, what was found, and how it went.

// What there is to say of a scenario that left nothing behind; its reason stands above.
const WITHOUT_FOLDER = {
  skipped: "It was not played, so there is no journal.",
  broken: "It broke, and its record names no journal.",
};

const VIEWS = [["sequence", "Sequence"], ["steps", "Steps"], ["events", "Events"]];

async function scenarioPage(main, route) {
  const key = route.parts.map(encodeURIComponent).join("/");
  const scenario = SCENARIOS.find((candidate) => candidate.key === key);
  if (!scenario) {
    main.append(h("h1", { tabindex: "-1" }, "No such scenario"), h("p", {}, "This run has no scenario ", h("code", {}, route.parts.join(" ")), "."));
    return;
  }
  document.title = `${scenario.id} · Rehearse`;
  const body = h("div", { class: "scenario-body" });
  main.append(crumbs(scenario), scenarioHead(scenario), troubles(scenario), findingCards(scenario), phaseBar(scenario), body,
    keys([["j", "k", "next, previous scenario"], ["↑", "↓", "walk along the rows"], ["Enter", "details"], ["Esc", "close, back"]]));
  if (!scenario.folder) {
    body.append(h("p", { class: "empty" }, WITHOUT_FOLDER[scenario.verdict] ?? "The run directory holds no journal of it."));
    return;
  }
  let detail = null;
  try {
    detail = await detailOf(scenario.number);
  } catch (error) {
    body.append(h("p", { class: "notice bad" }, `The details could not be unpacked: ${error}. The journal is in ${scenario.folder}/events.jsonl.`));
    return;
  }
  if (!detail) {
    body.append(h("p", { class: "empty" }, "The run directory holds no journal of it."));
    return;
  }
  if (!main.contains(body)) return;
  showBody(body, scenario, detail, key, route.query);
  main.querySelector(".world")?.append(...worldOf(detail.world));
  main.querySelector(".files")?.replaceChildren(...fileLinks(detail));
}

function showBody(body, scenario, detail, key, query) {
  const state = {
    view: VIEWS.some(([name]) => name === query.get("view")) ? query.get("view") : "sequence",
    hidden: new Set((query.get("hide") ?? "").split(",").filter(Boolean)),
    event: Number(query.get("event")) || null,
  };
  const save = () => {
    const next = new URLSearchParams();
    if (state.view !== "sequence") next.set("view", state.view);
    if (state.hidden.size) next.set("hide", [...state.hidden].join(","));
    if (state.event) next.set("event", String(state.event));
    replaceQuery(`scenario/${key}`, next);
  };
  const close = () => {
    state.event = null;
    closePanel();
    for (const element of body.querySelectorAll(".chosen")) element.classList.remove("chosen");
    save();
  };
  const choose = (index) => {
    const row = detail.rows[index];
    state.event = row.events[0];
    for (const element of body.querySelectorAll(".chosen")) element.classList.remove("chosen");
    body.querySelector(`#row-${index}`)?.classList.add("chosen");
    const ends = [laneName(detail.lanes[row.from]), laneName(detail.lanes[row.to])].filter(Boolean).join(" → ");
    openPanel(row.label, [ends, row.detail, `${KINDS[row.kind]} at ${offset(row.t)} s`], row.events, detail, close);
    save();
  };
  const draw = () => {
    const views = {
      sequence: () => diagram(detail, scenario.findings, state.hidden, choose, (name) => {
        if (!state.hidden.delete(name)) state.hidden.add(name);
        save();
        draw();
        body.querySelector(`.key.${name}`)?.focus();
      }),
      steps: () => stepList(detail),
      events: () => eventTable(detail, jump),
    };
    clear(body).append(tabs(state, (view) => { state.view = view; save(); draw(); }, detail), h("div", { role: "tabpanel", "aria-label": state.view }, views[state.view]()));
  };
  const jump = (seq) => {
    const row = detail.rowOf.get(seq);
    if (row === undefined) {
      const event = detail.bySeq.get(seq);
      state.event = seq;
      openPanel(event?.l ?? `Event ${seq}`, [event ? event.f.kind : "not in the journal that was kept"], [seq], detail, close);
      save();
      return;
    }
    if (state.view !== "sequence") state.view = "sequence";
    state.hidden.clear();
    draw();
    choose(row);
    body.querySelector(`#row-${row}`)?.scrollIntoView({ block: "center" });
    body.querySelector(`#row-${row} button`)?.focus({ preventScroll: true });
  };
  body.close = close;
  draw();
  document.querySelectorAll("[data-evidence]").forEach((button) => button.addEventListener("click", () => jump(Number(button.dataset.evidence))));
  document.querySelectorAll("[data-evidence]").forEach((button) => {
    const event = detail.bySeq.get(Number(button.dataset.evidence));
    if (event) button.append(h("span", { class: "kind" }, event.f.kind));
  });
  if (state.event) {
    const row = detail.rowOf.get(state.event);
    if (state.view === "sequence" && row !== undefined) {
      choose(row);
      body.querySelector(`#row-${row}`)?.scrollIntoView({ block: "center" });
    } else jump(state.event);
  }
}

function tabs(state, turn, detail) {
  const numbers = { sequence: detail.rows.length, steps: detail.steps.length, events: detail.events.length };
  return turnByKeys(h("div", { class: "tabs", role: "tablist", "aria-label": "Views of this scenario" }, VIEWS.map(([name, label]) => h("button", {
    type: "button", role: "tab", "data-view": name, tabindex: state.view === name ? "0" : "-1", "aria-selected": String(state.view === name), on: { click: () => turn(name) },
  }, label, h("span", { class: "number" }, numbers[name])))));
}

/** Left and right turn the tabs, as in every tab list. */
function turnByKeys(list) {
  list.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const all = [...list.children];
    const next = all[(all.indexOf(document.activeElement) + by + all.length) % all.length];
    if (!by || !next) return;
    next.click();
    document.querySelector(`[role="tab"][data-view="${next.dataset.view}"]`)?.focus();
  });
  return list;
}

function crumbs(scenario) {
  const query = remembered();
  const found = admitted(query);
  const at = found.indexOf(scenario);
  const neighbour = (by, label, key) => {
    const other = at < 0 ? null : found[at + by];
    return other ? h("a", { class: "quiet", id: by < 0 ? "previous" : "next", href: address(`scenario/${other.key}`), title: `${other.id} (${key})`, "aria-label": `${label}: ${other.title}` }, by < 0 ? "←" : "→") : h("span", { class: "quiet off", "aria-hidden": "true" }, by < 0 ? "←" : "→");
  };
  return h("nav", { class: "crumbs", "aria-label": "Position" },
    h("a", { href: address("scenarios", query), id: "up" }, "Scenarios"), h("span", { class: "muted" }, "/"),
    h("a", { href: address("scenarios", new URLSearchParams({ area: scenario.area })) }, scenario.area),
    h("span", { class: "spring" }),
    at >= 0 ? h("span", { class: "muted" }, `${at + 1} of ${found.length}`) : null, neighbour(-1, "Previous", "k"), neighbour(1, "Next", "j"));
}

function scenarioHead(scenario) {
  return h("header", { class: "scenario-head" },
    h("div", { class: "verdict-line" }, h("span", { class: `verdict ${scenario.verdict}` }, sign(scenario.verdict), scenario.verdict),
      h("span", {}, scenario.engine), scenario.folder ? h("span", {}, millis(scenario.duration_ms)) : null,
      scenario.attempts > 1 ? h("span", {}, `attempt ${scenario.attempts}`) : null, scenario.repeat > 1 ? h("span", {}, `repeat ${scenario.repeat}`) : null,
      h("span", { class: "mono" }, place(scenario.location)),
      scenario.covers.map((id) => h("a", { class: "chip", href: address("scenarios", new URLSearchParams({ req: id })), title: "Scenarios that cover this requirement" }, id)),
      h("span", { class: "files" })),
    h("h1", { tabindex: "-1" }, scenario.title),
    scenario.again ? h("p", { class: "command" }, h("code", {}, scenario.again), copier(scenario.again, "the command that plays it again")) : null,
    h("p", { class: "world" }));
}

/** The world it was played in, with what its switches were set to. */
function worldOf(world) {
  if (!world) return [];
  return [h("span", {}, "world ", h("b", {}, world.world)),
    ...Object.entries(world.switches).map(([name, value]) => h("span", {}, name, " ", h("b", {}, value)))];
}

function fileLinks(detail) {
  if (!detail.files) return [];
  return ["events.jsonl", "trace.har"].map((file) => h("a", { class: "quiet", href: `${detail.files}/${file}`, download: true }, file));
}

const REASONS = { skipped: "Not run. ", broken: "Not the product's fault. " };

function troubles(scenario) {
  const all = [];
  if (scenario.reason) all.push(h("div", { class: `notice ${scenario.verdict}` }, h("b", {}, REASONS[scenario.verdict] ?? "Remark. "), scenario.reason));
  for (const note of scenario.notes ?? []) all.push(h("div", { class: "notice" }, h("b", {}, "Incomplete. "), note));
  if (scenario.earlier?.length) {
    all.push(h("details", { class: "notice" }, h("summary", {}, plural(scenario.earlier.length, "earlier attempt")), scenario.earlier.map(({ verdict, reason, folder }) => h("pre", {}, `${verdict}\n`, marked(reason), folder ? `\n\nfiles: ${folder}` : null))));
  }
  return all.length ? h("div", { class: "troubles" }, all) : "";
}

// A page of findings tells less than the first few with the diagram in sight.
const OPEN_FINDINGS = 3;

function findingCards(scenario) {
  if (!scenario.findings.length) return "";
  return h("section", { class: "findings", "aria-label": "Findings" }, scenario.findings.map((finding, number) => h("details", { class: "finding", open: number < OPEN_FINDINGS },
    h("summary", {}, h("span", { class: "mark" }, number + 1), h("h2", {}, finding.title), h("span", { class: "rule" }, finding.rule)),
    h("div", { class: "compare" },
      h("div", {}, h("h3", {}, "expected"), h("pre", {}, marked(finding.expected))),
      h("div", { class: "actual" }, h("h3", {}, "actual"), h("pre", {}, marked(finding.actual)))),
    h("p", { class: "rests" },
      finding.location ? h("span", { class: "mono" }, place(finding.location)) : null,
      finding.evidence.length ? h("span", { class: "muted" }, "rests on") : null,
      finding.evidence.slice(0, 40).map((seq) => h("button", { type: "button", class: "evidence", "data-evidence": seq, title: "Show it in the sequence" }, `#${seq}`)),
      finding.evidence.length > 40 ? h("span", { class: "muted" }, `and ${finding.evidence.length - 40} more`) : null))));
}

const PHASES = ["prepare", "drive", "settle", "judge", "publish"];

function phaseBar(scenario) {
  const phases = PHASES.map((name) => [name, scenario.phases_ms[name] ?? 0]).filter(([, ms]) => ms > 0);
  if (!phases.length) return "";
  return h("div", { class: "phases", role: "img", "aria-label": phases.map(([name, ms]) => `${name} ${millis(ms)}`).join(", ") },
    h("div", { class: "phase-bar" }, phases.map(([name, ms]) => h("span", { class: name, css: { "flex-grow": String(ms) } }))),
    h("div", { class: "phase-names" }, phases.map(([name, ms]) => h("span", { class: name }, name, h("b", {}, millis(ms))))));
}

function stepList(detail) {
  if (!detail.steps.length) return h("p", { class: "empty" }, "No step is in the journal.");
  const start = Math.min(...detail.steps.map((step) => step.t));
  const end = Math.max(...detail.steps.map((step) => step.t + step.took - start), 1);
  const shots = (all) => all.map((shot) => h("button", { type: "button", class: "shot", "aria-label": `Enlarge ${shot.file}`, on: { click: () => enlarge(shot) } },
    h("img", { src: shot.src, alt: shot.file, loading: "lazy" })));
  const beside = [...detail.steps.flatMap((step) => step.shots), ...detail.shots].some((shot) => !shot.src.startsWith("data:"));
  const remark = beside ? h("p", { class: "muted" }, "The screenshots are not in this file but beside it, in the run directory. ",
    h("code", {}, "rehearse report DIR --screenshots inside"), " puts them in.") : null;
  return h("div", {}, remark, h("ol", { class: "steps" }, detail.steps.map((step) => h("li", { class: step.outcome },
    h("span", { class: "step-number" }, step.index + 1),
    h("div", { class: "step-text" }, h("p", { class: "step-title" }, h("span", {}, marked(step.title)), step.location ? h("span", { class: "mono" }, place(step.location)) : null),
      step.reason ? h("p", { class: "step-reason" }, h("b", {}, `${step.outcome}: `), marked(step.reason)) : null,
      step.observations.map((seq) => detail.bySeq.get(seq)).filter(Boolean).map((event) => h("details", { class: "saw" }, h("summary", {}, event.l), json(event.f.seen ?? event.f)))),
    h("div", { class: "shots" }, shots(step.shots)),
    h("div", { class: "span", title: `${offset(step.t)} s` }, h("span", { css: { "--from": String((step.t - start) / end), "--share": String(step.took / end) } })),
    h("span", { class: "took" }, millis(step.took / 1000)))),
  detail.shots.length ? h("li", {}, h("div", { class: "shots" }, shots(detail.shots))) : null));
}

function enlarge(shot) {
  const dialog = h("dialog", { class: "lightbox", "aria-label": shot.file, on: { click: () => dialog.close(), close: () => dialog.remove() } }, h("img", { src: shot.src, alt: shot.file }));
  document.body.append(dialog);
  dialog.showModal();
}

function eventTable(detail, jump) {
  const rows = detail.events.map((event) => h("tr", { on: { click: () => jump(event.q) } },
    h("td", { class: "seq" }, h("button", { type: "button", class: "bare" }, event.q)), h("td", { class: "at" }, offset(event.t)), h("td", { class: "source" }, event.s),
    h("td", { class: "kind" }, event.f.kind), h("td", { class: "said" }, marked(event.l), event.n ? h("span", { class: "chip warn" }, plural(event.n.length, "sighting")) : null)));
  return h("table", { class: "events" }, h("thead", {}, h("tr", {}, ["#", "s", "seen by", "kind", "what"].map((name) => h("th", { scope: "col" }, name)))), h("tbody", {}, rows));
}
