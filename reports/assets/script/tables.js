// Requirements and open questions.

function worst(scenarios) {
  return VERDICTS.find((verdict) => scenarios.some((scenario) => scenario.verdict === verdict));
}

function requirementsPage(main, route) {
  const covering = new Map();
  for (const scenario of SCENARIOS) {
    for (const id of scenario.covers) {
      if (!covering.has(id)) covering.set(id, []);
      covering.get(id).push(scenario);
    }
  }
  const rows = DATA.requirements.map((requirement) => {
    const run = covering.get(requirement.id) ?? [];
    const gaps = [];
    if (!requirement.scenarios.length) gaps.push("no scenario");
    if (requirement.owner === "front-end" && !requirement.sabotages.length) gaps.push("no sabotage");
    return { requirement, run, gaps, verdict: worst(run) ?? "none", text: [requirement.id, requirement.title, requirement.owner, requirement.area, ...requirement.scenarios, ...requirement.sabotages].join("\n").toLowerCase() };
  });
  const open = rows.filter((row) => row.gaps.length).length;
  main.append(h("header", { class: "headline" }, h("div", { class: "headline-text" }, h("h1", { tabindex: "-1" }, "Requirements"),
    h("p", { class: "facts" }, h("span", {}, plural(rows.length, "requirement")), h("span", {}, open ? `${open} with a gap` : "every one is covered and proven"), h("span", {}, `${rows.filter((row) => row.verdict === "none").length} not touched by this run`)))));
  if (!rows.length) {
    main.append(h("p", { class: "empty" }, "This run carries no requirement table."));
    return;
  }
  const query = route.query;
  const body = h("tbody", {});
  const update = () => {
    replaceQuery("requirements", query);
    const words = (query.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const shown = rows.filter((row) => words.every((word) => row.text.includes(word)) && (!query.get("gaps") || row.gaps.length));
    clear(body).append(...shown.map(requirementRow));
    if (!shown.length) body.append(h("tr", {}, h("td", { colspan: "6", class: "empty" }, "No requirement matches this filter.")));
  };
  const set = (name, value) => { if (value) query.set(name, value); else query.delete(name); update(); };
  main.append(
    h("div", { class: "filter", role: "search" },
      h("div", { class: "search" }, h("input", { id: "search", type: "search", placeholder: "Filter by id, title, owner, scenario, sabotage…", "aria-label": "Filter requirements", value: query.get("q") ?? "", spellcheck: "false", on: { input: (event) => set("q", event.target.value) } }), h("kbd", {}, "/")),
      h("button", { type: "button", class: "toggle", "aria-pressed": String(Boolean(query.get("gaps"))), on: { click: (event) => {
        const on = event.currentTarget.getAttribute("aria-pressed") !== "true";
        event.currentTarget.setAttribute("aria-pressed", String(on));
        set("gaps", on ? "1" : "");
      } } }, "Only gaps", h("span", { class: "number" }, open))),
    h("table", { class: "requirements" }, h("thead", {}, h("tr", {}, [h("span", { class: "unseen" }, "verdict"), "id", "must hold", "kept by", "scenarios", "proven by sabotage"].map((name) => h("th", { scope: "col" }, name)))), body));
  update();
}

function requirementRow({ requirement, run, gaps, verdict }) {
  return h("tr", { class: gaps.length ? "gap" : "" },
    h("td", {}, sign(verdict)), h("td", { class: "mono" }, requirement.id), h("td", {}, requirement.title), h("td", { class: "muted nowrap" }, requirement.owner),
    h("td", {}, run.length ? h("a", { href: address("scenarios", new URLSearchParams({ req: requirement.id })) }, `${run.length} in this run`) : requirement.scenarios.length ? h("span", { class: "muted" }, "none in this run") : null,
      h("ul", { class: "plain mono" }, requirement.scenarios.map((file) => h("li", {}, file))), gaps.includes("no scenario") ? chip("no scenario", "bad") : null),
    h("td", {}, h("ul", { class: "plain mono" }, requirement.sabotages.map((id) => h("li", {}, id))), gaps.includes("no sabotage") ? chip("no sabotage", "warn") : requirement.sabotages.length ? null : h("span", { class: "muted" }, "not needed")));
}

function questionsPage(main) {
  main.append(h("header", { class: "headline" }, h("div", { class: "headline-text" }, h("h1", { tabindex: "-1" }, "Open questions"),
    h("p", { class: "facts" }, h("span", {}, "What the specification leaves open, answered by what was observed in this run.")))));
  if (!DATA.questions.length) {
    main.append(h("p", { class: "empty" }, "No scenario of this run answers an open question."));
    return;
  }
  main.append(...DATA.questions.map(questionTable));
}

function questionTable(question) {
  const many = question.observed.length > 1;
  const heads = [h("tr", {},
    question.case.map((column) => h("th", { scope: "col", rowspan: many ? "2" : "1" }, column)),
    question.engines.map((engine) => h("th", { scope: "col", class: "engine", colspan: String(question.observed.length) }, engine, many ? null : h("span", { class: "muted" }, ` ${question.observed[0] ?? ""}`))))];
  if (many) heads.push(h("tr", {}, question.engines.map(() => question.observed.map((column, index) => h("th", { scope: "col", class: index ? "" : "first" }, column)))));
  const rows = question.rows.map((row) => h("tr", {},
    row.case.map((value) => h("th", { scope: "row" }, value || "—")),
    row.cells.map((cells) => cells.map((seen, column) => {
      const said = row.cells.map((engine) => engine[column].map((one) => one.value).join("/")).filter(Boolean);
      const differs = new Set(said).size > 1;
      return h("td", { class: `${column ? "" : "first"} ${differs ? "differs" : ""} ${seen.length > 1 ? "torn" : ""}`, title: seen.length > 1 ? "Scenarios of this run disagree" : differs ? "Engines disagree" : null },
        seen.length ? seen.map((one, index) => [index ? " or " : "", SCENARIOS[one.scenario] ? h("a", { href: address(`scenario/${SCENARIOS[one.scenario].key}`), class: answerTone(one.value) }, one.value) : one.value]) : h("span", { class: "muted" }, "not run"));
    }))));
  return h("section", { class: "question", id: `question-${question.id}` }, h("h2", {}, question.id, h("span", { class: "muted" }, plural(question.rows.length, "case"))),
    h("div", { class: "wide" }, h("table", {}, h("thead", {}, heads), h("tbody", {}, rows))));
}

/** Statuses are coloured as statuses; every other answer is just an answer. */
function answerTone(value) {
  if (/^[45]\d\d$/.test(value)) return "answer refused";
  if (/^2\d\d$/.test(value)) return "answer granted";
  return "answer";
}
