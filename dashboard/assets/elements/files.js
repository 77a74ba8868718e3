// Links to take the report along.

import { el } from "./dom.js";
import { told } from "./tips.js";

export function drawFiles(root, data) {
  const { base } = document.documentElement.dataset;
  root.replaceChildren(el("div", { class: "files" }, data.links.map((link) =>
    told(el("a", { class: "quiet", href: base + link.href, target: "_blank", rel: "noopener", "data-focus": link.label }, link.label), link.help))));
}
