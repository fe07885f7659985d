// Sandbox code, in every frame from document start: notes what happens there (messages that arrive, policy violations, what
// does not load, motion) and answers the fences by which the harness knows that nothing is on its way any more. A page that
// gets hold of a fence learns `mark`, which marks nothing else.
(kit, mark) => {
  "use strict";
  const { pageMs, snapshot, report } = kit;
  const world = globalThis;
  const frame = window;

  // A fence is a message of our own. Messages from one window to another arrive in order, so once a fence
  // and its echo have passed, everything sent before has been delivered, in both directions.
  const waiting = new Map();
  let fences = 0;

  const isFence = (data) => data !== null && typeof data === "object" && data.fence === mark;

  const onMessage = (event) => {
    if (isFence(event.data)) {
      event.stopImmediatePropagation();
      const { id, echo } = event.data;
      if (!echo) event.source?.postMessage({ fence: mark, id, echo: true }, "*");
      else waiting.get(id)?.();
      return;
    }
    report("received", {
      from: event.origin,
      data: snapshot(event.data),
      trusted: event.isTrusted,
      ms: pageMs(),
    });
  };

  const onViolation = (event) => {
    report("csp", {
      directive: event.effectiveDirective || event.violatedDirective,
      blocked: event.blockedURI,
      disposition: event.disposition,
    });
  };

  // Where an element looked for what did not load. A secure document asks for its images, sounds and films by `https`,
  // whatever is written, but for those that are one of several candidates (Mixed Content, section 4.1).
  const targetOf = (element) => {
    const written = element.src ?? element.href?.baseVal ?? element.href ?? element.data;
    const target = element.currentSrc || written || "";
    const isUpgraded =
      frame.location.protocol === "https:" &&
      /^(img|audio|video|source)$/.test(element.localName) &&
      !element.srcset &&
      element.parentNode?.localName !== "picture";
    return isUpgraded ? target.replace(/^http:/, "https:") : target;
  };

  const onError = (event) => {
    // Errors of scripts are told at the window itself.
    if (!event.isTrusted || event.target === frame) return;
    const target = targetOf(event.target);
    if (/^https?:/.test(target)) report("not-loaded", { target });
  };

  const onMotion = (event) => {
    // A page can dispatch events of these types itself; nothing moves by that.
    if (!event.isTrusted) return;
    report("motion", {
      element: event.target.localName + event.pseudoElement,
      name: event.animationName ?? event.propertyName,
    });
  };

  const listen = () => {
    frame.addEventListener("message", onMessage, true);
    frame.addEventListener("securitypolicyviolation", onViolation, true);
    frame.addEventListener("error", onError, true);
    frame.addEventListener("animationstart", onMotion, true);
    frame.addEventListener("transitionrun", onMotion, true);
  };
  listen();

  const everyWindow = (root) => {
    const found = [];
    const walk = (one) => {
      found.push(one);
      for (let at = 0; at < one.length; at++) walk(one[at]);
    };
    try {
      walk(root);
    } catch {
      // Frames come and go while we walk; the next round sees them.
    }
    return found;
  };

  const task = () =>
    new Promise((resolve) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        channel.port1.close();
        resolve();
      };
      channel.port2.postMessage(0);
    });

  // Lets a task run and fences off every window that can be reached. Resolves to how many echoes are
  // still missing when the time is over; `own` and `openers` say how many frames will echo.
  const fence = async (own, openers, patience) => {
    listen();
    await task();
    let targets = everyWindow(frame.top).filter((one) => one !== frame);
    let expected = own;
    if (frame.opener) {
      targets = targets.concat(everyWindow(frame.opener.top));
      expected += openers;
    }
    if (expected === 0 || targets.length === 0) {
      await task();
      return 0;
    }
    const id = ++fences;
    let echoes = 0;
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, patience);
      waiting.set(id, () => {
        echoes += 1;
        if (echoes >= expected) {
          clearTimeout(timer);
          resolve();
        }
      });
      for (const target of targets) target.postMessage({ fence: mark, id, echo: false }, "*");
    });
    waiting.delete(id);
    await task();
    return Math.max(0, expected - echoes);
  };

  world.rehearse = { ...world.rehearse, fence, listen };
}
