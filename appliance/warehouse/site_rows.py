"""All rows of one site, in every table: counted, deleted and verified with the means of retention."""

from datetime import date

from appliance.warehouse.client import WriteClient
from appliance.warehouse.retention import STOCKS, Rule, delete_expired, look

_END_OF_TIME = date(2149, 6, 6)
"""The last day that ClickHouse's Date can hold."""


def count_rows(client: WriteClient, site: str) -> dict[str, int]:
    """Rows of a site by table; raises UnavailableError."""
    return {table: report.expired for table, report in look(client, _everything(site)).items()}


def delete_rows(client: WriteClient, site: str) -> dict[str, dict[str, int]]:
    """Delete every row of a site from every part, active, replaced or detached; see `retention.delete_expired`.

    Detached parts go as a whole, whatever sites they hold: nobody reads them.
    """
    return delete_expired(client, _everything(site))


def _everything(site: str) -> list[Rule]:
    return [Rule(kind, _END_OF_TIME, (site,), listed=True) for kind in STOCKS]
