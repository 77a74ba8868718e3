"""`appliance site remove` and `appliance site reset`: erase a site while the appliance is stopped.

Stopped, because events, open visits and facts of all sites are on their way together while it runs.
"""

import contextlib

from appliance.errors import StartError
from appliance.privacy.site_erasure import Held, SiteErasure
from appliance.settings import Settings
from appliance.stats.shown_pairs import FILE, ShownPairs
from appliance.supervisor.parts.links import end_links_of
from appliance.supervisor.parts.stopped import stopped_appliance


def remove(settings: Settings, site: str, *, really: bool) -> str:
    """Erase a site that is not configured any more; returns what to tell the operator.

    Raises:
        ApplianceError: still configured, the appliance runs, or not all of it is gone.
    """
    if settings.site(site) is not None:
        raise StartError(
            f"site '{site}' is still configured, so it would begin anew; take its section out of the configuration "
            "first, or use 'appliance site reset'"
        )
    erased = _erase(settings, site, really=really)
    ended = end_links_of(settings, site) if really else 0
    return erased + (f"shared links that were ended: {ended}\n" if ended else "")


def reset(settings: Settings, site: str, *, really: bool) -> str:
    """Erase what is kept of a configured site, which begins anew; see `remove`."""
    if settings.site(site) is None:
        raise StartError(f"there is no site '{site}' in the configuration")
    return _erase(settings, site, really=really)


def _erase(settings: Settings, site: str, *, really: bool) -> str:
    with stopped_appliance("site", settings) as it:
        erasure = SiteErasure(site, settings.redis.shards, it.counters, it.redis, it.keys, it.evidence, it.clock)
        if not really:
            return _listed(site, erasure.held(), "would be erased; nothing was changed, --yes does it")
        erased = erasure.erase(it.count_facts)
        with contextlib.closing(ShownPairs(settings.runtime_dir / FILE)) as shown:
            shown.forget(site)
        return _listed(site, erased, "were erased")


def _listed(site: str, found: Held, what: str) -> str:
    if found.is_empty:
        return f"nothing is kept of site '{site}'\n"
    counts = {**{f"rows of {table}": rows for table, rows in found.rows.items()}, **found.redis, "keys": found.keys}
    lines = [f"{count:>12}  {name}" for name, count in counts.items() if count]
    return "\n".join([f"of site '{site}' {what}:", *lines]) + "\n"
