/*
 * Counts pageviews, events and visible time. It stores nothing, reads nothing stored, and asks the browser nothing
 * that tells one visitor from another. What a site can set and call is in docs/tracker.md.
 *
 * `make tracker` builds two files of this: script.full.js of everything, and script.js without the parts between
 * `full:` and `:full`. It also prints their sizes.
 */
(() => {
  const tag = document.currentScript;
  let page, address;
  let visibleSince, engaged, deepest, told;

  /* ---- Options: attributes `data-…` of the tag ---- */
  const options = { ...tag.dataset };

  /* full: and parts of the script's name, as in script.outbound-links.js; and `init`, see at the end */
  const file = tag.src.split("/").pop();
  for (const name of [
    ...Object.keys(options),
    ...file.replace(/-./g, (pair) => pair[1].toUpperCase()).split(".")
  ])
    options[name] ||= !/domain|api/.test(name);
  options.manual ||= /^pa-/.test(file);
  const hashed = () => (options.hash || options.hashBasedRouting ? location.hash : "");
  const here = () => location.pathname + hashed();
  /* :full */

  /* full: ---- Paths by patterns: `*` is anything without a slash, `**` is anything ---- */
  const matching = (patterns, path) =>
    (patterns + "").match(/[^\s,]+/g)?.find((pattern) =>
      path.match(
        `^${pattern.replace(/[^\w*]/g, "\\$&").replace(/\*+/g, (stars) => (stars[1] ? ".*" : "[^/]*"))}/?$`
      )
    );
  const masked = (path) => matching(options.mask, path) || path;
  const excluded = () =>
    matching(options.exclude, here()) || (options.include && !matching(options.include, here()));
  /* :full */

  /* ---- Refusal: the browser's two signals, and `data-off` by which a page holds everything back ---- */
  const refused = () =>
    navigator.globalPrivacyControl ||
    navigator.doNotTrack == 1 ||
    /* full: */ excluded() || /* :full */
    "off" in tag.dataset;

  /* ---- Addresses: of a query only the campaign leaves the browser, of what may be a click id only its name ---- */
  const CAMPAIGN = /[?&]((utm_\w+|ref|source)=[^&]*|(\w*id|epik|napm|tblci|awc|igsh|_hs\w*)=)/gi;
  const cleaned = (url) => {
    let { origin, pathname, search /* full: */, hash /* :full */ } = new URL(url, location);
    /* full: */
    pathname = masked(pathname);
    /* :full */
    return (
      origin +
      pathname +
      (search.match(CAMPAIGN) || []).join("").replace(/./, "?")
      /* full: */ +
      (hashed() && masked(hash.replace(/[?&=].*/, "")))
      /* :full */
    );
  };

  /* ---- Sending ---- */
  const post = (body, attempt, callback) => {
    const done = (answer) => {
      /* Again after 2, 6 and 18 seconds, where that can help. The caller hears of the first try: a link may wait. */
      if (attempt < 3 && (answer.status == 429 || !(answer.status < 500)))
        setTimeout(post, 2000 * 3 ** attempt, body, attempt + 1);
      callback?.(answer);
    };
    /* A string is sent as text/plain: no preflight. Only to the page's own host cookies go along, so that the server
       can drop the hit of a visitor who opted out after this script was cached. */
    fetch(/* full: */ options.endpoint || /* :full */ options.api || new URL("/api/event", tag.src), {
      method: "POST",
      keepalive: true,
      body
    }).then(done, (error) => done({ error }));
  };

  const send = (name, event) => {
    event ||= {};
    if (document.prerendering) return addEventListener("prerenderingchange", () => send(name, event), true);
    const url = event.u || event.url || location.href;
    if (name == "pageview") {
      tellEngagement();
      address = !refused() && url;
      engaged = deepest = told = 0;
    }
    if (refused()) return event.callback?.();
    let hit = {
      n: name,
      d: options.domain || location.hostname,
      u: cleaned(url),
      r: document.referrer.split("/", 3).join("/"),
      w: [1440, 992, 576, 1].find((width) => innerWidth >= width),
      i: event.interactive,
      p: /* full: */ {
        ...(name == "pageview" && described(tag).event),
        ...(options.customProperties?.call ? options.customProperties(name) : options.customProperties),
        ... /* :full */ event.props /* full: */
      } /* :full */,
      $: event.revenue,
      e: event.e,
      sd: event.sd,
      /* full: */
      h: +!!hashed(),
      /* :full */
      /* In memory only: a hit that is sent again under it counts once. */
      eid: Math.random() + "-" + Math.random()
    };
    /* full: */
    if (options.transformRequest && !(hit = options.transformRequest(hit))) return event.callback?.();
    /* :full */
    post(JSON.stringify(hit), 0, event.callback);
  };

  /* ---- Visible time and scroll depth ---- */
  const tellEngagement = () => {
    const depth = Math.round((deepest / document.documentElement.scrollHeight) * 100);
    if (address && (depth > told || engaged >= 3000)) {
      send("engagement", { u: address, e: engaged, sd: (told = depth) });
      engaged = 0;
    }
  };
  const measureDepth = () => {
    deepest = Math.max(deepest, scrollY + innerHeight);
  };

  /* ---- Pageviews: a page counts when somebody looks at it, not while it is hidden or drawn in advance ---- */
  const look = (event) => {
    const now = Date.now();
    engaged += visibleSince ? now - visibleSince : 0;
    visibleSince = !document.hidden && document.hasFocus() && now;
    measureDepth();
    if (!visibleSince) tellEngagement();
    /* A page that comes back from the browser's cache is looked at again. */
    if (event.persisted) page = 0;
    const path = location.pathname /* full: */ + hashed() /* :full */;
    if (!document.hidden && page != path /* full: */ && !options.manual /* :full */) {
      page = path;
      send("pageview");
      /* full: ---- Missing pages ---- */
      if (options[404]) send("404", { props: { path: masked(location.pathname) } });
      options[404] = 0;
      /* :full */
    }
  };

  for (const method of ["pushState", "replaceState"]) {
    const original = history[method];
    history[method] = (...state) => {
      original.apply(history, state);
      look(state);
    };
  }
  for (const type of [
    "popstate",
    /* full: */
    "hashchange",
    /* :full */
    "pageshow",
    "prerenderingchange",
    "visibilitychange",
    "blur",
    "focus"
  ])
    addEventListener(type, look, true);
  addEventListener("scroll", measureDepth, true);

  /* full: ---- Tagged elements: attributes data-event="Name", data-event-plan="pro", data-revenue-amount="5", or
     Plausible's classes plausible-event-name=Name ---- */
  const described = (element) => {
    const found = { event: {} };
    for (const text of [
      ...[...element.attributes].map(({ name, value }) => name + "=" + value),
      ...[...element.classList].map((name) => name.replace(/\+/g, " "))
    ]) {
      const [, kind, key = "name", value] = text.match(/^(?:\w+-)?(event|revenue)(?:-(.+?))?(?:=|--)(.*)/) || [];
      if (kind) (found[kind] ||= {})[key] = value;
    }
    return found;
  };

  /* ---- Clicks on tagged elements, files and links to other hosts; forms ---- */
  const FILES = "pdf,doc*,xls*,ppt*,od*,csv,txt,rtf,epub,zip,gz,rar,7z,exe,dmg,pkg,apk,mp*,wav,avi,mov";
  const act = ({ target, type, button }) => {
    if (button > 1 || !target.closest) return;
    const isForm = type == "submit";
    const tagged = options.taggedEvents && target.closest("[data-event],[class*=plausible-event-name]");
    const link = target.closest("a");
    const files = options.fileDownloads;
    if (tagged && tagged.matches("form") == isForm) {
      const {
        event: { name, ...props },
        revenue
      } = described(tagged);
      send(name, { props, revenue });
    } else if (isForm) {
      if (options.formSubmissions) send("Form: Submission", { props: { path: masked(location.pathname) } });
    } else if (link?.host) {
      const name =
        files &&
        matching(String(files.fileExtensions || files).replace("true", FILES).replace(/[^,]+/g, "**.$&"), link.pathname)
          ? "File Download"
          : options.outboundLinks && link.host != location.host && "Outbound Link: Click";
      if (name) send(name, { props: { url: link.origin + masked(link.pathname) } });
    }
  };
  for (const type of ["click", "auxclick", "submit"]) addEventListener(type, act, true);

  /* ---- Options by call: `appliance.init({…})`, under Plausible's names ---- */
  send.init = (given = {}) => {
    Object.assign(options, { manual: given.autoCapturePageviews === false }, given);
    look(tag);
  };
  /* :full */

  /* ---- Names, with the calls that were made before the script came ---- */
  for (const name of ["appliance", "plausible"]) {
    const { call, q, /* full: */ o /* :full */ } = window[name] || send;
    if (!call) continue; /* something of the page's own */
    window[name] = send;
    /* full: */
    if (o) send.init(o);
    /* :full */
    q?.forEach((early) => send(...early));
  }
  look(tag);
})();
