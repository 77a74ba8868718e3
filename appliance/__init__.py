"""Privacy-first web analytics: hits come in, counters over at most two attributes stay."""

__version__ = "0.1.0"
