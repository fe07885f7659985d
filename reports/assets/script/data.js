// The data blocks: the index at once, a scenario's detail when it is opened.

const DATA = JSON.parse(document.getElementById("index").textContent);
const SCENARIOS = DATA.scenarios;

SCENARIOS.forEach((scenario, number) => {
  scenario.number = number;
  scenario.key = [scenario.engine, scenario.id, ...(scenario.repeat > 1 ? [scenario.repeat] : [])].map(encodeURIComponent).join("/");
  scenario.text = [
    scenario.id, scenario.title, scenario.engine, scenario.reason ?? "", ...scenario.covers, scenario.location.file,
    ...scenario.findings.flatMap((finding) => [finding.rule, finding.title, finding.actual]),
  ].join("\n").toLowerCase();
});

const details = new Map();

/** A scenario's detail; null where the run directory had none. */
async function detailOf(number) {
  if (details.has(number)) return details.get(number);
  const block = document.getElementById(`detail-${number}`);
  if (!block) return null;
  const packed = Uint8Array.from(atob(block.textContent), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const detail = JSON.parse(await new Response(stream).text());
  detail.bySeq = new Map(detail.events.map((event) => [event.q, event]));
  detail.rowOf = new Map();
  detail.rows.forEach((row, index) => {
    for (const seq of row.events) if (!detail.rowOf.has(seq)) detail.rowOf.set(seq, index);
  });
  if (details.size > 8) details.delete(details.keys().next().value);
  details.set(number, detail);
  return detail;
}
