"""The sections of the configuration file, with working defaults. The sentence below a key is its documentation.

Types and ranges are checked while the file is decoded; what needs more than that is checked in `checks`.
"""

import hashlib
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from appliance.settings.sites import ShieldSettings, SiteSettings
from appliance.settings.strict import Strict

ANY_SITE = "*"
"""In a list of sites: all of them."""


class ServerSettings(Strict, frozen=True):
    """`[server]`: addresses, the data directory and the proxies whose headers are believed."""

    listen: str = "127.0.0.1:8000"
    """Ingest, to which the tag sends its hits: `host:port`."""
    stats_listen: str = "127.0.0.1:8001"
    """Stats API: `host:port`."""
    dashboard_listen: str = "127.0.0.1:8501"
    """Dashboard: `host:port`."""
    metrics_listen: str = ""
    """Metrics of all parts for Prometheus: `host:port` on loopback, such as `127.0.0.1:9464`. Empty: none are shown."""
    data_dir: str = "data"
    """Directory of counters, queue and evidence. A relative path starts at the configuration file."""
    trusted_proxies: tuple[str, ...] = ()
    """Networks (CIDR) whose `X-Forwarded-For` is read, right to left. Empty: the peer's address counts."""
    test_clock_file: str = ""
    """Tests only: file with a number of seconds that every process adds to its clock."""


class LimitSettings(Strict, frozen=True):
    """`[limits]`: protection against floods. The defaults are far above what people do."""

    enabled: bool = True
    """Whether the limits on networks and on hits per second apply. The others always do."""
    network_hits_per_second: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 100
    """Of one network, /24 or /48, in the long run. Behind it may be a whole mobile carrier's gateway."""
    network_burst: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 1000
    """Of one network at once."""
    network_visitors_per_day: Annotated[int, msgspec.Meta(ge=100, le=10_000_000)] = 5000
    """New visitors of one network, each counted once for every site it visits. Hits of further ones are dropped."""
    site_hits_per_second: Annotated[int, msgspec.Meta(ge=1, le=100_000)] = 5000
    """Of one site, in the long run."""
    site_burst: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = 20_000
    """Of one site at once."""
    visitor_hits_per_day: Annotated[int, msgspec.Meta(ge=100, le=1_000_000)] = 10_000
    """Of one visitor at one site."""
    page_values_per_day: Annotated[int, msgspec.Meta(ge=100, le=100_000)] = 10_000
    """Different pages of one site; further ones are counted as `(other)`. Pages declared one by one always count."""
    other_values_per_day: Annotated[int, msgspec.Meta(ge=100, le=100_000)] = 2000
    """Different values of each other attribute: sources, referrers, campaigns, event names, properties, cities."""


class VisitSettings(Strict, frozen=True):
    """`[visits]`: when a visit ends."""

    timeout_seconds: Annotated[int, msgspec.Meta(ge=1500, le=14_400)] = 1800
    """A gap longer than this ends a visit. At least 25 minutes, so that a day has at most 60 visits."""


class RedisSettings(Strict, frozen=True):
    """`[redis]`: the queue and the profiles."""

    url: str = "embedded"
    """`embedded`, or `redis://`, `rediss://` for TLS, `unix://`; `rediss://user:password@host:6379/0`."""
    ca_file: str = ""
    """PEM file of the authority that signed the certificate behind `rediss://`; empty: those the machine trusts."""
    shards: Annotated[int, msgspec.Meta(ge=1, le=64)] = 4
    """Parts into which visitors are split."""
    maxmemory_mb: Annotated[int, msgspec.Meta(ge=32, le=65_536)] = 256
    """Memory of the embedded Redis. When it is full, ingest answers 503; nothing is evicted."""


