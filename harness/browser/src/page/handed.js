// Page-world code: notes what the page hands to a telemetry SDK, at the SDK's public entry.
//
// One entry of the table per SDK. An SDK that leaves no global behind needs another way in.
(kit) => {
  "use strict";
  const { snapshot, report } = kit;
  const apply = Reflect.apply;
  const define = Reflect.defineProperty;
  const me = window;

  const wrap = (sdk, method, note) => {
    const original = sdk[method];
    if (typeof original !== "function" || original.handed) return;
    const wrapped = function (...args) {
      try {
        note(args);
      } catch {
        // Our own trouble is never the page's.
      }
      return apply(original, this, args);
    };
    define(wrapped, "name", { value: original.name, configurable: true });
    define(wrapped, "length", { value: original.length, configurable: true });
    wrapped.handed = true;
    sdk[method] = wrapped;
  };

  const hand = (sink, event, properties) => {
    report("handed", { sink, event: String(event), properties: snapshot(properties === undefined ? null : properties) });
  };

  const sdks = {
    DD_RUM(sdk) {
      wrap(sdk, "addAction", ([name, context]) => hand("datadog", name, context));
      wrap(sdk, "addError", ([error, context]) => hand("datadog", error?.message ?? error, context));
    },
    mixpanel(sdk) {
      wrap(sdk, "track", ([name, properties]) => hand("mixpanel", name, properties));
    },
  };

  // mixpanel-browser imported as a module leaves no global behind, but binds functions to its instance as
  // soon as that is set up.
  const bind = Function.prototype.bind;
  const prototypeOf = Object.getPrototypeOf;
  const has = Object.prototype.hasOwnProperty;
  const isMixpanel = (receiver) => {
    if (typeof receiver !== "object" || receiver === null) return false;
    const prototype = prototypeOf(receiver);
    return prototype !== null && apply(has, prototype, ["get_distinct_id"]) && apply(has, prototype, ["track"]);
  };
  const bindAndLook = {
    bind(receiver, ...rest) {
      if (isMixpanel(receiver)) sdks.mixpanel(receiver);
      return apply(bind, this, [receiver, ...rest]);
    },
  }.bind;
  define(bindAndLook, "length", { value: 1, configurable: true });
  define(Function.prototype, "bind", { value: bindAndLook, writable: true, enumerable: false, configurable: true });

  for (const [name, attach] of Object.entries(sdks)) {
    let value = me[name];
    if (value !== undefined) continue;
    define(me, name, {
      configurable: true,
      enumerable: false,
      get: () => value,
      set(sdk) {
        value = sdk;
        if (sdk && typeof sdk === "object") attach(sdk);
      },
    });
  }
}
