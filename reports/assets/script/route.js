// Where the reader is: page, filter and selection stand in the URL's hash, so that a place can be shared.

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function readRoute() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const parts = path.split("/").map(decoded);
  return { page: parts[0] || "scenarios", parts: parts.slice(1), query: new URLSearchParams(query) };
}

function address(path, query) {
  const text = query ? query.toString() : "";
  return `#/${path}${text ? `?${text}` : ""}`;
}

/** Changes the query without a new entry in the browser's history. */
function replaceQuery(path, query) {
  history.replaceState(null, "", address(path, query));
}

const FILTERS = ["q", "verdict", "engine", "area", "req", "sort"];

/** The filter's part of a query. */
function filterOf(query) {
  const filter = new URLSearchParams();
  for (const name of FILTERS) if (query.get(name)) filter.set(name, query.get(name));
  return filter;
}

const ORDER = { failed: 0, broken: 1, flaky: 2, passed: 3, skipped: 4 };

/** The scenarios that a filter admits, in its order. */
function admitted(query) {
  const words = (query.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const verdicts = (query.get("verdict") ?? "").split(",").filter(Boolean);
  const [engine, area, requirement] = ["engine", "area", "req"].map((name) => query.get(name));
  const found = SCENARIOS.filter((scenario) =>
    (!verdicts.length || verdicts.includes(scenario.verdict))
    && (!engine || scenario.engine === engine)
    && (!area || scenario.area === area)
    && (!requirement || scenario.covers.includes(requirement))
    && words.every((word) => scenario.text.includes(word)));
  const sort = query.get("sort") ?? "verdict";
  if (sort === "slowest") found.sort((one, other) => other.duration_ms - one.duration_ms);
  if (sort === "verdict") found.sort((one, other) => ORDER[one.verdict] - ORDER[other.verdict] || one.number - other.number);
  if (sort === "area") found.sort((one, other) => one.area.localeCompare(other.area) || one.number - other.number);
  return found;
}
