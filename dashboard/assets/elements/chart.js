// A line over time with the comparison behind it and what is not over yet dashed; the same as a table below.

import { el, svg } from "./dom.js";
import { csv, save } from "./csv.js";
import { explained, told } from "./tips.js";

const HEIGHT = 250;
const EDGE = { left: 46, right: 14, top: 14, bottom: 26 };
const LABEL_WIDTH = 72;

function path(points, from = 0) {
  let open = false;
  return points.slice(from).map(([x, y]) => {
    if (y === null) { open = false; return ""; }
    const step = `${open ? "L" : "M"}${x.toFixed(1)},${y.toFixed(1)}`;
    open = true;
    return step;
  }).join("");
}

function area(points, bottom) {
  const known = points.filter(([, y]) => y !== null);
  if (known.length < 2) return "";
  return `${path(known)}L${known.at(-1)[0].toFixed(1)},${bottom}L${known[0][0].toFixed(1)},${bottom}Z`;
}

// A stripe under the ground line below each moment that holds days from a log.
function logs(points, x, width) {
  const half = points.length > 1 ? (x(1) - x(0)) / 2 : LABEL_WIDTH / 2;
  return points.map((point, index) => {
    if (!point.fromLog) return null;
    const left = Math.max(EDGE.left, x(index) - half);
    const right = Math.min(width - EDGE.right, x(index) + half);
    return svg("rect", { class: "from-log", x: left, y: HEIGHT - EDGE.bottom, width: right - left, height: 4 });
  });
}

