// The numbers at the top; a click draws one of them over time.

import { el } from "./dom.js";

function change(item) {
  if (!item.change) return null;
  return el("span", { class: `change ${item.mood}`, "data-tip": item.was }, item.change);
}

export function drawHeadline(root, data, act) {
  root.replaceChildren(
    el("div", { class: "tiles", role: "group", "aria-label": "Numbers of the period" },
      data.items.map((item) =>
        el("button", {
          type: "button", class: "tile", "data-focus": item.id, "aria-pressed": item.active ? "true" : "false",
          disabled: !item.drawable, onclick: () => act({ do: "series", value: item.id }),
        },
          el("span", { class: "label", "data-tip": item.help }, item.label),
          el("span", { class: "figure" }, el("span", { class: "value" }, item.text), change(item)),
          item.was ? el("span", { class: "was" }, item.was) : null,
        ))),
    ...data.notes.map((note) => el("p", { class: "note" }, note)),
  );
}