class ClickHouseSettings(Strict, frozen=True):
    """`[clickhouse]`: the counters."""

    url: str = "embedded"
    """`embedded`, or the DSN of a server: `http://user:password@host:8123/database`, or `https://`."""
    ca_file: str = ""
    """PEM file of the authority that signed the certificate behind `https://`; empty: those the machine trusts."""
    timeout_seconds: Annotated[int, msgspec.Meta(ge=2, le=3600)] = 120
    """How long a server may take to answer. An insert without an answer is sent again and counts once."""
    kept_reads_mb: Annotated[int, msgspec.Meta(ge=0, le=4096)] = 48
    """Memory for what was read of closed days, so that the next question need not read it again. 0: nothing is kept."""


class KeyringSettings(Strict, frozen=True):
    """`[keyring]`: where the key of the day lives. Never on a disk."""

    directory: str = ""
    """Directory on tmpfs; empty: one per data directory below /run/appliance or /dev/shm."""
    allow_disk: bool = False
    """Accept a directory that is not on tmpfs. Needs `reason`, which every privacy report shows."""
    reason: str = ""
    """Why keys may touch a disk here, in words for the data protection officer."""


class Relaxation(Strict, frozen=True):
    """`[[privacy.relaxations]]`: why a default was relaxed, who approved it, and when it is looked at again."""

    setting: str
    """The relaxed key, for instance `privacy.referrer_path`."""
    reason: str
    """Why, in words for the data protection officer."""
    approved_by: str
    """Who decided it."""
    review_by: str
    """Day on which the decision is looked at again, `YYYY-MM-DD`."""


class PrivacySettings(Strict, frozen=True):
    """`[privacy]`: what is counted at all, and the threshold below which values that nobody declared stay hidden."""

    k: Annotated[int, msgspec.Meta(ge=5, le=1000)] = 5
    """A value that is not admitted is shown from this many visitors a day on."""
    place: Literal["none", "country", "region", "city"] = "city"
    """The finest place that is counted. Regions and cities need a database of cities as well."""
    language: bool = True
    """Count the primary language of the browser (`de`, not `de-AT`)."""
    screen: bool = True
    """Count the width class of the window: Mobile, Tablet, Laptop or Desktop."""
    referrer_path: bool = False
    """Count the redacted path of the referrer with its host. Relaxes a default: needs an entry in
    `privacy.relaxations`."""
    relaxations: tuple[Relaxation, ...] = ()
    """One entry for each relaxed default."""


class PlacesSettings(Strict, frozen=True):
    """`[places]`: a database of networks and places that you provide."""

    database: str = ""
    """File in MaxMind's format (.mmdb): GeoLite2 or GeoIP2 City or Country, DB-IP City or Country. It may be replaced
    while the appliance runs. Empty, or not usable: countries by a table of the appliance, no regions and cities."""


class RetentionSettings(Strict, frozen=True):
    """`[retention]`: how long data are kept, in `days` or `months`. What is older is deleted every night."""

    hour_totals: str = "25 months"
    """Numbers of a whole site, by hour. `day_cells` and `month_cells`, which are
    parts of them, may not be kept longer. At most 25 months, as the CNIL's recommendation 2020-092 of 17 September 2020
    (article 5) says; the same cap holds for all counters."""
    day_cells: str = "25 months"
    """Numbers of pages, sources, countries and so on, by day."""
    month_cells: str = "25 months"
    """Numbers of the same that were too small for a day, by month; a month counts from its first day."""
    carry: str = "2 months"
    """Numbers that wait for the end of their month and that no answer shows; a month counts from its first day. At
    most 3 months."""
    outcomes: str = "13 months"
    """How many hits were counted, and how many refused and why, by hour. At most 25 months."""
    evidence: str = "60 months"
    """The log that proves what was deleted: names of sites, days and totals of deleted rows. At least as long as
    every other kind, at most 120 months."""


class ApiKeySettings(Strict, frozen=True):
    """`[[api_keys]]`: a bearer key of the stats API, which reads and changes nothing. The key itself never stands in
    the configuration."""

    name: str
    """Who uses the key; for people only."""
    sha256: str = ""
    """SHA-256 of the key, 64 hex digits; or `key_file`."""
    key_file: str = ""
    """File whose first line is the key."""
    sites: tuple[str, ...] = (ANY_SITE,)
    """Site ids that the key opens; `*` for all."""

    def may_read(self, site: str) -> bool:
        """Whether the key opens this site."""
        return ANY_SITE in self.sites or site in self.sites


