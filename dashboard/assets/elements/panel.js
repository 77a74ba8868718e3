// A list of values with bars, tabs above it; a click on a row filters by it.

import { el } from "./dom.js";
import { csv, save } from "./csv.js";
import { drawMap } from "./map.js";
import { explained, told } from "./tips.js";

const SHOWN = 9;
const SHORT = 20;
const NUMBERS = 2;
const BESIDE = 3;
const SEARCH_FROM = 12;
const SEARCH_PAUSE = 300;

function name(row, data, act) {
  if (!row.filter) return [explained("span", row.name, row.help, { class: row.help ? "term name" : "name" })];
  const by = (operator) => () => act({ do: "filter", operator, attribute: row.filter.attribute, value: row.filter.value });
  return [
    told(el("button", { type: "button", class: "name", "data-focus": `is ${row.name}`, title: `Only ${row.name}`, onclick: by("is") }, row.name), row.help),
    el("button", { type: "button", class: "without", "data-focus": `not ${row.name}`, "aria-label": `Without ${row.name}`, title: `Without ${row.name}`, onclick: by("is_not") }, "≠"),
  ];
}

function line(row, data, act, columns) {
  const bar = el("span", { class: "bar" });
  bar.style.width = `${(100 * row.share).toFixed(1)}%`;
  return el("tr", { class: row.special ? "special" : null },
    el("td", {}, bar, el("span", { class: "over" }, ...name(row, data, act))),
    columns.slice(1).map((column) => el("td", {}, row.cells[column.at])));
}

// Further columns have room in the long list only. On a phone a name stands above its numbers where both do not fit.
export function table(data, rows, act, long = false) {
  const columns = data.columns.map((column, index) => ({ ...column, at: index - 1 })).filter((column) => long || !column.wide);
  const crowded = columns.length - 1 > NUMBERS || rows.some((row) => row.name.length > SHORT);
  const drawn = el("table", { "aria-label": data.tab, class: crowded ? "crowded" : null },
    el("thead", {}, el("tr", {}, columns.map((column) => el("th", { scope: "col" }, explained("span", column.label, column.help), column.mark ? el("span", { class: "mark" }, column.mark) : null)))),
    el("tbody", {}, rows.map((row) => line(row, data, act, columns))));
  drawn.style.setProperty("--numbers", Math.min(columns.length - 1, BESIDE));
  return drawn;
}

function file(data) {
  save(data.file, csv([data.columns.map((column) => (column.mark ? `${column.label} (${column.mark})` : column.label)), ...data.rows.map((row) => [row.raw ?? row.name, ...row.numbers])]));
}

function whole(data, act, memory) {
  const list = el("div", { class: "scroll" });
  let asked = 0;
  // Of a longer list the others are asked for; until they come there is what is at hand.
  const ask = (text, after) => {
    clearTimeout(asked);
    if (data.longer || data.search) asked = setTimeout(() => act({ do: "search", value: text }), after);
  };
  const fill = () => {
    const text = memory.search ?? "";
    const wanted = text.toLowerCase();
    const found = text && data.search === text ? data.found : data.rows.filter((row) => row.name.toLowerCase().includes(wanted));
    list.replaceChildren(found.length ? table(data, found, act, true) : el("p", { class: "note" }, "Nothing found."));
  };
  const close = () => { memory.open = false; dialog.close(); };
  const search = el("input", {
    type: "search", placeholder: "Search", "aria-label": `Search ${data.tab}`, value: memory.search ?? "", "data-focus": "search",
    oninput: (event) => { memory.search = event.target.value; fill(); ask(memory.search, SEARCH_PAUSE); },
  });
  search.onfocus = () => search.setSelectionRange(search.value.length, search.value.length);
  const dialog = el("dialog", { class: "drawn whole", "aria-label": data.tab },
    el("div", { class: "panel-head" }, el("h2", {}, data.tab), data.rows.length >= SEARCH_FROM ? search : null,
      el("button", { type: "button", class: "quiet", onclick: () => file(data) }, "CSV"),
      el("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: close }, "×")),
    list, ...data.notes.map((note) => el("p", { class: "note" }, note)));
  dialog.onclose = () => {
    memory.open = false;
    if (data.search) { memory.search = ""; ask("", 0); }
  };
  dialog.onclick = (event) => { if (event.target === dialog) close(); };
  // Hundreds of rows are drawn when somebody wants to see them, not each time that the numbers move.
  return { dialog, open: () => { fill(); memory.open = true; dialog.showModal(); } };
}

function content(data, act) {
  if (data.state === "waiting") return [el("p", { class: "note waiting" }, "…")];
  if (data.why) {
    return [el("div", { class: "why" }, el("p", {}, data.why),
      data.offers.map((offer) => el("button", { type: "button", class: "quiet framed", onclick: () => act(offer.action) }, offer.label)))];
  }
  if (!data.rows.length) return [el("div", { class: "why" }, data.notes.map((note) => el("p", {}, note)))];
  const listed = table(data, data.rows.slice(0, SHOWN), act);
  if (!data.map) return [listed];
  const box = el("div", { class: "map" });
  drawMap(box, data, act);
  return [el("div", { class: "beside" }, box, listed)];
}

// Asks for a card when it comes into sight.
function whenSeen(root, act, memory) {
  memory.observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    memory.observer.disconnect();
    act({ do: "seen" });
  }, { rootMargin: "150px" });
  memory.observer.observe(root);
}

export function drawPanel(root, data, act, memory) {
  memory.observer?.disconnect();
  const waits = data.state === "waiting";
  root.classList.toggle("old", waits && memory.drawn);
  root.setAttribute("aria-busy", waits);
  if (waits) whenSeen(root, act, memory);
  // The list of the view before stays, pale, until this one is there: nothing jumps, and the focus keeps its place.
  if (waits && memory.drawn) return;
  memory.drawn = !waits;
  const tab = (one) => el("button", {
    type: "button", "data-focus": `tab ${one}`, "aria-pressed": one === data.tab ? "true" : "false",
    onclick: () => { memory.open = false; memory.search = ""; memory.observer?.disconnect(); act({ do: "tab", value: one }); },
  }, one);
  const list = data.rows.length ? whole(data, act, memory) : null;
  root.replaceChildren(
    el("div", { class: "panel-head" }, el("h2", {}, data.title), el("div", { class: "tabs", role: "group", "aria-label": data.title }, data.tabs.map(tab))),
    el("div", { class: "panel-body" }, ...content(data, act)),
    el("div", { class: "panel-foot" },
      el("div", {}, data.rows.length ? data.notes.map((note) => el("p", { class: "note" }, note)) : null),
      list ? el("div", { class: "acts" },
        el("button", { type: "button", class: "quiet", "data-focus": "csv", "aria-label": `${data.tab} as CSV`, onclick: () => file(data) }, "CSV"),
        el("button", { type: "button", class: "quiet", "data-focus": "details", onclick: list.open }, data.rows.length > SHOWN ? `All ${data.more}` : "Details")) : null),
    list?.dialog ?? "");
  if (list && memory.open) list.open();
}
