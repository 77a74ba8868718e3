"""Current visitors per site: an integer that the worker writes and the stats API reads. It expires in a minute."""

from collections.abc import Collection
from typing import Any

from appliance.state import names
from appliance.state.connection import Client, translated

_LIFE_SECONDS = 60


def put_current_visitors(client: Client, counts: dict[str, int]) -> None:
    """Write the current visitors of all sites."""
    with translated():
        pipeline = client.pipeline(transaction=False)
        for site, visitors in counts.items():
            pipeline.set(names.live(site), visitors, ex=_LIFE_SECONDS)
        pipeline.execute()


def current_visitors(client: Client, site: str) -> int:
    """Distinct visitors with an event in the last five minutes; 0 when the worker has not said lately."""
    with translated():
        value: Any = client.get(names.live(site))
    return int(value) if value else 0


def current_of_all(client: Client, sites: Collection[str]) -> dict[str, int]:
    """The same for several sites."""
    if not sites:
        return {}
    with translated():
        values: Any = client.mget([names.live(site) for site in sites])
    return {site: int(value) if value else 0 for site, value in zip(sites, values, strict=True)}
