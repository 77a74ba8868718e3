"""The only door to ClickHouse: a client that writes and a reader that cannot.

`[clickhouse] url = "embedded"` opens chDB in `data_dir/clickhouse` inside this process; an `http(s)://` DSN talks to a
server with the same SQL. Values travel as Native blocks or bound parameters, never in query text. Errors come out as
UnavailableError with a code and without any value.

Threads: a chDB connection runs one call at a time, so each object here locks its own connections and may be shared;
`Reader` holds several, so that many questions at a time are answered as connections become free.
"""

import io
import queue
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import clickhouse_connect
from clickhouse_connect import common
from clickhouse_connect.driver import options
from clickhouse_connect.driver.exceptions import ClickHouseError, DataError

from appliance.errors import RejectedError, UnavailableError
from appliance.settings import ClickHouseSettings, Settings
from appliance.warehouse.embedded import ENGINE_OPTIONS, prepare, refusal
from appliance.warehouse.guard import check_select

# The library would import pandas at the first insert: 43 MB for nothing (measured, clickhouse-connect 1.12).
options.pd = None
options.pd_time_test = None
common.set_setting("send_os_user", False)

_QUIET = {"log_queries": 0, "log_query_threads": 0, "log_profile_events": 0}
_WRITE_SETTINGS: dict[str, Any] = {
    **_QUIET,
    "max_memory_usage": 400_000_000,
    # One thread, so that a repeated batch makes the same blocks in the same order under its token.
    "max_threads": 1,
    "max_insert_threads": 1,
    "parallel_view_processing": 0,
    # Views have summed up already and left out what adds nothing; doing it again takes a quarter of an insert.
    "optimize_on_insert": 0,
    "async_insert": 0,
    "deduplicate_blocks_in_dependent_materialized_views": 1,
    "max_partitions_per_insert_block": 0,
    "mutations_sync": 2,
    "alter_sync": 2,
}
_READ_SETTINGS: dict[str, Any] = {
    **_QUIET,
    "max_execution_time": 10,
    "max_memory_usage": 200_000_000,
    "max_result_rows": 1_000_000,
    "max_threads": 2,
    "use_uncompressed_cache": 0,
    "readonly": 1,  # last: nothing can be set after it
}
_REASONS = {
    159: "it took too long",
    160: "it would take too long",
    164: "the connection may only read",
    241: "it needs too much memory",
    243: "the disk is full",
    396: "the answer is too long",
}

_UNFIT = (DataError, TypeError, ValueError, AttributeError, OverflowError)
"""What the library raises for values that do not fit their types, before it sends anything."""
_NEVER = {
    6: "CANNOT_PARSE_TEXT",
    27: "CANNOT_PARSE_INPUT_ASSERTION_FAILED",
    38: "CANNOT_PARSE_DATE",
    43: "ILLEGAL_TYPE_OF_ARGUMENT",
    53: "TYPE_MISMATCH",
    69: "ARGUMENT_OUT_OF_BOUND",
    70: "CANNOT_CONVERT_TYPE",
    128: "TOO_LARGE_ARRAY_SIZE",
    131: "TOO_LARGE_STRING_SIZE",
    153: "ILLEGAL_DIVISION",
    190: "SIZES_OF_ARRAYS_DONT_MATCH",
    321: "VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE",
    349: "CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN",
    407: "DECIMAL_OVERFLOW",
    691: "UNKNOWN_ELEMENT_OF_ENUM",
}
"""Errors that say something of the rows alone; codes and names as in ClickHouse's src/Common/ErrorCodes.cpp."""
_STILL_COUNTED = frozenset({"visit_facts", "event_facts", "pair_facts", "outcomes"})
"""Tables that hits are counted in: an insert changes nothing of a closed day."""

Columns = Mapping[str, Sequence[Any]]
"""Values of each column of an insert, in the order of the rows."""


