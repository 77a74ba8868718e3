// The world with each country as strongly coloured as it has visitors; a click filters by it. The list beside it says the same in words.

import { svg } from "./dom.js";

const LIGHTEST = 0.16;

function country(code, outline, row, act) {
  const named = row ? svg("title", {}, `${row.name}: ${row.cells[0]}`) : null;
  const shape = svg("path", {
    d: outline, class: row ? "known" : null, "data-code": code,
    onclick: row?.filter ? () => act({ do: "filter", operator: "is", attribute: row.filter.attribute, value: row.filter.value }) : null,
  }, named);
  // A few large countries must not make all others look the same, so it is the root that is drawn.
  if (row) shape.style.fillOpacity = (LIGHTEST + (1 - LIGHTEST) * Math.sqrt(row.share)).toFixed(3);
  return shape;
}

export async function drawMap(box, data, act) {
  // Large, so it is asked for when it is seen.
  const { WIDTH, HEIGHT, SHAPES } = await import("./world.js");
  const rows = new Map(data.rows.map((row) => [row.raw, row]));
  const label = `Map of the world: ${data.columns[1].label.toLowerCase()} by country. The list has the numbers.`;
  // What has no visitors comes first, so that no neighbour's edge lies over what has.
  const order = Object.entries(SHAPES).sort(([one], [other]) => rows.has(one) - rows.has(other));
  box.replaceChildren(svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label },
    order.map(([code, outline]) => country(code, outline, rows.get(code), act))));
}
