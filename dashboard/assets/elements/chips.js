// The filters that are set, each with a way to remove it.

import { el } from "./dom.js";

function chip(filter, act) {
  return el("span", { class: "chip" },
    el("span", {}, filter.name, " ", el("em", {}, filter.words), " ", el("strong", {}, filter.value)),
    filter.locked ? null : el("button", {
      type: "button", "aria-label": `Remove the filter ${filter.name} ${filter.words} ${filter.value}`,
      onclick: () => act({ do: "remove", filter: filter.text }),
    }, "×"));
}

export function drawChips(root, data, act) {
  root.replaceChildren(
    el("div", { class: "chips" },
      data.filters.map((filter) => chip(filter, act)),
      data.filters.filter((filter) => !filter.locked).length > 1 ? el("button", { type: "button", class: "quiet", onclick: () => act({ do: "clear" }) }, "Remove all") : null),
    ...data.notes.map((note) => el("p", { class: "note" }, note)),
  );
}
