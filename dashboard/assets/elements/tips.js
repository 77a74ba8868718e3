// What a term or a number means: on hover, on focus and on a tap, in one bubble above everything; Escape closes it.

import { el } from "./dom.js";

const PAUSE = 250;
const GAP = 4;

let bubble = null;
let shown = null;
let waiting = 0;

function place(node) {
  const at = node.getBoundingClientRect();
  const { width, height } = bubble.getBoundingClientRect();
  const below = at.bottom + GAP;
  const fits = below + height <= innerHeight || at.top < height + GAP;
  bubble.style.left = `${Math.max(GAP, Math.min(at.left, innerWidth - width - 2 * GAP))}px`;
  bubble.style.top = `${fits ? below : at.top - height - GAP}px`;
}

function show(node, text) {
  if (!bubble) {
    // Of the top layer, so that neither a card nor a dialog cuts it off. It stays while the pointer is in it.
    bubble = el("div", { class: "tip", popover: "manual", role: "tooltip" });
    bubble.onpointerenter = () => clearTimeout(waiting);
    bubble.onpointerleave = () => later(hide);
    document.body.append(bubble);
    addEventListener("scroll", hide, { capture: true, passive: true });
    addEventListener("keydown", (event) => { if (event.key === "Escape" && shown) { hide(); event.preventDefault(); } }, true);
    addEventListener("pointerdown", (event) => { if (shown && !bubble.contains(event.target) && !shown.contains(event.target)) hide(); }, true);
  }
  clearTimeout(waiting);
  if (shown) bubble.hidePopover();
  shown = node;
  bubble.textContent = text;
  bubble.showPopover();
  place(node);
}

export function hide() {
  clearTimeout(waiting);
  if (!shown) return;
  shown = null;
  bubble.hidePopover();
}

function later(act) {
  clearTimeout(waiting);
  waiting = setTimeout(act, PAUSE);
}

// After a drawing: what the bubble spoke of may be gone.
export function settle() {
  if (shown && !shown.isConnected) hide();
}

// Lets an element tell its meaning; screen readers get it as description.
export function told(node, text) {
  if (!text) return node;
  node.setAttribute("aria-description", text);
  node.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") later(() => node.isConnected && show(node, text)); });
  node.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") later(hide); });
  node.addEventListener("focus", () => { if (node.matches(":focus-visible")) show(node, text); });
  node.addEventListener("blur", hide);
  node.addEventListener("click", () => show(node, text));
  return node;
}

// A term with its definition; without one it is the plain text.
export function explained(tag, text, help, attributes) {
  if (!help) return el(tag, attributes, text);
  return told(el("button", { type: "button", class: "term", "data-focus": `meaning of ${text}`, ...attributes }, text), help);
}
