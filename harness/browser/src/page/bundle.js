// Runs CommonJS modules that refer to each other by relative path, and leaves the entry's exports as
// `AccessibleName` in the sandbox. `modules` maps a path to its function of (module, exports, require).
(modules, entry) => {
  "use strict";
  const loaded = {};
  const resolve = (from, request) => {
    const parts = from.split("/").slice(0, -1);
    for (const part of request.split("/")) {
      if (part === "..") parts.pop();
      else if (part !== ".") parts.push(part);
    }
    const path = parts.join("/");
    return path in modules ? path : `${path}.js`;
  };
  const load = (path) => {
    if (loaded[path]) return loaded[path].exports;
    const module = (loaded[path] = { exports: {} });
    modules[path](module, module.exports, (request) => load(resolve(path, request)));
    return module.exports;
  };
  globalThis.AccessibleName = load(entry);
}
