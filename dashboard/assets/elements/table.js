// A plain table in a card, with what can be done with each line.

import { el } from "./dom.js";
import { csv, save } from "./csv.js";
import { explained } from "./tips.js";

function ask(button, act) {
  const close = () => dialog.close();
  const yes = () => { close(); act(button.action); };
  const dialog = el("dialog", { class: "drawn asks", "aria-label": button.label },
    el("p", {}, button.question),
    el("div", { class: "choices" },
      el("button", { type: "button", class: "quiet framed", onclick: close }, "Cancel"),
      el("button", { type: "button", class: "quiet framed strong", onclick: yes }, button.label)));
  dialog.onclose = () => dialog.remove();
  document.querySelector("#root").append(dialog);
  dialog.showModal();
}

function buttons(line, act) {
  return line.buttons.map((button) => el("button", {
    type: "button", class: "quiet framed", "aria-label": `${button.label}: ${line.cells[0]}`, "data-focus": `${button.label} ${line.cells[0]}`,
    onclick: () => (button.question ? ask(button, act) : act(button.action)),
  }, button.label));
}

function file(data) {
  save(data.file, csv([data.columns.map((column) => column.label), ...data.lines.map((line) => line.cells)]));
}

export function drawTable(root, data, act) {
  const acts = data.lines.some((line) => line.buttons.length);
  const kind = (index) => (data.columns[index].number ? "number" : null);
  root.replaceChildren(
    el("div", { class: "panel-head" }, el("h2", {}, data.title),
      data.file && data.lines.length ? el("button", { type: "button", class: "quiet", onclick: () => file(data) }, "CSV") : null),
    data.lines.length ? el("div", { class: "scroll" }, el("table", { "aria-label": data.title, class: data.columns.length > 2 ? "stacks" : null },
      el("thead", {}, el("tr", {},
        data.columns.map((column, index) => el("th", { scope: "col", class: kind(index) }, explained("span", column.label, column.help))),
        acts ? el("th", {}, el("span", { class: "unseen" }, "Actions")) : null)),
      el("tbody", {}, data.lines.map((line) => el("tr", { class: line.quiet ? "special" : null },
        line.cells.map((cell, index) => el("td", { class: kind(index), "data-label": data.columns[index].label }, index ? cell : explained("span", cell, line.help))),
        acts ? el("td", { class: "acts" }, buttons(line, act)) : null))))) : el("p", { class: "note" }, data.empty),
    ...data.notes.map((note) => el("p", { class: "note" }, note)));
}
