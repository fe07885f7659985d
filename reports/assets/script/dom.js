// Building elements. All text of a run goes through text nodes and attributes; nothing is ever parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";

// Characters that hide or reorder what stands around them are shown by their code instead.
const SLY = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g;

function visible(text) {
  return String(text).replace(SLY, (sly) => `⟨U+${sly.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`);
}

function append(parent, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false || child === "") continue;
    parent.append(child instanceof Node ? child : document.createTextNode(visible(child)));
  }
  return parent;
}

function apply(element, properties) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [type, listener] of Object.entries(value)) element.addEventListener(type, listener);
    } else if (name === "css") {
      for (const [property, setting] of Object.entries(value)) element.style.setProperty(property, setting);
    } else {
      element.setAttribute(name, value === true ? "" : visible(value));
    }
  }
  return element;
}

/** An HTML element. */
function h(tag, properties, ...children) {
  return append(apply(document.createElement(tag), properties), children);
}

/** An SVG element. */
function s(tag, properties, ...children) {
  return append(apply(document.createElementNS(SVG, tag), properties), children);
}

function clear(element) {
  element.replaceChildren();
  return element;
}

// Shapes as well as colours tell verdicts apart.
const GLYPHS = {
  passed: "M3.5 8.5l3 3 6-7",
  failed: "M4.5 4.5l7 7M11.5 4.5l-7 7",
  broken: "M8 3.5v5.5M8 11.9v.2",
  flaky: "M3 9.5c1.7-4 3.3-4 5-1.500s3.300 2.500 5-1.500",
  skipped: "M4 8h8",
  none: "M8 8h.01",
};

/** The sign of a verdict. */
function sign(verdict) {
  const glyph = s("path", { d: GLYPHS[verdict] ?? GLYPHS.none });
  return s("svg", { class: `sign ${verdict}`, viewBox: "0 0 16 16", role: "img", "aria-label": verdict }, glyph);
}

/** A small label. */
function chip(text, kind = "", title = null) {
  return h("span", { class: `chip ${kind}`, title }, text);
}

/** A button that copies a text and says so. */
function copier(text, label) {
  const button = h("button", { class: "quiet copy", type: "button", "aria-label": `Copy ${label}`, title: `Copy ${label}` }, "copy");
  button.addEventListener("click", async () => {
    const done = await copied(text);
    button.textContent = done ? "copied" : "select it by hand";
    setTimeout(() => { button.textContent = "copy"; }, 1600);
  });
  return button;
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // A page opened from disk may not use the clipboard's own interface.
    const field = h("textarea", { class: "unseen", readonly: true }, text);
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }
}

/** Tells people who do not see the screen. */
function announce(text) {
  document.getElementById("announce").textContent = visible(text);
}
