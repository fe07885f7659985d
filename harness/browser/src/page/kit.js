// What every piece of page code of the harness shares: a way to report, a clock that nobody shifts, and
// a snapshot of data as JSON. Evaluates to a function of the secret that marks reports.
//
// Reports go out by the console, marked by the secret: the browser hands console calls over at once and
// in order, and the harness takes the marked ones out before they count as console output.
//
// In the page's world everything is the page's to replace, so what is used later is taken here, before any
// script of the page runs, and nothing is looked up along a prototype.
(secret) => {
  "use strict";
  const write = console.debug.bind(console);
  const text = JSON.stringify;
  const { apply, defineProperty: define, getOwnPropertyDescriptor: describeProperty, getPrototypeOf: prototypeOf } = Reflect;
  const keys = Object.keys;
  const isArray = Array.isArray;
  const isView = ArrayBuffer.isView;
  const self = globalThis;
  const clock = performance;

  const getterOf = (owner, key) => {
    for (let one = owner; one; one = prototypeOf(one)) {
      const property = describeProperty(one, key);
      if (property) return property.get;
    }
    return undefined;
  };
  const read = Performance.prototype.now;
  const timeOrigin = getterOf(Performance.prototype, "timeOrigin");
  const originOf = getterOf(self, "origin");
  const addressOf = getterOf(Document.prototype, "URL");

  // Milliseconds since the epoch by this frame's own clock, before any shift.
  const pageMs = () => apply(timeOrigin, clock, []) + apply(read, clock, []);

  // ---- A snapshot ----

  // Whether a value is what it says, by a getter that only answers to its own kind.
  const kind = (constructor, key) => {
    const getter = constructor && getterOf(constructor.prototype, key);
    return (value) => {
      if (!getter) return false;
      try {
        apply(getter, value, []);
        return true;
      } catch {
        return false;
      }
    };
  };
  const isMap = kind(self.Map, "size");
  const isSet = kind(self.Set, "size");
  const isBuffer = kind(self.ArrayBuffer, "byteLength");
  const isSharedBuffer = kind(self.SharedArrayBuffer, "byteLength");
  const isBlob = kind(self.Blob, "size");
  const handles = [
    ["MessagePort", kind(self.MessagePort, "onmessage")],
    ["ImageBitmap", kind(self.ImageBitmap, "width")],
    ["ReadableStream", kind(self.ReadableStream, "locked")],
  ];
  const typeOf = getterOf(Blob.prototype, "type");
  const tag = Object.prototype.toString;
  const tagKey = Symbol.toStringTag;
  const dateMs = Date.prototype.getTime;
  const dateText = Date.prototype.toISOString;
  const expressionText = RegExp.prototype.toString;
  const primitives = [String, Number, Boolean].map((one) => one.prototype.valueOf);
  const eachOfMap = Map.prototype.forEach;
  const eachOfSet = Set.prototype.forEach;

  // Lists and objects that take nothing from the page: neither setters nor a `toJSON`.
  const plainList = () => {
    const list = [];
    define(list, "toJSON", { __proto__: null, value: undefined });
    return list;
  };
  const put = (list, value) => {
    define(list, list.length, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
  };

  const isWithin = (value, outer) => {
    for (let one = outer; one; one = one.outer) if (one.value === value) return true;
    return false;
  };

  // Data as JSON can say it; what JSON cannot say is described in words.
  const describe = (value, depth, outer) => {
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
    if (isWithin(value, outer)) return "‹cycle›";
    if (depth > 32) return "‹too deep›";
    const inner = { __proto__: null, value, outer };
    const into = (item) => describe(item, depth + 1, inner);
    if (isArray(value)) {
      const list = plainList();
      for (let at = 0; at < value.length; at++) put(list, into(value[at]));
      return list;
    }
    if (isView(value) || isBuffer(value) || isSharedBuffer(value)) return `‹${value.byteLength} bytes›`;
    if (isMap(value)) {
      const entries = plainList();
      apply(eachOfMap, value, [
        (item, key) => {
          const entry = plainList();
          put(entry, into(key));
          put(entry, into(item));
          put(entries, entry);
        },
      ]);
      return { __proto__: null, "‹map›": entries };
    }
    if (isSet(value)) {
      const items = plainList();
      apply(eachOfSet, value, [(item) => put(items, into(item))]);
      return { __proto__: null, "‹set›": items };
    }
    if (isBlob(value)) return `‹${value.size} bytes, ${apply(typeOf, value, []) || "no type"}›`;
    for (let at = 0; at < handles.length; at++) if (handles[at][1](value)) return `‹${handles[at][0]}›`;
    // Without a tag of its own an object cannot pass for another kind.
    switch (value[tagKey] === undefined ? apply(tag, value, []) : "") {
      case "[object Date]": {
        const ms = apply(dateMs, value, []);
        return `‹date ${ms === ms ? apply(dateText, value, []) : "invalid"}›`;
      }
      case "[object RegExp]":
        return `‹regexp ${apply(expressionText, value, [])}›`;
      case "[object Error]":
        return `‹error ${value.name}: ${value.message}›`;
      case "[object String]":
        return apply(primitives[0], value, []);
      case "[object Number]":
        return into(apply(primitives[1], value, []));
      case "[object Boolean]":
        return apply(primitives[2], value, []);
    }
    const plain = { __proto__: null };
    const names = keys(value);
    for (let at = 0; at < names.length; at++) {
      const item = value[names[at]];
      // As JSON and structured clones of it treat it: a property that is undefined tells nothing.
      if (item !== undefined) plain[names[at]] = into(item);
    }
    return plain;
  };

  const snapshot = (value) => {
    try {
      return describe(value, 0, null);
    } catch (error) {
      return `‹unreadable: ${error}›`;
    }
  };

  const report = (kind, fields) => {
    write(
      secret,
      text({ __proto__: null, kind, origin: apply(originOf, self, []), url: apply(addressOf, self.document, []), ms: pageMs(), ...fields }),
    );
  };

  return { pageMs, snapshot, report, getterOf };
}
