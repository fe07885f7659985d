// The run itself: what it ran on, how faithful it was, where its time went.

function runPage(main) {
  const { run } = DATA;
  main.append(h("header", { class: "headline" }, h("div", { class: "headline-text" }, h("h1", { tabindex: "-1" }, "This run"), h("p", { class: "facts mono" }, h("span", {}, run.id)))));
  const facts = [
    ["Began", moment(run.began_ms)], ["Took", millis(run.duration_ms)], ["Seed", run.seed], ["Harness", `rehearse ${run.harness}`],
    ["Engines", run.engines.map((engine) => `${engine.name} ${engine.version}`).join(", ")],
    ["Page instrumentation", run.pristine ? "left out (pristine)" : "on"], ["Ended", run.interrupted ? "early, by a signal" : "by itself"],
    ["Screenshots", pictures(run.screenshots)],
  ];
  main.append(h("div", { class: "columns" },
    h("section", {}, h("h2", {}, "Facts"), pairs(facts)),
    h("section", {}, h("h2", {}, "Where the time went"), timeTable())),
  h("section", {}, h("h2", {}, "Served by somebody else"), Object.keys(run.served).length
    ? h("table", {}, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "origin"), h("th", { scope: "col" }, "served by"))), h("tbody", {}, Object.entries(run.served).map(([origin, target]) => h("tr", {}, h("td", { class: "mono" }, origin), h("td", { class: "mono" }, target)))))
    : h("p", { class: "muted" }, "Every origin was served as its world says.")),
  fidelity(run.fidelity), incomplete(), past());
}

/** Where the screenshots are: whoever hands this file on has to know. */
function pictures({ count, bytes: size, inside }) {
  if (!count) return "none";
  const all = `${plural(count, "screenshot")}, ${bytes(size)}`;
  return inside ? `in this file: ${all}` : `not in this file but beside it, in the run directory: ${all}`;
}

function fidelity(list) {
  return h("section", { id: "fidelity" }, h("h2", {}, "Fidelity"), h("p", { class: "muted" }, "Everything in which this differs from a browser as it comes out of the box."),
    list.length ? h("dl", { class: "fidelity" }, list.map((entry) => {
      const [, name, reason] = entry.match(/^(.*?): (.*)$/s) ?? [null, entry, ""];
      return [h("dt", {}, name), h("dd", {}, reason)];
    })) : h("p", {}, "Nothing."));
}

function timeTable() {
  const engines = [...new Set(SCENARIOS.map((scenario) => scenario.engine))];
  const sum = (engine, phase) => SCENARIOS.filter((scenario) => scenario.engine === engine).reduce((total, scenario) => total + (scenario.phases_ms[phase] ?? 0), 0);
  return h("table", { class: "numbers" }, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "phase"), engines.map((engine) => h("th", { scope: "col" }, engine)))),
    h("tbody", {}, PHASES.map((phase) => h("tr", {}, h("th", { scope: "row" }, phase), engines.map((engine) => h("td", {}, millis(sum(engine, phase))))))));
}

function incomplete() {
  const all = SCENARIOS.filter((scenario) => scenario.notes?.length);
  if (!all.length) return "";
  return h("section", {}, h("h2", {}, "Incomplete"), h("ul", {}, all.map((scenario) => h("li", {}, h("a", { href: address(`scenario/${scenario.key}`) }, `${scenario.id} (${scenario.engine})`), ": ", scenario.notes.join(" ")))));
}

function past() {
  if (!DATA.history) return "";
  const { runs, changes } = DATA.history;
  return h("section", { id: "history" }, h("h2", {}, "Earlier runs"),
    changes.length ? [h("h3", {}, "Since the run before"), h("ul", { class: "plain changes" }, changes.map((change) => {
      const scenario = SCENARIOS[change.scenario];
      return h("li", {}, sign(change.before), " → ", sign(scenario.verdict), " ", h("a", { href: address(`scenario/${scenario.key}`) }, `${scenario.id} (${scenario.engine})`));
    }))] : runs.length ? h("p", { class: "muted" }, "No verdict differs from the run before.") : h("p", { class: "muted" }, "There is none."),
    runs.length ? h("table", { class: "past" }, h("thead", {}, h("tr", {}, ["began", "run", "engines", "took", "verdicts"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, runs.map((run) => h("tr", {}, h("td", {}, moment(run.began_ms)), h("td", { class: "mono" }, `../${run.id}`), h("td", {}, run.engines.map((engine) => engine.name).join(", ")), h("td", {}, millis(run.duration_ms)),
        h("td", {}, tallyBar(run.summary, VERDICTS.reduce((total, verdict) => total + run.summary[verdict], 0))))))) : null);
}