function plot(data, width) {
  const { points, ticks, most } = data;
  const inner = width - EDGE.left - EDGE.right;
  const bottom = HEIGHT - EDGE.bottom;
  const x = (index) => EDGE.left + (points.length > 1 ? (inner * index) / (points.length - 1) : inner / 2);
  const y = (value) => (value === null ? null : bottom - ((bottom - EDGE.top) * value) / most);
  const now = points.map((point, index) => [x(index), y(point.value)]);
  const before = points.map((point, index) => [x(index), y(point.before)]);
  // The last moment is not over: the line to it is dashed.
  const unfinished = points.findIndex((point) => point.partial);
  const solid = unfinished < 0 ? now : now.slice(0, unfinished);
  const every = Math.max(1, Math.ceil((points.length * LABEL_WIDTH) / inner));
  return svg("svg", { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": data.summary },
    ticks.map((tick) => svg("g", { class: "tick" },
      svg("line", { x1: EDGE.left, x2: width - EDGE.right, y1: y(tick.value), y2: y(tick.value) }),
      svg("text", { x: EDGE.left - 8, y: y(tick.value) + 4, "text-anchor": "end" }, tick.text))),
    points.map((point, index) => (index % every ? null
      : svg("text", { class: "moment", x: x(index), y: HEIGHT - 6, "text-anchor": points.length > 1 && index === 0 ? "start" : index > points.length - 1 - every / 3 ? "end" : "middle" }, point.name))),
    svg("path", { class: "before", d: path(before) }),
    svg("path", { class: "area", d: area(now, bottom) }),
    svg("path", { class: "now", d: path(solid) }),
    unfinished >= 0 ? svg("path", { class: "now unfinished", d: path(now.slice(0, unfinished + 1), Math.max(0, unfinished - 1)) }) : null,
    points.length < 3 ? before.map(([left, top]) => (top === null ? null : svg("circle", { class: "dot before", cx: left, cy: top, r: 3.5 }))) : null,
    points.map((point, index) => (now[index][1] !== null && (points.length < 3 || point.partial)
      ? svg("circle", { class: point.partial ? "dot unfinished" : "dot", cx: now[index][0], cy: now[index][1], r: 3.5 }) : null)),
    logs(points, x, width),
    points.map((point, index) => (point.mark ? svg("path", { class: "damaged", d: `M${x(index) - 5},${bottom}l5,-9l5,9Z` }) : null)),
    svg("line", { class: "cursor", y1: EDGE.top, y2: bottom }));
}

function tip(point, data) {
  return [
    el("strong", {}, `${point.long} `, point.partial ? el("em", {}, "so far") : null),
    el("span", {}, `${data.label}: ${point.text}`),
    point.beforeText ? el("span", { class: "then" }, `${point.beforeName}: ${point.beforeText}`) : null,
    point.change ? el("span", { class: "then" }, point.change) : null,
    point.fromLog ? el("span", { class: "then" }, "from a log") : null,
    point.mark ? el("span", { class: "said" }, `▲ ${point.mark}`) : null,
  ].filter(Boolean);
}

function hover(area, data, width) {
  const bubble = el("div", { class: "bubble", hidden: true });
  const inner = width - EDGE.left - EDGE.right;
  const cursor = area.querySelector(".cursor");
  area.onpointermove = (event) => {
    const across = event.clientX - area.getBoundingClientRect().left - EDGE.left;
    const last = data.points.length - 1;
    const index = Math.min(last, Math.max(0, Math.round((across / inner) * last)));
    const at = EDGE.left + (last ? (inner * index) / last : inner / 2);
    cursor.setAttribute("x1", at);
    cursor.setAttribute("x2", at);
    cursor.classList.add("shown");
    bubble.replaceChildren(...tip(data.points[index], data));
    bubble.hidden = false;
    bubble.style.left = `${Math.min(Math.max(at, 90), width - 90)}px`;
  };
  area.onpointerleave = () => {
    bubble.hidden = true;
    cursor.classList.remove("shown");
  };
  area.append(bubble);
}

function asTable(data, memory) {
  const compared = data.points.some((point) => point.beforeText);
  const rows = data.points.filter((point) => point.value !== null);
  const details = el("details", { class: "as-table", open: memory.table },
    el("summary", { "data-focus": "table" }, "Show as table"),
    el("div", { class: "scroll" }, el("table", {},
      el("thead", {}, el("tr", {}, el("th", {}, data.interval), el("th", {}, data.label), compared ? el("th", {}, "Compared with") : null, compared ? el("th", {}, "") : null)),
      el("tbody", {}, rows.map((point) => el("tr", {},
        el("td", {}, point.long, point.partial ? " (so far)" : "", point.fromLog ? " (from a log)" : ""), el("td", {}, point.text, point.mark ? " ▲" : ""),
        compared ? el("td", {}, point.beforeText ?? "") : null, compared ? el("td", {}, point.beforeName ?? "") : null))))));
  details.ontoggle = () => { memory.table = details.open; };
  const download = () => save(data.file, csv([
    [data.interval, data.label, "compared with", "in", "note"],
    ...rows.map((point) => [point.long, point.value, point.beforeName, point.before, [point.partial ? "not over yet" : "", point.fromLog ? "from a log" : "", point.mark].filter(Boolean).join(". ")]),
  ]));
  return el("div", { class: "below" }, details, el("button", { type: "button", class: "quiet", onclick: download }, "CSV"));
}

export function drawChart(root, data, act, memory) {
  const area = el("div", { class: "area-box" });
  root.replaceChildren(
    el("div", { class: "chart-head" },
      el("h2", {}, explained("span", data.title, data.help)),
      el("div", { class: "tabs", role: "group", "aria-label": "Interval" }, data.intervals.map((one) =>
        told(el("button", {
          type: "button", "data-focus": one.id, "aria-pressed": one.id === data.interval ? "true" : "false",
          "aria-disabled": one.why ? "true" : null, onclick: () => one.why || act({ do: "interval", value: one.id }),
        }, one.id), one.why)))),
    area, asTable(data, memory), ...data.notes.map((note) => el("p", { class: "note" }, note)));
  const draw = () => {
    const width = Math.floor(area.clientWidth);
    if (width < 80 || (memory.width === width && area.firstChild)) return;
    memory.width = width;
    area.replaceChildren(plot(data, width));
    hover(area, data, width);
  };
  memory.observer?.disconnect();
  memory.observer = new ResizeObserver(draw);
  memory.observer.observe(area);
  draw();
}