class DashboardSettings(Strict, frozen=True):
    """`[dashboard]`: how long a login lasts, and where shared links may be shown."""

    session_hours: Annotated[int, msgspec.Meta(ge=1, le=8760)] = 168
    """A login ends after this time, whatever happened meanwhile."""
    idle_hours: Annotated[int, msgspec.Meta(ge=1, le=8760)] = 24
    """A login ends after this time without use. A page that only refreshes itself is not used."""
    embed_origins: tuple[str, ...] = ()
    """Origins such as `https://www.example.org` whose pages may show shared links in a frame. Empty: none."""


RoleName = Literal["owner", "viewer", "dpo"]


class RoleSettings(Strict, frozen=True):
    """`[[users.roles]]`: what somebody is for further sites."""

    role: RoleName
    """As `role` of the user."""
    sites: tuple[str, ...]
    """Site ids; `*` for all."""


class UserSettings(Strict, frozen=True):
    """`[[users]]`: somebody who may log in to the dashboard."""

    name: str
    """Name at the login."""
    password_hash: str = ""
    """Argon2id hash as `appliance hash-password` prints it; or `password_hash_file`."""
    password_hash_file: str = ""
    """File whose first line is the hash."""
    role: RoleName = "viewer"
    """`viewer`: sees the numbers. `owner`: everything, also shared links and logins of others. `dpo`: what is kept, how
    long, and the evidence, and no number of visitors."""
    sites: tuple[str, ...] = (ANY_SITE,)
    """Site ids for which the user has this role; `*` for all."""
    roles: tuple[RoleSettings, ...] = ()
    """What the user is for further sites."""

    @property
    def all_roles(self) -> tuple[tuple[RoleName, tuple[str, ...]], ...]:
        """Each role with its sites."""
        return ((self.role, self.sites), *((one.role, one.sites) for one in self.roles))


class Settings(Strict, frozen=True):
    """The whole configuration, checked; `*_file` secrets are already read."""

    server: ServerSettings = ServerSettings()
    limits: LimitSettings = LimitSettings()
    visits: VisitSettings = VisitSettings()
    redis: RedisSettings = RedisSettings()
    clickhouse: ClickHouseSettings = ClickHouseSettings()
    keyring: KeyringSettings = KeyringSettings()
    privacy: PrivacySettings = PrivacySettings()
    places: PlacesSettings = PlacesSettings()
    retention: RetentionSettings = RetentionSettings()
    shields: ShieldSettings = ShieldSettings()
    sites: tuple[SiteSettings, ...] = ()
    api_keys: tuple[ApiKeySettings, ...] = ()
    users: tuple[UserSettings, ...] = ()
    dashboard: DashboardSettings = DashboardSettings()

    def site(self, site_id: str) -> SiteSettings | None:
        """The site with this id, if configured."""
        return next((site for site in self.sites if site.id == site_id), None)

    @property
    def data_dir(self) -> Path:
        """Absolute data directory."""
        return Path(self.server.data_dir)

    @property
    def place_database(self) -> Path | None:
        """Absolute path of the operator's place database, None without one."""
        return Path(self.places.database) if self.places.database else None

    @property
    def test_clock_file(self) -> Path | None:
        """Absolute path of the test clock file, None in production."""
        return Path(self.server.test_clock_file) if self.server.test_clock_file else None

    @property
    def runtime_dir(self) -> Path:
        """Directory on tmpfs for key pages, sockets and temporary files; one per data directory."""
        if self.keyring.directory:
            return Path(self.keyring.directory)
        label = hashlib.sha256(str(self.data_dir).encode()).hexdigest()[:12]
        run = Path("/run/appliance")
        return (run if run.is_dir() else Path("/dev/shm/appliance")) / label  # noqa: S108  tmpfs on purpose
