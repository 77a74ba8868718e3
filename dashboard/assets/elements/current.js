// How many people are there right now, in one line above a report.

import { el } from "./dom.js";
import { explained } from "./tips.js";

export function drawCurrent(root, data) {
  root.replaceChildren(el("p", {}, el("span", { class: "pulse" }), explained("span", data.text, data.help)));
}
