"""The shapes of the map: every country that can be counted has one, and the file stays small."""

import re
from pathlib import Path

from appliance.stats.contract import country_names

SCRIPT = Path(__file__).parents[4] / "dashboard/assets/elements/world.js"
SHAPE = re.compile(r'^  ([A-Z]{2}): "((?:M[\d.,L hvz-]+)+)",$', re.MULTILINE)
NO_SHAPE = {"AQ", "BQ", "BV", "CC", "GF", "GI", "GP", "MQ", "RE", "SJ", "TK", "TV", "UM", "YT"}
"""Parts of another country in the source, too small for it, or without anybody."""


def test_every_country_has_a_shape_within_the_picture() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    shapes = dict(SHAPE.findall(text))
    assert set(country_names()) - set(shapes) == NO_SHAPE
    height = int(re.search(r"HEIGHT = (\d+);", text)[1])  # type: ignore[index]
    corners = [(float(x), float(y)) for path in shapes.values() for x, y in re.findall(r"([\d.]+),([\d.]+)", path)]
    assert max(x for x, _ in corners) <= 960
    assert max(y for _, y in corners) <= height


def test_the_map_is_small() -> None:
    assert SCRIPT.stat().st_size < 150_000
