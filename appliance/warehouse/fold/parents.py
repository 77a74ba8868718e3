"""Values that imply another one: a version its family, a region its country. Pure.

Their pairs with a third attribute are parts of the parent's pair, which is public too. That a city implies its region
cannot be told from its name, so that link is not used.
"""

from collections.abc import Container

from appliance.dimensions import Dimension

PARENT: dict[Dimension, Dimension] = {
    Dimension.BROWSER_VERSION: Dimension.BROWSER,
    Dimension.OS_VERSION: Dimension.OS,
    Dimension.REGION: Dimension.COUNTRY,
}
"""The dimension that a value of the first one implies a value of."""


def parent(dimension: Dimension, value: str, of_parents: Container[str]) -> str:
    """The value of the parent dimension; a version that is not known is the family itself.

    >>> parent(Dimension.BROWSER_VERSION, "Chrome 126", {"Chrome"}), parent(Dimension.REGION, "DE-BE", {"DE"})
    ('Chrome', 'DE')
    """
    if value in of_parents:
        return value
    return value.partition("-")[0] if dimension is Dimension.REGION else value.rpartition(" ")[0]
