// The element of dashboard/element.py: draws what it is told as JSON and tells what the reader did.

import { drawBars } from "./bars.js";
import { drawChart } from "./chart.js";
import { drawChips } from "./chips.js";
import { drawCurrent } from "./current.js";
import { drawFiles } from "./files.js";
import { drawHeadline } from "./headline.js";
import { drawNavigation } from "./navigation.js";
import { drawNow } from "./now.js";
import { drawPanel } from "./panel.js";
import { drawSheet } from "./sheet.js";
import { drawTable } from "./table.js";
import { settle } from "./tips.js";
import { take } from "./turns.js";

const drawings = {
  bars: drawBars, chart: drawChart, chips: drawChips, current: drawCurrent, files: drawFiles, headline: drawHeadline, navigation: drawNavigation, now: drawNow, panel: drawPanel, sheet: drawSheet, table: drawTable,
};
const drawn = new WeakMap();

function focusName() {
  return document.activeElement?.getAttribute?.("data-focus") ?? null;
}

export default function element({ data, parentElement, setTriggerValue }) {
  const text = new TextDecoder().decode(data);
  let state = drawn.get(parentElement);
  if (!state) {
    const root = document.createElement("div");
    parentElement.append(root);
    state = { root, text: null, memory: {} };
    drawn.set(parentElement, state);
  }
  state.send = (action) => setTriggerValue("action", action);
  // Numbers are asked for again every few seconds; what has not changed stays as it is.
  if (state.text === text) return;
  const focused = state.root.contains(document.activeElement) ? focusName() : null;
  state.text = text;
  const described = JSON.parse(text);
  state.root.className = `drawn drawn-${described.kind}`;
  drawings[described.kind](state.root, described, (action) => take(state, action, () => state.send(action)), state.memory);
  settle();
  if (focused) state.root.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
}