class Answer(NamedTuple):
    """Rows of a question, with the names of their columns; embedded ClickHouse names none if there is no row."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]


class WriteClient:
    """Full access, for the writer, the migrations and the close. Safe to share between threads."""

    def __init__(self, client: Any, *, is_embedded: bool = True) -> None:
        self._client = client
        self._changes = 0
        self._counting = threading.Lock()
        self._inserting = threading.Lock()
        self.is_embedded = is_embedded
        """No insert goes on in the engine after `insert` has returned or failed."""

    @property
    def changes(self) -> int:
        """Grows when anything begins to change, has changed or failed to, beside what hits are counted in.

        What was read while it stayed the same is what would be read again.
        """
        return self._changes

    def command(self, sql: str, parameters: Mapping[str, Any] | None = None, token: str = "") -> None:
        """Run one statement without a result.

        Args:
            token: under which an INSERT of ours counts once, if it always makes the same block.

        Raises:
            UnavailableError: ClickHouse refused or is away.
        """
        with self._changing(), _translated("run a statement"):
            settings = {"insert_deduplication_token": token} if token else None
            self._client.command(sql, parameters=dict(parameters or {}), settings=settings)

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Answer:
        """Answer one question with bound parameters; raises UnavailableError."""
        with _translated("answer a question"):
            return _answer(self._client, sql, parameters)

    def query_columns(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Sequence[Sequence[Any]]:
        """Answer a question with long columns, one sequence each; none if there is no row. Raises UnavailableError."""
        with _translated("answer a question"):
            return _columns(self._client, sql, parameters)

    def insert(self, table: str, types: Mapping[str, str], columns: Columns, token: str) -> None:
        """Insert columns as one Native batch that counts once, however often it is repeated under its token.

        Args:
            types: ClickHouse type of each column, so that no round trip asks for them.

        Raises:
            UnavailableError: it is unknown whether the batch is in; repeat it under the same token.
            RejectedError: it can never get in; nothing of it is in unless it was sent.
        """
        try:
            with self._inserting, self._changing() if table not in _STILL_COUNTED else nullcontext():
                self._client.insert(
                    table,
                    [columns[name] for name in types],
                    column_names=list(types),
                    column_type_names=list(types.values()),
                    column_oriented=True,
                    settings={"insert_deduplication_token": token},
                )
        except _UNFIT as error:
            raise RejectedError(f"rows for {table} do not fit ({type(error).__name__})", was_sent=False) from None
        except ClickHouseError as error:
            if (code := getattr(error, "code", None)) in _NEVER:
                raise RejectedError(f"ClickHouse refuses rows for {table} ({_NEVER[code]})", was_sent=True) from None
            raise _unavailable(f"take rows for {table}", error) from None

    @contextmanager
    def no_inserts(self) -> Iterator[None]:
        """No other thread inserts anything meanwhile; neither does this one."""
        with self._inserting:
            yield

    def read_blocks(self, sql: str, parameters: Mapping[str, Any]) -> bytes:
        """Answer one question as Native blocks, which `insert_blocks` takes; raises UnavailableError."""
        with _translated("answer a question"):
            return bytes(self._client.raw_query(sql, parameters=dict(parameters), fmt="Native"))

    def insert_blocks(self, table: str, blocks: bytes) -> None:
        """Insert Native blocks, equal ones too: every call adds them.

        Raises:
            UnavailableError: they may be in all the same.
        """
        # As a stream: the library sends `bytes` once more when a connection breaks before the answer.
        stream = io.BytesIO(blocks)
        # ClickHouse 26 pays no heed to insert_deduplicate = 0, and older ones do not know its successor.
        settings = {"insert_deduplication_token": secrets.token_hex(16)}
        with self._changing(), _translated(f"take rows for {table}"):
            self._client.raw_insert(table, insert_block=stream, fmt="Native", settings=settings)

    def close(self) -> None:
        """Close the connection; the last one of an embedded engine stops the engine."""
        self._client.close()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        self._count_change()
        try:
            yield
        finally:
            self._count_change()

    def _count_change(self) -> None:
        with self._counting:
            self._changes += 1


class Reader:
    """Questions only: one SELECT at a time per connection, values bound, time and memory limited."""

    def __init__(self, clients: Sequence[Any]) -> None:
        self._clients = list(clients)
        self._free: queue.LifoQueue[Any] = queue.LifoQueue()
        for client in clients:
            self._free.put(client)

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Answer:
        """Answer one SELECT; waits for a free connection.

        Args:
            sql: text of our own, with a placeholder `{name:Type}` for every value.

        Raises:
            QueryError: the text is more than a SELECT, or a value has no placeholder.
            UnavailableError: ClickHouse is away, or the question exceeds its limits.
        """
        with self._client(sql, parameters) as client:
            return _answer(client, sql, parameters)

    def query_columns(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Sequence[Sequence[Any]]:
        """As `query`, with one sequence for each column; none if there is no row."""
        with self._client(sql, parameters) as client:
            return _columns(client, sql, parameters)

    def close(self) -> None:
        """Close the connections; call it when nothing asks any more."""
        for client in self._clients:
            client.close()

    @contextmanager
    def _client(self, sql: str, parameters: Mapping[str, Any] | None) -> Iterator[Any]:
        check_select(sql, parameters or ())
        client = self._free.get()
        try:
            with _translated("answer a question"):
                yield client
        finally:
            self._free.put(client)


def open_writer(settings: Settings) -> WriteClient:
    """Open ClickHouse for writing.

    Raises:
        StartError: the embedded engine's directory is unusable or in use.
        UnavailableError: the server does not answer.
    """
    if not _is_server(settings):
        prepare(engine_directory(settings))
    return WriteClient(_connect(settings, _WRITE_SETTINGS), is_embedded=not _is_server(settings))


def open_reader(settings: Settings, connections: int = 2) -> Reader:
    """Open ClickHouse for questions; raises as `open_writer`."""
    return Reader([_connect(settings, _READ_SETTINGS) for _ in range(connections)])


def engine_directory(settings: Settings) -> Path:
    """Where the embedded engine keeps its parts: below the data directory, or what `chdb:///directory` names."""
    url = settings.clickhouse.url
    return settings.data_dir / "clickhouse" if url == "embedded" else Path(urlsplit(url).path)


def _is_server(settings: Settings) -> bool:
    return settings.clickhouse.url.startswith(("http://", "https://"))


def _connect(settings: Settings, session: Mapping[str, Any]) -> Any:
    quiet: dict[str, Any] = {"settings": dict(session), "show_clickhouse_errors": False}
    if _is_server(settings):
        return _connect_server(settings.clickhouse, quiet)
    directory = engine_directory(settings)
    try:
        return clickhouse_connect.get_client(
            interface="chdb", path=str(directory), chdb_options=ENGINE_OPTIONS, **quiet
        )
    except ClickHouseError:
        raise refusal(directory) from None


def _connect_server(server: ClickHouseSettings, quiet: Mapping[str, Any]) -> Any:
    with _translated("open a connection"):
        return clickhouse_connect.get_client(
            dsn=server.url,
            interface=urlsplit(server.url).scheme,  # of a DSN alone the library would take https:// for http://
            ca_cert=server.ca_file or None,
            connect_timeout=min(10, server.timeout_seconds),
            send_receive_timeout=server.timeout_seconds,
            autogenerate_session_id=False,
            **quiet,
        )


def _answer(client: Any, sql: str, parameters: Mapping[str, Any] | None) -> Answer:
    result = client.query(sql, parameters=dict(parameters or {}))
    return Answer(tuple(result.column_names), result.result_rows)


def _columns(client: Any, sql: str, parameters: Mapping[str, Any] | None) -> Sequence[Sequence[Any]]:
    return list(client.query(sql, parameters=dict(parameters or {})).result_columns)


@contextmanager
def _translated(doing: str) -> Iterator[None]:
    try:
        yield
    except ClickHouseError as error:
        raise _unavailable(doing, error) from None


def _unavailable(doing: str, error: ClickHouseError) -> UnavailableError:
    code = getattr(error, "code", None)
    reason = _REASONS.get(code or 0, "it refused or is away")
    return UnavailableError(f"ClickHouse could not {doing}: {reason} (code {code})")
