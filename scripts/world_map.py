"""Draws the countries of the dashboard's map: one SVG path for each, in a script of our own origin.

`python scripts/world_map.py countries-50m.json codes.json` writes dashboard/assets/elements/world.js. Where both files
come from stands in dashboard/assets/ORIGIN.md. Borders are simplified piece by piece, so neighbours stay neighbours.
"""

import json
import math
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

TARGET = Path(__file__).resolve().parents[1] / "dashboard/assets/elements/world.js"
WIDTH = 960
_TOLERANCE = 0.4
"""How far a simplified border may lie from the real one, in units of the picture."""
_DOT = 1.6
"""Half the size of a country that is too small to be seen."""
_SMALLEST = 3.0
"""Area below which a country is a dot."""
_WITHOUT_NUMBER = {"Kosovo": "XK", "Somaliland": "SO", "N. Cyprus": "CY", "Indian Ocean Ter.": "CX"}
"""Shapes that the source keeps apart without a number of ISO 3166-1."""
_LEFT_OUT = {"AQ"}

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796

Point = tuple[float, float]


def project(longitude: float, latitude: float) -> Point:
    """Equal Earth (Šavrič, Patterson and Jenny, 2018): areas keep their proportions."""
    lam, phi = math.radians(longitude - 11), math.radians(latitude)  # 11° E in the middle cuts no country in two
    lam = (lam + math.pi) % (2 * math.pi) - math.pi
    theta = math.asin(math.sqrt(3) / 2 * math.sin(phi))
    squared = theta * theta
    sixth = squared**3
    x = 2 * math.sqrt(3) * lam * math.cos(theta)
    x /= 3 * (9 * _A4 * sixth * squared + 7 * _A3 * sixth + 3 * _A2 * squared + _A1)
    return x, -theta * (_A4 * sixth * squared + _A3 * sixth + _A2 * squared + _A1)


def simplified(points: list[Point], tolerance: float) -> list[Point]:
    """Without the points that lie hardly off the line between others (Douglas and Peucker, 1973)."""
    if len(points) < 3:
        return points
    (x1, y1), (x2, y2) = points[0], points[-1]
    length = math.hypot(x2 - x1, y2 - y1)

    def off(point: Point) -> float:
        if not length:
            return math.hypot(point[0] - x1, point[1] - y1)
        return abs((x2 - x1) * (y1 - point[1]) - (x1 - point[0]) * (y2 - y1)) / length

    far = max(range(1, len(points) - 1), key=lambda index: off(points[index]))
    if off(points[far]) <= tolerance:
        return [points[0], points[-1]]
    return simplified(points[: far + 1], tolerance)[:-1] + simplified(points[far:], tolerance)


def area(ring: list[Point]) -> float:
    """Of a closed ring."""
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


class Drawing:
    """A topology's shapes as paths."""

    def __init__(self, topology: dict[str, Any]) -> None:
        scale, move = topology["transform"]["scale"], topology["transform"]["translate"]
        self._whole = [self._decoded(arc, scale, move) for arc in topology["arcs"]]
        half = project(11 + 179.999, 0)[0]
        self._factor = WIDTH / 2 / half
        self._arcs = [simplified([self._placed(point) for point in arc], _TOLERANCE) for arc in self._whole]

    def _decoded(self, arc: list[list[int]], scale: list[float], move: list[float]) -> list[Point]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * scale[0] + move[0], y * scale[1] + move[1]))
        return points

    def _placed(self, point: Point) -> Point:
        x, y = project(*point)
        return WIDTH / 2 + x * self._factor, y * self._factor

    def rings(self, geometry: dict[str, Any]) -> list[list[Point]]:
        """All rings of a shape, cut where the picture ends at both sides."""
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        return [ring for polygon in polygons for arcs in polygon for ring in self._cut(self._joined(arcs))]

    def _joined(self, arcs: list[int]) -> list[Point]:
        ring: list[Point] = []
        for number in arcs:
            points = self._arcs[number] if number >= 0 else self._arcs[~number][::-1]
            ring += points[1:] if ring else points
        return ring

    def _cut(self, ring: list[Point]) -> list[list[Point]]:
        """A ring that jumps from one side to the other is drawn at both, each closed by itself."""
        if all(abs(one[0] - other[0]) < WIDTH / 2 for one, other in pairwise(ring)):
            return [ring]
        left = [point for point in ring if point[0] < WIDTH / 2]
        right = [point for point in ring if point[0] >= WIDTH / 2]
        return [left, right]


def drawn(topology: dict[str, Any], numbers: dict[str, str]) -> dict[str, list[list[Point]]]:
    """Rings of each country by its code."""
    drawing = Drawing(topology)
    found: dict[str, list[list[Point]]] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        name = geometry["properties"]["name"]
        code = numbers.get(geometry.get("id") or "") or _WITHOUT_NUMBER.get(name, "")
        if code and code not in _LEFT_OUT:
            found.setdefault(code, []).extend(drawing.rings(geometry))
    return found


def path(rings: list[list[Point]]) -> str:
    """One path; a country that is too small to be seen is a square in its middle."""
    largest = max(rings, key=area)
    if sum(map(area, rings)) < _SMALLEST:
        x = sum(point[0] for point in largest) / len(largest)
        y = sum(point[1] for point in largest) / len(largest)
        return f"M{x - _DOT:.1f},{y - _DOT:.1f}h{2 * _DOT}v{2 * _DOT}h{-2 * _DOT}z"
    kept = [ring for ring in rings if ring is largest or area(ring) > 0.4]
    return "".join(map(_ring, kept))


def _ring(ring: list[Point]) -> str:
    steps = [f"{round(x, 1):g},{round(y, 1):g}" for x, y in ring]
    once = [step for index, step in enumerate(steps) if index == 0 or step != steps[index - 1]]
    return f"M{once[0]}L{' '.join(once[1:])}z"


def script(topology: dict[str, Any], codes: list[list[str]]) -> str:
    """The text of world.js."""
    rings = drawn(topology, {number: code for code, _, number, *_ in codes})
    every = [point for shape in rings.values() for ring in shape for point in ring]
    top, bottom = min(y for _, y in every), max(y for _, y in every)
    moved = {code: [[(x, y - top) for x, y in ring] for ring in shape] for code, shape in rings.items()}
    lines = "\n".join(f'  {code}: "{path(moved[code])}",' for code in sorted(moved))
    return (
        "// Made by scripts/world_map.py of Natural Earth's countries (public domain); see ../ORIGIN.md.\n\n"
        f"export const WIDTH = {WIDTH};\nexport const HEIGHT = {math.ceil(bottom - top)};\n"
        f"// By ISO 3166-1 alpha-2.\nexport const SHAPES = {{\n{lines}\n}};\n"
    )


def main(topology: Path, codes: Path) -> None:
    """Write the file and say how large it is."""
    text = script(json.loads(topology.read_text()), json.loads(codes.read_text()))
    TARGET.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{TARGET.name}: {len(text.encode()):,} bytes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
