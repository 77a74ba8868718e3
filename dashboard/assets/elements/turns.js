// What elements tell the server leaves one by one: Streamlit runs one fragment for what leaves at once, and of one
// element it keeps only what came last.

const PAUSE = 40;
const MOST = 2000;
const CHANGES = new Set(["filter", "remove", "clear"]);

let turns = [];
let heldFor = null;
let sentAt = -PAUSE;
let timer = null;

// While a filter is on its way into the address cards wait: what they send has the address of before.
function isHeld() {
  return heldFor && heldFor.address === location.search && performance.now() < heldFor.until;
}

function next() {
  clearTimeout(timer);
  if (!turns.length) return;
  const wait = sentAt + PAUSE - performance.now();
  if (wait > 0 || (turns[0].isCard && isHeld())) {
    timer = setTimeout(next, Math.max(wait, PAUSE / 4));
    return;
  }
  sentAt = performance.now();
  turns.shift().send();
  next();
}

// What the reader does goes before cards that have come into sight, and a tab asks for its card by itself.
export function take(element, action, send) {
  const isCard = action.do === "seen";
  if (CHANGES.has(action.do)) heldFor = { address: location.search, until: performance.now() + MOST };
  if (action.do === "tab") turns = turns.filter((one) => !one.isCard || one.element !== element);
  const at = isCard ? -1 : turns.findIndex((one) => one.isCard);
  turns.splice(at < 0 ? turns.length : at, 0, { element, isCard, send });
  next();
}
