// Bars over time, each of several parts on top of each other; the same as a table below.

import { el, svg } from "./dom.js";
import { csv, save } from "./csv.js";
import { explained } from "./tips.js";

const EDGE = { left: 46, right: 8, top: 10, bottom: 24 };
const LABEL_WIDTH = 72;

function plot(data, width) {
  const { height } = data;
  const inner = width - EDGE.left - EDGE.right;
  const bottom = height - EDGE.bottom;
  const step = inner / Math.max(1, data.bars.length);
  const y = (value) => bottom - ((bottom - EDGE.top) * value) / data.most;
  const every = Math.max(1, Math.ceil(LABEL_WIDTH / step));
  return svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": data.summary },
    data.ticks.map((tick) => svg("g", { class: "tick" },
      svg("line", { x1: EDGE.left, x2: width - EDGE.right, y1: y(tick.value), y2: y(tick.value) }),
      svg("text", { x: EDGE.left - 8, y: y(tick.value) + 4, "text-anchor": "end" }, tick.text))),
    data.bars.map((bar, index) => {
      let below = 0;
      return svg("g", { class: "bar-group" },
        svg("title", {}, [bar.long, ...data.parts.map((part, at) => `${part}: ${bar.texts[at]}`)].join("\n")),
        svg("rect", { class: "catch", x: EDGE.left + index * step, y: EDGE.top, width: step, height: bottom - EDGE.top }),
        bar.values.map((value, at) => {
          const top = y(below + value);
          const size = y(below) - top;
          below += value;
          return value ? svg("rect", { class: `part part-${at}`, x: EDGE.left + index * step + step * 0.12, y: top, width: step * 0.76, height: Math.max(size, 1), rx: 1.5 }) : null;
        }),
        index % every ? null : svg("text", { class: "moment", x: EDGE.left + (index + 0.5) * step, y: height - 6, "text-anchor": "middle" }, bar.name));
    }));
}

function asTable(data, memory) {
  const details = el("details", { class: "as-table", open: memory.table },
    el("summary", { "data-focus": "table" }, "Show as table"),
    el("div", { class: "scroll" }, el("table", { "aria-label": data.title },
      el("thead", {}, el("tr", {}, el("th", {}, data.label), data.parts.map((part) => el("th", {}, part)))),
      el("tbody", {}, data.bars.map((bar) => el("tr", {}, el("td", {}, bar.long), bar.texts.map((text) => el("td", {}, text))))))));
  details.ontoggle = () => { memory.table = details.open; };
  const download = () => save(data.file, csv([[data.label, ...data.parts], ...data.bars.map((bar) => [bar.long, ...bar.values])]));
  return el("div", { class: "below" }, details, el("button", { type: "button", class: "quiet", onclick: download }, "CSV"));
}

export function drawBars(root, data, act, memory) {
  const area = el("div", { class: "area-box bars-box" });
  area.style.minHeight = `${data.height}px`;
  root.replaceChildren(
    el("div", { class: "chart-head" }, el("h2", {}, explained("span", data.title, data.help)),
      data.parts.length > 1 ? el("div", { class: "legend" }, data.parts.map((part, at) => el("span", {}, el("i", { class: `part-${at}` }), explained("span", part, data.helps[at])))) : null),
    area, asTable(data, memory), ...data.notes.map((note) => el("p", { class: "note" }, note)));
  memory.width = 0;
  const draw = () => {
    const width = Math.floor(area.clientWidth);
    if (width < 80 || memory.width === width) return;
    memory.width = width;
    area.replaceChildren(plot(data, width));
  };
  memory.observer?.disconnect();
  memory.observer = new ResizeObserver(draw);
  memory.observer.observe(area);
  draw();
}
