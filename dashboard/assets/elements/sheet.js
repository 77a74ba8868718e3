// The report on paper: its head, its lists below each other, and what the numbers mean.

import { el } from "./dom.js";
import { drawMap } from "./map.js";
import { table } from "./panel.js";

const lines = (texts) => texts.map((text) => el("p", { class: "note" }, text));

function list(one) {
  const box = one.map ? el("div", { class: "map" }) : null;
  if (box) drawMap(box, one, () => {});
  return el("section", { class: one.map ? "printed with-map" : "printed" },
    el("h2", {}, one.title), box, table(one, one.rows, () => {}), lines(one.notes));
}

function tile(item) {
  return el("div", { class: "tile" }, el("span", { class: "label" }, item.label),
    el("span", { class: "figure" }, el("span", { class: "value" }, item.text), item.change ? el("span", { class: `change ${item.mood}` }, item.change) : null),
    item.was ? el("span", { class: "was" }, item.was) : null);
}

const parts = {
  head: (data) => [
    el("div", { class: "sheet-title" }, el("h2", {}, data.title),
      el("button", { type: "button", class: "quiet framed", onclick: () => print() }, "Print")),
    lines(data.lines)],
  numbers: (data) => [el("div", { class: "tiles" }, data.items.map(tile)), data.alarms.map((alarm) => el("p", { class: "alarm" }, alarm)), lines(data.notes)],
  lists: (data) => [el("div", { class: "printed-lists" }, data.lists.map(list))],
  foot: (data) => [
    lines(data.lines), el("h2", {}, data.title),
    el("dl", {}, data.meanings.map((one) => [el("dt", {}, one.label), el("dd", {}, one.text)]).flat())],
};

export function drawSheet(root, data) {
  root.replaceChildren(...parts[data.part](data).flat());
}
