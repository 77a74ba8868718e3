/* Served to a device that keeps the opt-out cookie: nothing is counted, calls of the page work and are answered. */
(() => {
  for (const name of ["appliance", "plausible"]) {
    const before = window[name] || Object;
    if (!before.call) continue; /* something of the page's own */
    const ignore = (_, event) => event?.callback?.();
    ignore.init = () => {};
    window[name] = ignore;
    before.q?.forEach((early) => ignore(...early));
  }
})();
