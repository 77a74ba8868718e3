/* Counts pageviews without cookies, storage or fingerprints. All it asks this device is whether its owner refuses. */
(function () {
  "use strict";
  var tag = document.currentScript;
  if (!tag) return;
  var site = tag.getAttribute("data-domain") || location.hostname;
  var endpoint = tag.getAttribute("data-api") || new URL("/api/event", tag.src).href;
  var retries = 3;
  var looking = false;
  var lastPath;

  /* In a sandboxed frame even looking for a flag throws: then there is none. */
  function isFlagSet(look) {
    try {
      return look();
    } catch (forbidden) {
      return false;
    }
  }

  function refused() {
    return (
      navigator.globalPrivacyControl ||
      navigator.doNotTrack === "1" ||
      isFlagSet(function () { return localStorage.getItem("cl_optout") === "1"; }) ||
      isFlagSet(function () { return localStorage.getItem("plausible_ignore") === "true"; }) ||
      isFlagSet(function () { return /(^|; )cl_optout=1(;|$)/.test(document.cookie); })
    );
  }

  /* An id for one hit, in memory only: a hit that is sent again under it counts once. */
  function hitId() {
    var random = crypto.getRandomValues(new Uint32Array(4));
    return Array.prototype.map.call(random, function (part) { return part.toString(36); }).join("-");
  }

  /* The caller hears of the first try, because a link may wait for it. */
  function post(body, attempt, callback) {
    function done(result, again) {
      if (again && attempt < retries) setTimeout(post, 2000 * Math.pow(3, attempt), body, attempt + 1);
      if (callback) callback(result);
    }
    fetch(endpoint, {
      method: "POST",
      headers: { "Content-Type": "text/plain" },
      keepalive: true,
      credentials: "omit",
      body: body
    }).then(
      function (response) { done({ status: response.status }, response.status === 429 || response.status >= 500); },
      function (error) { done({ error: error }, true); }
    );
  }

  function send(name, options) {
    options = options || {};
    if (document.prerendering) {
      document.addEventListener("prerenderingchange", function () { send(name, options); }, { once: true });
      return;
    }
    if (refused()) {
      if (options.callback) options.callback();
      return;
    }
    var hit = { n: name, u: options.u || options.url || location.href, d: site, r: document.referrer || null, eid: hitId() };
    if (options.props) hit.p = options.props;
    if (options.interactive === false) hit.i = false;
    post(JSON.stringify(hit), 0, options.callback);
  }

  function pageview() {
    if (!looking || lastPath === location.pathname) return;
    lastPath = location.pathname;
    send("pageview");
  }

  /* A page that is drawn in advance, or opened behind another one, counts when somebody looks at it. */
  function look() {
    if (document.prerendering || document.visibilityState === "hidden") return;
    looking = true;
    pageview();
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
    look();
  });
  document.addEventListener("prerenderingchange", look);
  document.addEventListener("visibilitychange", look);

  ["appliance", "plausible"].forEach(function (name) {
    var before = window[name];
    if (before && typeof before !== "function") return; /* something of the page's own */
    var waiting = (before && before.q) || [];
    window[name] = send;
    waiting.forEach(function (call) { send.apply(null, call); });
  });
  look();
})();
