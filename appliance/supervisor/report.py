"""`appliance check`: what a configuration means, in words, and `ok`. Nothing is started, made or written."""

from urllib.parse import urlsplit

from appliance.anonymize.place_file import PlaceFile, PlaceFileError
from appliance.errors import StartError
from appliance.settings import Settings, SiteRetentionSettings
from appliance.supervisor import redis_server
from appliance.supervisor.health import url
from appliance.supervisor.parts.places_watch import OLD_DAYS, age


def report(settings: Settings, now: float) -> str:
    """Some lines for the operator; the last one is `ok`.

    Args:
        settings: what is to be reported.
        now: seconds since 1970, for the age of a database.
    """
    server = settings.server
    lines = [
        ("data", str(settings.data_dir)),
        ("keys", f"{settings.runtime_dir} ({'a disk is allowed' if settings.keyring.allow_disk else 'tmpfs only'})"),
        ("ingest", url(server.listen)),
        ("stats API", url(server.stats_listen)),
        ("dashboard", url(server.dashboard_listen)),
        ("Redis", _redis(settings)),
        ("ClickHouse", _clickhouse(settings)),
        ("visits end", f"after {settings.visits.timeout_seconds // 60} minutes without an event"),
        ("places", _places(settings, now)),
        ("hidden", f"values that nobody declared, below {settings.privacy.k} visitors a day"),
        ("kept", _kept(settings)),
        *(("site", f"{site.id} (time zone {site.timezone}; {', '.join(site.hostnames)})") for site in settings.sites),
        *(
            ("user", f"{user.name} ({role}; sites: {', '.join(sites)})")
            for user in settings.users
            for role, sites in user.all_roles
        ),
        *(("API key", f"{key.name} (sites: {', '.join(key.sites)})") for key in settings.api_keys),
    ]
    lines += [("sitemap", f"{site.sitemap} (of {site.id})") for site in settings.sites if site.sitemap]
    if server.trusted_proxies:
        lines.append(("proxies", ", ".join(server.trusted_proxies)))
    if settings.test_clock_file:
        lines.append(("test clock", f"{settings.test_clock_file}: never in production"))
    if not settings.sites:
        lines.append(("note", "no [[sites]]: every hit will be refused"))
    if not settings.users:
        lines.append(("note", "no [[users]]: nobody can log in to the dashboard"))
    return "".join(f"{name:<11} {text}\n" for name, text in lines) + "ok\n"


def _kept(settings: Settings) -> str:
    """The limits that hold for every site without its own."""
    limits = settings.retention
    others = sum(site.retention != SiteRetentionSettings() for site in settings.sites)
    return (
        f"totals {limits.hour_totals}, days {limits.day_cells}, outcomes {limits.outcomes}, evidence {limits.evidence}"
        + (f"; other limits at {others} of {len(settings.sites)} sites" if others else "")
    )


def _redis(settings: Settings) -> str:
    if not redis_server.is_embedded(settings):
        return f"{_without_password(settings.redis.url)} (external)"
    try:
        program = redis_server.find()
    except StartError as error:
        return f"embedded, but {error}"
    major, minor = program.version
    return f"embedded ({program.path}, version {major}.{minor}, {settings.redis.maxmemory_mb} MB)"


def _clickhouse(settings: Settings) -> str:
    if settings.clickhouse.url == "embedded":
        return "embedded (chDB)"
    return f"{_without_password(settings.clickhouse.url)} (external)"


def _places(settings: Settings, now: float) -> str:
    path = settings.place_database
    if path is None:
        return "countries by a table of the appliance"
    try:
        file = PlaceFile(path)
    except PlaceFileError as error:
        return f"{path} {error}: countries by a table of the appliance, no regions and cities"
    built, days = age(file.built, now)
    old = ", which is old" if days > OLD_DAYS else ""
    return f"{path} ({file.kind} of {built}, {days} days ago{old}), up to: {settings.privacy.place}"


def _without_password(address: str) -> str:
    """Scheme, host and path; credentials and query stay out."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
