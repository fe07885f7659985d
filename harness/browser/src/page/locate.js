// Sandbox code, in every frame: finds elements the way a person names them, says what they look like and
// whether they can be acted on. The queries are those of `@testing-library/dom`, brought with
// `dom-accessibility-api` when the first locator of a document asks for them.
(kit, bringLibraries) => {
  "use strict";
  const world = globalThis;
  const frame = window;
  const page = document;
  const collapse = (text) => text.replace(/\s+/g, " ").trim();
  let brought = false;
  const library = (name) => {
    if (!brought) bringLibraries();
    brought = true;
    return world[name];
  };
  const queries = () => library("TestingLibraryDom");
  const names = () => library("AccessibleName");

  // ---- Finding ----

  const matcher = (name) => {
    if ("exact" in name) {
      const wanted = collapse(name.exact);
      return (text) => collapse(text) === wanted;
    }
    if ("substring" in name) {
      const wanted = collapse(name.substring).toLowerCase();
      return (text) => collapse(text).toLowerCase().includes(wanted);
    }
    const pattern = new RegExp(name.pattern);
    return (text) => pattern.test(collapse(text));
  };

  const UNSEEN = new Set(["SCRIPT", "STYLE", "TEMPLATE", "NOSCRIPT", "HEAD", "TITLE"]);

  // The smallest elements whose text matches.
  const byText = (root, name) => {
    const matches = matcher(name);
    const found = [];
    const search = (element) => {
      let inside = false;
      for (const child of element.children) if (!UNSEEN.has(child.tagName) && search(child)) inside = true;
      const own = !inside && matches(element.textContent);
      if (own) found.push(element);
      return own || inside;
    };
    for (const child of root.children) if (!UNSEEN.has(child.tagName)) search(child);
    return found;
  };

  const through = (query, root, name) => {
    const matches = matcher(name);
    return query(root, (text) => matches(text));
  };

  const search = (root, by) => {
    switch (by.kind) {
      case "role": {
        const options = { hidden: by.hidden };
        if (by.name) {
          const matches = matcher(by.name);
          options.name = (name) => matches(name);
        }
        if (by.level !== null && by.level !== undefined) options.level = by.level;
        return queries().queryAllByRole(root, by.role, options);
      }
      case "text":
        return byText(root, by.text);
      case "label":
        return through(queries().queryAllByLabelText, root, by.text);
      case "placeholder":
        return through(queries().queryAllByPlaceholderText, root, by.text);
      case "test-id":
        return Array.from(root.querySelectorAll("[data-testid]")).filter((element) => element.dataset.testid === by.id);
      case "css":
        return Array.from(root.querySelectorAll(by.selector));
    }
    return [];
  };

  // `nth` counts the matches in the document; within another element, all matches within all of those.
  const find = (locator) => {
    const roots = locator.within ? find(locator.within) : [page.documentElement];
    const found = new Set();
    for (const root of roots) if (root) for (const element of search(root, locator.by)) found.add(element);
    const all = Array.from(found);
    if (locator.nth === undefined) return all;
    return all.length > locator.nth ? [all[locator.nth]] : [];
  };

  // ---- Describing ----

  const isVisible = (element) => {
    if (!element.isConnected) return false;
    if (typeof element.checkVisibility === "function" && !element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true })) return false;
    const box = element.getBoundingClientRect();
    if (box.width > 0 && box.height > 0) return true;
    // `display: contents`, and elements whose children stick out of a box without size.
    return Array.from(element.children).some(isVisible);
  };

  const isEnabled = (element) => !element.matches(":disabled") && element.closest("[aria-disabled='true']") === null;

  const roleOf = (element) => (element.getAttribute("role")?.trim().split(/\s+/)[0] || names().getRole(element)) ?? "";

  const valueOf = (element) => {
    if (element instanceof HTMLSelectElement) return element.selectedOptions[0]?.label ?? "";
    if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) return element.value;
    return element.isContentEditable ? element.innerText : null;
  };

  const flag = (element, attribute) => {
    const value = element.getAttribute(attribute);
    return value === null ? null : value === "true";
  };

  const describe = (element) => {
    const box = element.getBoundingClientRect();
    const checkable = element instanceof HTMLInputElement && (element.type === "checkbox" || element.type === "radio");
    return {
      tag: element.localName,
      role: roleOf(element),
      name: names().computeAccessibleName(element),
      text: collapse(element.innerText ?? element.textContent),
      value: valueOf(element),
      visible: isVisible(element),
      enabled: isEnabled(element),
      focused: page.activeElement === element,
      checked: checkable ? element.checked : flag(element, "aria-checked"),
      expanded: flag(element, "aria-expanded") ?? (element instanceof HTMLDetailsElement ? element.open : null),
      attributes: Object.fromEntries(Array.from(element.attributes, (attribute) => [attribute.name, attribute.value])),
      bounds: { x: box.x, y: box.y, width: box.width, height: box.height },
    };
  };

  const brief = (element) => {
    const html = element.cloneNode(false).outerHTML;
    const text = collapse(element.textContent);
    return `${html.length > 120 ? `${html.slice(0, 117)}…` : html}${text ? ` "${text.length > 40 ? `${text.slice(0, 37)}…` : text}"` : ""}`;
  };

  // ---- Readiness ----

  const nextFrame = () =>
    new Promise((resolve) => {
      // Hidden tabs get no animation frames.
      const timer = setTimeout(resolve, 100);
      requestAnimationFrame(() => {
        clearTimeout(timer);
        resolve();
      });
    });

  const sameBox = (one, other) => one.x === other.x && one.y === other.y && one.width === other.width && one.height === other.height;

  const isStill = async (element) => {
    const before = element.getBoundingClientRect();
    await nextFrame();
    const after = element.getBoundingClientRect();
    return sameBox(before, after);
  };

  const inView = (box) => box.bottom > 0 && box.right > 0 && box.top < frame.innerHeight && box.left < frame.innerWidth;

  // The point WebDriver acts on: the centre of what can be seen of the first box.
  const actionPoint = (element) => {
    const box = element.getClientRects()[0] ?? element.getBoundingClientRect();
    const left = Math.max(0, box.left);
    const right = Math.min(frame.innerWidth, box.right);
    const top = Math.max(0, box.top);
    const bottom = Math.min(frame.innerHeight, box.bottom);
    return { x: Math.floor((left + right) / 2), y: Math.floor((top + bottom) / 2) };
  };

  const hit = (x, y) => {
    let found = page.elementFromPoint(x, y);
    while (found?.shadowRoot) {
      const inner = found.shadowRoot.elementFromPoint(x, y);
      if (!inner || inner === found) break;
      found = inner;
    }
    return found;
  };

  const belongs = (found, element) => {
    for (let one = found; one; one = one.parentNode ?? one.host) if (one === element) return true;
    // A click on a label is a click on its control.
    const label = found?.closest?.("label");
    return label !== null && label !== undefined && label.control === element;
  };

  const scroll = (element) => {
    const box = element.getBoundingClientRect();
    const point = actionPoint(element);
    if (inView(box) && belongs(hit(point.x, point.y), element)) return;
    element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
  };

  const isEditable = (element) => {
    if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) return !element.readOnly;
    return element instanceof HTMLSelectElement || element.isContentEditable;
  };

  // Looks once. `need` is how far an element must be fit: "there", "visible", "enabled", "editable",
  // "pointable". Answers [state, element]: the state as JSON, the element where there is exactly one.
  const look = async (locator, need) => {
    const found = find(locator);
    if (found.length === 0) return [{ state: "missing" }];
    if (found.length > 1) {
      const seen = found.filter(isVisible);
      // A hidden twin (a closed menu, a template) is not what a person means.
      if (seen.length !== 1) return [{ state: "several", candidates: found.slice(0, 5).map(brief), count: found.length }];
      found.splice(0, found.length, seen[0]);
    }
    const element = found[0];
    const answer = (state, more) => [{ state, seen: brief(element), ...more }, element];
    if (need === "there") return answer("ready");
    if (!isVisible(element)) return answer("hidden");
    if (need === "visible") return answer("ready");
    if (!isEnabled(element)) return answer("disabled");
    if (need === "editable" && !isEditable(element)) return answer("read-only");
    scroll(element);
    if (!(await isStill(element))) return answer("moving");
    if (!element.isConnected) return [{ state: "missing" }];
    const point = actionPoint(element);
    if (need === "pointable") {
      const over = hit(point.x, point.y);
      if (!belongs(over, element)) return answer("covered", { by: over ? brief(over) : "nothing: it is out of view" });
    }
    return answer("ready", { point });
  };

  // The same, as the harness reads it.
  const lookAt = async (locator, need) => {
    const [state, element] = await look(JSON.parse(locator), need);
    return element ? [JSON.stringify(state), element] : [JSON.stringify(state)];
  };

  const describeAll = (locator) => JSON.stringify(find(JSON.parse(locator)).map(describe));

  // What lies at a point of this frame: whether it is the given frame element, and what it is.
  const throughFrame = (element, x, y) => {
    const pointNow = () => {
      const box = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      const left = box.left + element.clientLeft + parseFloat(style.paddingLeft);
      const top = box.top + element.clientTop + parseFloat(style.paddingTop);
      return { x: Math.floor(left + x), y: Math.floor(top + y) };
    };
    const inView = (at) => at.x >= 0 && at.y >= 0 && at.x < frame.innerWidth && at.y < frame.innerHeight;
    let at = pointNow();
    if (!inView(at)) {
      // Scrolling inside a frame of another process reaches its parents late or, while the frame is off the
      // screen and its rendering is throttled, not at all. So this document brings the point into view itself.
      element.scrollIntoView({ block: "start", inline: "nearest", behavior: "instant" });
      frame.scrollBy({ top: pointNow().y - frame.innerHeight / 2, behavior: "instant" });
      at = pointNow();
    }
    const over = hit(at.x, at.y);
    const covered = inView(at) ? !belongs(over, element) : true;
    return JSON.stringify({ x: at.x, y: at.y, covered, by: over ? brief(over) : "nothing: it is out of view" });
  };

  // ---- Acting, where pointer and keys do not reach ----

  const focus = (element) => {
    element.focus();
    return page.activeElement === element ? "" : "it does not take the focus";
  };

  const TYPED_BY_PICKER = new Set(["date", "time", "month", "week", "datetime-local", "color", "range"]);

  // Makes a field ready to be typed over; answers how: "type", "clear" (nothing is to be typed) or "set".
  const prepareFill = (element, text) => {
    element.focus();
    const changed = (type) => element.dispatchEvent(new Event(type, { bubbles: true }));
    if (element instanceof HTMLInputElement && TYPED_BY_PICKER.has(element.type)) {
      element.value = text;
      if (element.value !== text) return `refused: a field of type ${element.type} does not take "${text}"`;
      changed("input");
      changed("change");
      return "set";
    }
    if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) {
      element.select();
      return element.value === "" && text === "" ? "set" : text === "" ? "clear" : "type";
    }
    if (element.isContentEditable) {
      const range = page.createRange();
      range.selectNodeContents(element);
      const selection = frame.getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      return text === "" ? "clear" : "type";
    }
    return "refused: it is not a text field";
  };

  const choose = (element, label) => {
    if (!(element instanceof HTMLSelectElement)) return "it is not a select";
    const options = Array.from(element.options);
    const option = options.find((one) => collapse(one.label) === collapse(label)) ?? options.find((one) => one.value === label);
    if (!option) return `it has no option "${label}": ${options.map((one) => `"${one.label}"`).join(", ")}`;
    if (option.disabled) return `its option "${label}" is disabled`;
    element.focus();
    if (element.multiple) option.selected = true;
    else element.value = option.value;
    if (!option.selected) element.selectedIndex = option.index;
    element.dispatchEvent(new Event("input", { bubbles: true }));
    element.dispatchEvent(new Event("change", { bubbles: true }));
    return "";
  };

  const storage = (area, key) => {
    try {
      const value = (area === "local" ? frame.localStorage : frame.sessionStorage).getItem(key);
      return JSON.stringify({ value });
    } catch {
      // The document may not use storage.
      return "null";
    }
  };

  const storageEntries = (area) => {
    try {
      const store = area === "local" ? frame.localStorage : frame.sessionStorage;
      return JSON.stringify(Array.from({ length: store.length }, (_, at) => [store.key(at), store.getItem(store.key(at))]));
    } catch {
      return "[]";
    }
  };

  const who = () => JSON.stringify({ origin: frame.origin, url: page.URL });

  world.rehearse = {
    ...world.rehearse,
    lookAt,
    describeAll,
    focus,
    prepareFill,
    choose,
    storage,
    storageEntries,
    who,
    through: throughFrame,
  };
}
