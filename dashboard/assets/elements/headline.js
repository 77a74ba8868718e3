// The numbers at the top, each with its meaning; a click on a number draws it over time.

import { el } from "./dom.js";
import { explained } from "./tips.js";

function tile(item, act) {
  return el("div", { class: item.active ? "tile drawn-over-time" : "tile" },
    explained("span", item.label, item.help, { class: "term label" }),
    el("button", {
      type: "button", class: "draw", "data-focus": item.id, "aria-pressed": item.active ? "true" : "false",
      disabled: !item.drawable, onclick: () => act({ do: "series", value: item.id }),
    },
      el("span", { class: "unseen" }, `${item.label} over time: `),
      el("span", { class: "figure" }, el("span", { class: "value" }, item.text),
        item.change ? el("span", { class: `change ${item.mood}` }, item.change) : null),
      item.was ? el("span", { class: "was" }, item.was) : null));
}

export function drawHeadline(root, data, act) {
  root.replaceChildren(
    el("div", { class: "tiles", role: "group", "aria-label": "Numbers of the period" }, data.items.map((item) => tile(item, act))),
    ...data.alarms.map((alarm) => el("p", { class: "alarm", role: "status" }, alarm)),
    ...data.notes.map((note) => el("p", { class: "note" }, note)),
  );
}
