"""Numbers that a test can know only within limits, because time passes while it sends."""


class Span:
    """A number known to lie in a range; equal to every number inside."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high

    def __eq__(self, other: object) -> bool:
        return isinstance(other, int | float) and self.low <= other <= self.high

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{self.low}…{self.high}"
