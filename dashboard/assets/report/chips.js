// The filters that are set, each with a way to remove it, and the tools of the report.

import { el } from "./dom.js";
import { save } from "./csv.js";

function chip(filter, act) {
  return el("span", { class: "chip" },
    el("span", {}, filter.name, " ", el("em", {}, filter.words), " ", el("strong", {}, filter.value)),
    el("button", {
      type: "button", "aria-label": `Remove the filter ${filter.name} ${filter.words} ${filter.value}`,
      onclick: () => act({ do: "remove", filter: filter.text }),
    }, "×"));
}

export function drawChips(root, data, act, memory) {
  root.replaceChildren(
    el("div", { class: "chips" },
      data.filters.map((filter) => chip(filter, act)),
      data.filters.length > 1 ? el("button", { type: "button", class: "quiet", onclick: () => act({ do: "clear" }) }, "Remove all") : null,
      el("span", { class: "tools" },
        data.tools.map((tool) => el("button", { type: "button", class: "quiet", onclick: () => act({ do: tool.id }) }, tool.label)))),
    ...data.notes.map((note) => el("p", { class: "note" }, note)),
  );
  if (data.file && memory.file !== data.file.id) {
    memory.file = data.file.id;
    save(data.file.name, data.file.text);
  }
  if (data.print && memory.print !== data.print) {
    memory.print = data.print;
    setTimeout(() => window.print(), 700);
  }
}
