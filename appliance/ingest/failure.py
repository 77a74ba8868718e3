"""An error that nobody foresaw: answered 500, logged as a type and a place, never with a value: it may be personal."""

import logging
from pathlib import PurePath

from appliance.ingest import answers
from appliance.ingest.answers import Answer

_log = logging.getLogger(__name__)


def failed(error: Exception) -> Answer:
    """Log the error; its answer."""
    _log.error("request_failed", extra={"error": type(error).__name__, "at": where(error)})
    return answers.FAILED


def where(error: Exception) -> str:
    """File and line of an error: all that may be logged of it."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is None:
        return ""
    return f"{PurePath(traceback.tb_frame.f_code.co_filename).name}:{traceback.tb_lineno}"
