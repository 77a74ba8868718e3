"""What cannot be asked by somebody who is locked to filters, such as a reader of a shared link. Pure.

Filters of the lock are joined with every question. Shares and rates of conversion also divide by visitors whom a filter
keeps out, and who divides back knows how many these are.
"""

from collections.abc import Iterable
from typing import Any

from appliance.dimensions import Dimension
from appliance.stats.contract import Metric, Question, TimeDimension
from appliance.stats.filters import Attribute, read_attribute

_GOAL = Attribute(Dimension.GOAL)
_RATES = (Metric.CONVERSION_RATE, Metric.GROUP_CONVERSION_RATE)


def beyond_lock(question: Question, only: Iterable[list[Any]]) -> str:
    """A metric of the question that would tell of visitors outside the lock; empty if there is none.

    Args:
        question: any.
        only: filters of the lock, each of one attribute.

    Raises:
        QueryError: a dimension does not exist.
    """
    locked = {read_attribute(one[1], "filters") for one in only}
    times = TimeDimension.__members__.values()
    rows = {read_attribute(name, "dimensions") for name in question.dimensions if name not in times}
    if Metric.PERCENTAGE in question.metrics and locked & rows:
        return Metric.PERCENTAGE
    return next((metric for metric in _RATES if metric in question.metrics and _GOAL in locked), "")
