"""Splits addresses without remembering them.

`urllib.parse.urlsplit` keeps the last 128 texts it saw in a cache for the life of the process: whole addresses of
pages and referrers, with whatever stands in their queries.
"""

import inspect
from collections.abc import Callable
from urllib.parse import SplitResult, urlsplit

split_url: Callable[[str], SplitResult] = inspect.unwrap(urlsplit)
"""`urlsplit` without its cache; raises ValueError like it."""
