"""The configuration: one TOML file, read by people, refused loudly when it is wrong.

`load` turns the file into a frozen `Settings`; every section has working defaults. Messages name the key,
the value and what is allowed. Secrets can stand in files of their own (`*_file`).
"""

from appliance.settings.checks import host_port
from appliance.settings.load import load, parse
from appliance.settings.sections import (
    ANY_SITE,
    ApiKeySettings,
    ClickHouseSettings,
    DashboardSettings,
    KeyringSettings,
    LimitSettings,
    PlacesSettings,
    PrivacySettings,
    RedisSettings,
    Relaxation,
    RetentionSettings,
    RoleSettings,
    ServerSettings,
    Settings,
    UserSettings,
    VisitSettings,
)
from appliance.settings.sites import (
    FunnelSettings,
    GoalSettings,
    PropertySettings,
    ShieldSettings,
    SiteRetentionSettings,
    SiteSettings,
    StepSettings,
)

__all__ = [
    "ANY_SITE",
    "ApiKeySettings",
    "ClickHouseSettings",
    "DashboardSettings",
    "FunnelSettings",
    "GoalSettings",
    "KeyringSettings",
    "LimitSettings",
    "PlacesSettings",
    "PrivacySettings",
    "PropertySettings",
    "RedisSettings",
    "Relaxation",
    "RetentionSettings",
    "RoleSettings",
    "ServerSettings",
    "Settings",
    "ShieldSettings",
    "SiteRetentionSettings",
    "SiteSettings",
    "StepSettings",
    "UserSettings",
    "VisitSettings",
    "host_port",
    "load",
    "parse",
]
