// How many people are there right now.

import { el } from "./dom.js";
import { explained } from "./tips.js";

export function drawNow(root, data) {
  root.replaceChildren(
    el("h2", {}, data.title),
    el("p", { class: "number", "aria-live": "polite" }, el("span", { class: "pulse" }), data.number),
    el("p", { class: "note" }, explained("span", data.label, data.help)));
}
