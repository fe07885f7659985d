// What every piece of page code of the harness shares: a way to report, a clock that nobody shifts, and
// a snapshot of data as JSON. Evaluates to a function of the secret that marks reports.
//
// Reports go out by the console, marked by the secret: the browser hands console calls over at once and
// in order, and the harness takes the marked ones out before they count as console output.
(secret) => {
  "use strict";
  const write = console.debug.bind(console);
  const text = JSON.stringify;
  const clock = performance;
  const read = Performance.prototype.now;
  const tag = Object.prototype.toString;
  const keys = Object.keys;
  const isArray = Array.isArray;
  const self = globalThis;
  const page = document;

  // Milliseconds since the epoch by this frame's own clock, before any shift.
  const pageMs = () => clock.timeOrigin + read.call(clock);

  // Data as JSON can say it; what JSON cannot say is described in words.
  const describe = (value, depth = 0, seen = []) => {
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        return value === value && value !== Infinity && value !== -Infinity ? value : `‹${value}›`;
      case "undefined":
        return depth === 0 ? null : "‹undefined›";
      case "bigint":
        return `‹bigint ${value}›`;
      case "function":
        return "‹function›";
      case "symbol":
        return "‹symbol›";
    }
    if (value === null) return null;
    if (seen.indexOf(value) >= 0) return "‹cycle›";
    if (depth > 32) return "‹too deep›";
    const inner = seen.concat([value]);
    const kind = tag.call(value).slice(8, -1);
    switch (kind) {
      case "Date":
        return `‹date ${isNaN(value) ? "invalid" : value.toISOString()}›`;
      case "RegExp":
        return `‹regexp ${value}›`;
      case "Map":
        return { "‹map›": Array.from(value, ([key, item]) => [describe(key, depth + 1, inner), describe(item, depth + 1, inner)]) };
      case "Set":
        return { "‹set›": Array.from(value, (item) => describe(item, depth + 1, inner)) };
      case "ArrayBuffer":
      case "SharedArrayBuffer":
        return `‹${kind} of ${value.byteLength} bytes›`;
      case "File":
      case "Blob":
        return `‹${kind} of ${value.size} bytes, ${value.type || "no type"}›`;
      case "Error":
        return `‹error ${value.name}: ${value.message}›`;
      case "MessagePort":
      case "ImageBitmap":
      case "ReadableStream":
        return `‹${kind}›`;
    }
    if (value.buffer !== undefined && value.byteLength !== undefined) return `‹${kind} of ${value.byteLength} bytes›`;
    if (isArray(value)) return Array.from(value, (item) => describe(item, depth + 1, inner));
    const plain = {};
    for (const key of keys(value)) {
      const item = value[key];
      // As JSON and structured clones of it treat it: a property that is undefined tells nothing.
      if (item !== undefined) plain[key] = describe(item, depth + 1, inner);
    }
    return plain;
  };

  const snapshot = (value) => {
    try {
      return describe(value);
    } catch (error) {
      return `‹unreadable: ${error}›`;
    }
  };

  const report = (kind, fields) => {
    write(secret, text({ kind, origin: self.origin, url: page.URL, ms: pageMs(), ...fields }));
  };

  return { secret, pageMs, snapshot, report };
}
