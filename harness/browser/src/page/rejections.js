// Page-world code, in every frame: says which uncaught errors are rejections that nobody handled, which
// the browser's own report of them does not tell. It only listens.
(kit) => {
  "use strict";
  addEventListener(
    "unhandledrejection",
    (event) => {
      let text = "";
      try {
        text = String(event.reason?.message ?? event.reason);
      } catch {
        // A reason that cannot be read stays without text.
      }
      kit.report("rejection", { text });
    },
    true,
  );
}
