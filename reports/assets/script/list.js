// The list of scenarios with its filter.

const CHUNK = 200;

function listPage(main, route) {
  const query = filterOf(route.query);
  const results = h("div", { class: "results" });
  const count = h("p", { class: "count", "aria-live": "polite" });
  const update = () => {
    replaceQuery("scenarios", query);
    remember(query);
    const found = admitted(query);
    count.textContent = found.length === SCENARIOS.length ? plural(found.length, "scenario") : `${found.length} of ${plural(SCENARIOS.length, "scenario")}`;
    showResults(results, found, query);
  };
  const set = (name, value) => {
    if (value) query.set(name, value);
    else query.delete(name);
    update();
  };
  main.append(headline(), filterBar(query, set, count), results, keys([["/", "filter"], ["j", "k", "move"], ["Enter", "open"]]));
  remember(query);
  update();
}

/** The keys that work here. */
function keys(list) {
  return h("p", { class: "keys" }, list.map((entry) => h("span", {}, entry.slice(0, -1).map((key) => h("kbd", {}, key)), entry.at(-1))));
}

/** What the run came to, in one sentence and one bar. */
function headline() {
  const { summary, interrupted, pristine, served, engines, seed, duration_ms: took, began_ms: began } = DATA.run;
  const total = SCENARIOS.length;
  const wrong = VERDICTS.slice(0, 3).filter((verdict) => summary[verdict] > 0);
  const sentence = total === 0 ? "No scenario was run"
    : wrong.length ? `${wrong.map((verdict) => `${summary[verdict]} ${verdict}`).join(", ")} of ${plural(total, "scenario")}`
      : summary.passed === total ? `All ${plural(total, "scenario")} passed`
        : `${summary.passed} passed, ${summary.skipped} skipped`;
  const facts = [
    engines.map((engine) => `${engine.name} ${engine.version}`).join(" · "),
    `${millis(took)}`, moment(began), `seed ${seed}`,
  ];
  const flags = [
    interrupted && chip("interrupted", "bad", "The run was ended early by a signal: scenarios after it are missing."),
    pristine && chip("pristine", "", "Pages were not instrumented."),
    ...Object.entries(served).map(([origin, target]) => chip([h("b", {}, origin.replace(/^https:\/\//, "")), " ← ", target], "served", "Served by somebody other than the world says")),
  ];
  return h("header", { class: "headline" },
    h("div", { class: "headline-text" }, h("h1", { tabindex: "-1" }, sentence), h("p", { class: "facts" }, facts.map((fact) => h("span", {}, fact)))),
    h("div", { class: "flags" }, flags),
    tallyBar(summary, total));
}

function tallyBar(summary, total) {
  const label = VERDICTS.filter((verdict) => summary[verdict]).map((verdict) => `${summary[verdict]} ${verdict}`).join(", ");
  return h("div", { class: "tally-bar", role: "img", "aria-label": label },
    VERDICTS.filter((verdict) => summary[verdict]).map((verdict) => h("span", { class: verdict, css: { "flex-grow": String(summary[verdict] / Math.max(total, 1)) } })));
}

function filterBar(query, set, count) {
  const search = h("input", {
    id: "search", type: "search", placeholder: "Filter by id, title, finding, file…", "aria-label": "Filter scenarios", value: query.get("q") ?? "", autocomplete: "off", spellcheck: "false",
    on: { input: (event) => set("q", event.target.value) },
  });
  const chosen = new Set((query.get("verdict") ?? "").split(",").filter(Boolean));
  const toggles = VERDICTS.map((verdict) => h("button", {
    type: "button", class: `toggle ${verdict}`, "aria-pressed": String(chosen.has(verdict)), disabled: DATA.run.summary[verdict] === 0,
    on: {
      click: (event) => {
        if (!chosen.delete(verdict)) chosen.add(verdict);
        event.currentTarget.setAttribute("aria-pressed", String(chosen.has(verdict)));
        set("verdict", [...chosen].join(","));
      },
    },
  }, sign(verdict), verdict, h("span", { class: "number" }, DATA.run.summary[verdict])));
  const choices = (values) => [...new Set(values)].sort();
  const selects = [
    select("engine", "Every engine", choices(SCENARIOS.map((scenario) => scenario.engine)), query, set),
    select("area", "Every area", choices(SCENARIOS.map((scenario) => scenario.area)), query, set),
    select("req", "Every requirement", choices(SCENARIOS.flatMap((scenario) => scenario.covers)), query, set),
    select("sort", "Verdict first", [["area", "By area"], ["catalogue", "Catalogue order"], ["slowest", "Slowest first"]], query, set, "Order"),
  ];
  return h("div", { class: "filter", role: "search" },
    h("div", { class: "search" }, search, h("kbd", {}, "/")), h("div", { class: "toggles", role: "group", "aria-label": "Verdict" }, toggles), h("div", { class: "selects" }, selects), count);
}

function select(name, all, values, query, set, label = null) {
  const options = values.map((value) => (Array.isArray(value) ? value : [value, value]))
    .map(([value, text]) => h("option", { value, selected: query.get(name) === value }, text));
  return h("select", { "aria-label": label ?? all, class: query.get(name) ? "set" : "", on: { change: (event) => {
    event.target.classList.toggle("set", event.target.value !== "");
    set(name, event.target.value);
  } } }, h("option", { value: "" }, all), options);
}

function showResults(host, found, query) {
  clear(host);
  if (!found.length) {
    host.append(h("p", { class: "empty" }, SCENARIOS.length ? "No scenario matches this filter." : "This run has no scenarios."));
    return;
  }
  const sort = query.get("sort") ?? "verdict";
  const group = { verdict: (scenario) => scenario.verdict, area: (scenario) => scenario.area }[sort] ?? (() => "");
  const totals = new Map();
  for (const scenario of found) totals.set(group(scenario), (totals.get(group(scenario)) ?? 0) + 1);
  const slowest = Math.max(...SCENARIOS.map((scenario) => scenario.duration_ms), 1);
  let shown = 0;
  let list = null;
  let current = null;
  const more = () => {
    const page = document.createDocumentFragment();
    for (const scenario of found.slice(shown, shown + CHUNK)) {
      const name = group(scenario);
      if (name !== current || !list) {
        current = name;
        if (name) page.append(h("h2", { class: "group" }, name, h("span", { class: "number" }, totals.get(name))));
        list = h("ul", { class: "scenarios" });
        page.append(list);
      }
      list.append(scenarioRow(scenario, slowest));
    }
    shown += CHUNK;
    host.append(page);
    if (shown < found.length) {
      const sentinel = h("div", { class: "sentinel" });
      host.append(sentinel);
      new IntersectionObserver((entries, observer) => {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        observer.disconnect();
        sentinel.remove();
        more();
      }, { rootMargin: "1500px" }).observe(sentinel);
    }
  };
  more();
  host.showAll = () => { while (shown < found.length) more(); };
}

function scenarioRow(scenario, slowest) {
  const [path, variants] = [scenario.id.replace(/\[.*$/s, ""), scenario.id.match(/\[(.*)\]$/s)?.[1]];
  const wrong = scenario.findings[0]?.title ?? (scenario.verdict === "passed" ? null : scenario.reason ?? scenario.earlier?.[0]?.reason.split("\n")[0]);
  const rest = scenario.findings.length > 1 ? h("span", { class: "rest" }, `+${scenario.findings.length - 1}`) : null;
  return h("li", {}, h("a", { class: `scenario ${scenario.verdict}`, href: address(`scenario/${scenario.key}`) },
    sign(scenario.verdict),
    h("span", { class: "title" }, scenario.title, scenario.repeat > 1 ? h("span", { class: "repeat" }, ` repeat ${scenario.repeat}`) : null),
    h("span", { class: "id" }, path, variants ? h("span", { class: "variant" }, variants) : null),
    h("span", { class: "engine" }, scenario.engine),
    h("span", { class: "took" }, scenario.folder ? millis(scenario.duration_ms) : "",
      h("span", { class: "bar", css: { "--share": String(scenario.duration_ms / slowest) } })),
    wrong ? h("span", { class: "wrong" }, wrong, rest) : null));
}
