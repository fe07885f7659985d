// The frame around the pages: navigation, keyboard, going from one hash to the next.

const PAGES = [
  ["scenarios", "Scenarios", () => SCENARIOS.length, listPage],
  ["requirements", "Requirements", () => DATA.requirements.length, requirementsPage],
  ["questions", "Open questions", () => DATA.questions.length, questionsPage],
  ["run", "Run", () => null, runPage],
];

let lastFilter = new URLSearchParams();
function remember(query) { lastFilter = new URLSearchParams(query); }
function remembered() { return new URLSearchParams(lastFilter); }

function frameHead(current) {
  const links = PAGES.map(([name, label, count]) => h("a", {
    href: address(name, name === "scenarios" ? remembered() : null), "aria-current": current === name ? "page" : null,
  }, label, count() === null ? null : h("span", { class: "number" }, count())));
  const { summary } = DATA.run;
  clear(document.getElementById("head")).append(
    h("span", { class: "brand" }, logo(), "Rehearse"), h("nav", { "aria-label": "Pages" }, links), h("span", { class: "spring" }),
    h("span", { class: "run-id mono" }, DATA.run.id),
    h("span", { class: "tally" }, VERDICTS.filter((verdict) => summary[verdict]).map((verdict) => h("a", { href: address("scenarios", new URLSearchParams({ verdict })), title: `${summary[verdict]} ${verdict}` }, sign(verdict), summary[verdict]))));
}

function logo() {
  return s("svg", { class: "logo", viewBox: "0 0 20 20", "aria-hidden": "true" },
    s("path", { d: "M5 2v16M15 2v16", class: "logo-life" }), s("path", { d: "M5 6.500h7.500", class: "logo-arrow" }), s("path", { d: "M15 6.500l-4-2.400v4.800z", class: "logo-head" }), s("path", { d: "M15 13.500h-7.500", class: "logo-arrow" }), s("path", { d: "M5 13.500l4-2.400v4.800z", class: "logo-head" }));
}

let shown = "";

async function show() {
  const route = readRoute();
  const where = [route.page, ...route.parts].join("/");
  const main = document.getElementById("main");
  closePanel();
  document.title = `${DATA.run.id} · Rehearse`;
  const page = PAGES.find(([name]) => name === route.page);
  frameHead(page ? page[0] : "scenarios");
  clear(main);
  main.className = page ? page[0] : "scenario-page";
  if (page) page[3](main, route);
  else if (route.page === "scenario") await scenarioPage(main, route);
  else main.append(h("h1", { tabindex: "-1" }, "No such page"), h("p", {}, h("a", { href: "#/scenarios" }, "Scenarios")));
  if (shown && shown !== where) {
    if (!route.query.get("event")) scrollTo(0, 0);
    main.querySelector("h1")?.focus({ preventScroll: true });
  }
  shown = where;
}

function move(by) {
  const links = [...document.querySelectorAll("a.scenario")];
  const at = links.indexOf(document.activeElement);
  const next = links[Math.min(Math.max(at + by, 0), links.length - 1)];
  next?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const field = event.target.matches("input, select, textarea");
  if (event.key === "Escape") {
    const body = document.querySelector(".scenario-body");
    if (field) event.target.blur();
    else if (!panel.hidden) body?.close?.();
    else if (!document.querySelector("dialog")) document.getElementById("up")?.click();
    return;
  }
  if (field) return;
  const search = document.getElementById("search");
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "j" || event.key === "k") {
    const by = event.key === "j" ? 1 : -1;
    const link = document.getElementById(by > 0 ? "next" : "previous");
    if (link) link.click();
    else move(by);
  }
});

document.querySelector(".skip-link").addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("main").focus();
});

addEventListener("beforeprint", () => document.querySelector(".results")?.showAll?.());
addEventListener("hashchange", show);
show();
