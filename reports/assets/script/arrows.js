// The drawing of one row: an arrow, a broken arrow, a dot.

function arrowHead(x, y, way, size = 5) {
  return `M${x} ${y}l${-way * size * 1.5} ${-size * 0.8}v${size * 1.6}z`;
}

function cross(x, y, size = 4) {
  return `M${x - size} ${y - size}l${2 * size} ${2 * size}M${x + size} ${y - size}l${-2 * size} ${2 * size}`;
}

/** Draws a row between lanes whose middles stand at `xs`, at height `y`. */
function drawRow(row, xs, y) {
  const [from, to] = [xs[row.from], xs[row.to]];
  const group = s("g", { class: `arrow ${row.kind} ${tone(row)}` });
  if (from === undefined) return group;
  if (row.dropped) return append(group, broken(row, from, to, y));
  if (to === undefined || row.kind === "note" || row.kind === "state") {
    const shape = row.kind === "state" ? s("rect", { class: "hollow", x: from - 3.5, y: y - 3.5, width: 7, height: 7, rx: 1.5 })
      : row.kind === "navigation" ? s("path", { class: "line", d: cross(from, y, 3.5) })
        : s("circle", { class: "dot", cx: from, cy: y, r: 3.5 });
    group.append(shape);
    return group;
  }
  if (from === to) return append(group, loop(row, from, y));
  const way = Math.sign(to - from);
  const end = row.kind === "refused" ? to - way * 6 : to - way * 1.5;
  group.append(s("path", { class: "line", d: `M${from} ${y}H${end - way * (row.kind === "refused" ? 0 : 5)}` }));
  if (row.kind === "refused") {
    group.append(s("circle", { class: "ring", cx: to, cy: y, r: 5.5 }), s("path", { class: "line", d: `M${to - 3.8} ${y + 3.8}l7.6 -7.6` }));
  } else {
    group.append(s("path", { class: "head", d: arrowHead(end, y, way) }));
  }
  append(group, [tail(row, from, y)]);
  return group;
}

/** Where a row starts: staged messages and unseen senders look different. */
function tail(row, x, y) {
  if (row.staged) return s("path", { class: "head", d: `M${x - 5} ${y}l5 -5 5 5 -5 5z` });
  if (row.kind === "message") return s("circle", { class: row.unseen ? "hollow" : "head", cx: x, cy: y, r: 3 });
  return null;
}

/** A message that never arrived: it stops on the way, with a gap before the lane it was meant for. */
function broken(row, from, to, y) {
  const goal = to === undefined || to === from ? from + 46 : to;
  const way = Math.sign(goal - from);
  const stop = from + (goal - from) * 0.58;
  return [
    s("path", { class: "line", d: `M${from} ${y}H${stop - way * 7}` }),
    s("path", { class: "line stop", d: cross(stop, y, 4) }),
    s("path", { class: "line lost", d: `M${stop + way * 8} ${y}H${goal - way * 3}` }),
    tail(row, from, y),
  ];
}

function loop(row, x, y) {
  if (row.kind === "navigation") return [s("path", { class: "dot", d: `M${x} ${y - 4}h9l-2.500 4 2.500 4h-9z` })];
  return [
    s("path", { class: "line", d: `M${x} ${y - 5}h10a5 5 0 0 1 0 10h-4` }),
    s("path", { class: "head", d: arrowHead(x + 2, y + 5, -1, 4) }),
    tail(row, x, y - 5),
  ];
}

/** The class of a row's tone. */
function tone(row) {
  return `tone-${row.tone ?? "plain"}`;
}
