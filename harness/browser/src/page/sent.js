// Page-world code, in every frame from document start: notes what is sent to other windows.
//
// `postMessage` of a foreign window cannot be replaced, so the ways to get hold of one (`parent`,
// `opener`, `contentWindow`, `event.source`, `open`) hand out a stand-in instead, always the same one for
// the same window, so that identities keep holding among them. `top`, `frames[0]` and named access cannot
// be reached this way; what is sent through them is seen on arrival only.
(kit) => {
  "use strict";
  const { pageMs, snapshot, report, getterOf } = kit;
  const me = window;
  const post = me.postMessage;
  const apply = Reflect.apply;
  const describeProperty = Reflect.getOwnPropertyDescriptor;
  const define = Reflect.defineProperty;
  const bind = Function.prototype.bind;
  const Port = MessagePort;
  const Address = URL;
  const originOf = getterOf(URL.prototype, "origin");
  const { get: lookUp, set: store } = WeakMap.prototype;
  const standIns = new WeakMap();
  const popups = new WeakMap();
  const parent = me.parent;
  const top = me.top;
  const openerOf = describeProperty(me, "opener")?.get;
  let sent = 0;

  const relation = (target) => {
    if (target === me) return "self";
    if (target === parent) return "parent";
    if (target === top) return "top";
    if (openerOf && apply(openerOf, me, []) === target) return "opener";
    if (apply(lookUp, popups, [target])) return "popup";
    for (let at = 0; at < me.length; at++) if (me[at] === target) return "frame";
    return "source";
  };

  const declared = (options) => {
    const origin = typeof options === "object" && options !== null ? options.targetOrigin : options;
    if (origin === undefined) return "/";
    const written = `${origin}`;
    if (written === "*" || written === "/") return written;
    try {
      return apply(originOf, new Address(written), []);
    } catch {
      return written;
    }
  };

  const postFor = (target) =>
    function postMessage(...args) {
      const ms = pageMs();
      const data = snapshot(args[0]);
      const targetOrigin = declared(args[1]);
      const via = relation(target);
      apply(post, target, args);
      sent += 1;
      kit.onSent?.();
      report("sent", { targetOrigin, via, data, ms, nth: sent });
    };

  const isConstructor = (value) => describeProperty(value, "prototype") !== undefined;

  const standIn = (target) => {
    if (!target || target === me) return target;
    const known = apply(lookUp, standIns, [target]);
    if (known) return known;
    const bound = new WeakMap();
    const postMessage = postFor(target);
    const proxy = new Proxy(target, {
      get(_, key) {
        if (key === "postMessage") return postMessage;
        const value = target[key];
        if (typeof value !== "function" || isConstructor(value)) return value;
        let method = apply(lookUp, bound, [value]);
        if (!method) apply(store, bound, [value, (method = apply(bind, value, [target]))]);
        return method;
      },
      set(_, key, value) {
        target[key] = value;
        return true;
      },
    });
    apply(store, standIns, [target, proxy]);
    return proxy;
  };

  const isWindow = (source) => source !== null && source !== undefined && !(source instanceof Port) && "postMessage" in source && "closed" in source;

  const wrapGetter = (owner, key) => {
    const property = describeProperty(owner, key);
    if (!property?.get || !property.configurable) return;
    const { get } = property;
    define(owner, key, {
      ...property,
      get() {
        return standIn(apply(get, this, []));
      },
    });
  };

  wrapGetter(HTMLIFrameElement.prototype, "contentWindow");
  wrapGetter(HTMLObjectElement.prototype, "contentWindow");
  if (typeof HTMLFrameElement === "function") wrapGetter(HTMLFrameElement.prototype, "contentWindow");
  if (parent !== me) wrapGetter(me, "parent");
  wrapGetter(me, "opener");

  const source = describeProperty(MessageEvent.prototype, "source");
  define(MessageEvent.prototype, "source", {
    ...source,
    get() {
      const value = apply(source.get, this, []);
      return isWindow(value) ? standIn(value) : value;
    },
  });

  const open = me.open;
  define(me, "open", {
    ...describeProperty(me, "open"),
    value: function open_(...args) {
      const popup = apply(open, this ?? me, args);
      if (!popup) return popup;
      apply(store, popups, [popup, true]);
      return standIn(popup);
    },
  });
  define(me.open, "name", { value: "open", configurable: true });
}
