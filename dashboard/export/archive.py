"""Makes the file of everything: a ZIP with a table for each list of the report, and a text about them."""

import io
import time
import zipfile
from collections.abc import Callable

from dashboard.client import StatsClient, StatsRefusedError, Table
from dashboard.export.contents import Planned, Written, planned, readme
from dashboard.panels import Kind
from dashboard.view import View

MOST_SECONDS = 60.0
MOST_BYTES = 50_000_000
"""Of all tables together before they are compressed."""


class TooMuchError(Exception):
    """The file would take too long or be too large. The text is for the reader."""


def archive(client: StatsClient, view: View, now: float, clock: Callable[[], float] = time.monotonic) -> bytes:
    """The file.

    Args:
        client: asks for the reader.
        view: what is looked at.
        now: seconds since 1970.
        clock: seconds, to stop in time.

    Raises:
        TooMuchError: a shorter period may do.
        StatsAwayError: the stats API did not answer.
    """
    end = clock() + MOST_SECONDS
    left = MOST_BYTES
    written = []
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        for one in planned(view):
            if clock() > end:
                raise TooMuchError(f"This takes longer than {MOST_SECONDS:.0f} seconds. Choose a shorter period.")
            if one.why_not:
                written.append(Written(one, why_not=one.why_not))
                continue
            try:
                table = _table(client, view, one)
            except StatsRefusedError as error:
                written.append(Written(one, why_not=f"the stats API cannot answer this: {error}"))
                continue
            left -= len(table.content)
            if left < 0:
                raise TooMuchError(f"This is more than {MOST_BYTES // 1_000_000} MB. Choose a shorter period.")
            written.append(Written(one, table.meta))
            zipped.writestr(one.name, table.content)
        zipped.writestr("README.txt", readme(view, written, now))
    return file.getvalue()


def _table(client: StatsClient, view: View, one: Planned) -> Table:
    if one.question is not None:
        return client.table(one.question)
    if one.kind is Kind.FUNNEL:
        return client.funnels_table(view.site.id, view.period.named)
    return client.transitions_table(view.site.id, view.period.named)
