/* Counts pageviews without cookies, storage or fingerprints. Its questions to this device: the refusal signals. */
(function () {
  "use strict";
  var tag = document.currentScript;
  if (!tag) return;
  var site = tag.getAttribute("data-domain") || location.hostname;
  var endpoint = tag.getAttribute("data-api") || new URL("/api/event", tag.src).href;
  var waiting = (window.plausible && window.plausible.q) || [];
  var lastPath;

  function refused() {
    if (navigator.globalPrivacyControl || navigator.doNotTrack === "1") return true;
    if (/(?:^|; )cl_optout=1(?:;|$)/.test(document.cookie)) return true;
    try {
      return localStorage.getItem("cl_optout") === "1" || localStorage.getItem("plausible_ignore") === "true";
    } catch (blocked) {
      return false;
    }
  }

  /* An id for one hit, in memory only: a hit that is sent again under it counts once. */
  function hitId() {
    var random = crypto.getRandomValues(new Uint32Array(4));
    return Array.prototype.map.call(random, function (part) { return part.toString(36); }).join("-");
  }

  function post(body, triesLeft, callback) {
    function again() {
      if (triesLeft > 0) setTimeout(post, 2000, body, triesLeft - 1, callback);
    }
    fetch(endpoint, {
      method: "POST",
      headers: { "Content-Type": "text/plain" },
      keepalive: true,
      credentials: "omit",
      body: body
    }).then(function (response) {
      if (response.status === 429 || response.status >= 500) again();
      else if (callback) callback({ status: response.status });
    }, again);
  }

  function send(name, options) {
    if (refused()) return;
    options = options || {};
    var hit = { n: name, u: options.u || options.url || location.href, d: site, r: document.referrer || null, eid: hitId() };
    if (options.props) hit.p = options.props;
    if (options.interactive === false) hit.i = false;
    post(JSON.stringify(hit), 3, options.callback);
  }

  function pageview() {
    if (lastPath === location.pathname) return;
    lastPath = location.pathname;
    send("pageview");
  }

  /* Single-page applications change the address without loading a page. */
  ["pushState", "replaceState"].forEach(function (method) {
    var original = history[method];
    history[method] = function () {
      original.apply(this, arguments);
      pageview();
    };
  });
  addEventListener("popstate", pageview);
  /* A page taken back from the browser's cache is looked at again. */
  addEventListener("pageshow", function (event) {
    if (!event.persisted) return;
    lastPath = undefined;
    pageview();
  });

  window.plausible = send;
  waiting.forEach(function (call) { send.apply(null, call); });

  /* A page drawn in advance counts when somebody looks at it. */
  if (document.prerendering) document.addEventListener("prerenderingchange", pageview, { once: true });
  else pageview();
})();
