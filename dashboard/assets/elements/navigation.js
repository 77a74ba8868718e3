// The head of each page: name, heading and links. A plain click opens the page without loading everything anew; all else is the browser's.

import { el } from "./dom.js";

function open(event, link) {
  if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (link.current) return;
  // As after the browser's "back": Streamlit's frontend looks at the address and asks for its page.
  history.pushState(null, "", event.currentTarget.href);
  dispatchEvent(new PopStateEvent("popstate"));
}

export function drawNavigation(root, data) {
  const { base, assets } = document.documentElement.dataset;
  const link = (one) => el("a", {
    href: base + one.href, "data-focus": one.title, "aria-current": one.current ? "page" : null, onclick: (event) => open(event, one),
  }, one.title);
  root.replaceChildren(
    el("img", { class: "brand", src: `${assets}icon.svg`, alt: data.links.length ? data.name : "", width: 26, height: 26 }),
    data.links.length ? el("nav", { class: "pages", "aria-label": "Pages" }, data.links.map(link)) : el("strong", {}, data.name),
    el("h1", { class: "unseen" }, data.heading));
  // On a phone there is no room for all: the page that is open stands in the middle, also when its font comes later.
  const pages = root.querySelector(".pages");
  const current = pages?.querySelector("[aria-current]");
  if (!current) return;
  const sizes = new ResizeObserver(() => {
    pages.scrollLeft = current.offsetLeft - pages.offsetLeft - (pages.clientWidth - current.clientWidth) / 2;
  });
  sizes.observe(pages);
  sizes.observe(current);
}
