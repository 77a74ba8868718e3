"""ClickHouse's HTTP interface over the embedded engine, as far as clickhouse-connect needs it. For tests only.

No current ClickHouse server can be installed where the tests run, so this program stands in for one: it holds chDB in a
process of its own and speaks to the real client library. Engine, SQL, settings, parameters, formats and error codes are
ClickHouse's own; what is imitated is the transport. See https://clickhouse.com/docs/interfaces/http.

`POST /faults` with a JSON object makes it misbehave, see `Faults`.
"""

import argparse
import base64
import gzip
import re
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import chdb
import lz4.frame
import msgspec
import uvicorn
from backports import zstd
from chdb._exceptions import ChdbError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from appliance.warehouse.embedded import ENGINE_OPTIONS

_INSERT = re.compile(rb"\s*(INSERT\s+INTO\s[^\n]*?)\sFORMAT\s+(\w+)\n", re.IGNORECASE)
_WRITE = re.compile(rb"\s*(INSERT|ALTER|CREATE|DROP|TRUNCATE|OPTIMIZE)\b", re.IGNORECASE)
_FORMAT = re.compile(r"\bFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
_RESULT = re.compile(r"\s*(SELECT|WITH|SHOW|DESCRIBE|EXISTS)\b", re.IGNORECASE)
_CODE = re.compile(r"Code: (\d+)")
_NAME = re.compile(r"[a-z_][a-z0-9_]*", re.IGNORECASE)
_TRANSPORT = frozenset(
    {
        "query",
        "database",
        "query_id",
        "enable_http_compression",
        "wait_end_of_query",
        "client_protocol_version",
        "send_progress_in_http_headers",
        "http_headers_progress_interval_ms",
        "cancel_http_readonly_queries_on_client_close",
    }
)
"""What the transport takes for itself and the engine does not know."""
_PACK = {"lz4": lz4.frame.compress, "zstd": zstd.compress, "gzip": gzip.compress}
_UNPACK = {"lz4": lz4.frame.decompress, "zstd": zstd.decompress, "gzip": gzip.decompress}


class Faults(msgspec.Struct):
    """What goes wrong with statements that change something."""

    read_only: bool = False
    """The engine itself refuses them."""
    disk_full: bool = False
    """They are refused as ClickHouse refuses them then; the engine does not see them."""
    wait_seconds: float = 0.0
    """They wait so long before they run."""
    late_seconds: float = 0.0
    """They run at once and are answered so much later."""
    lost_answers: int = 0
    """So many of them run, and then the connection is cut without an answer."""
    seen: int = 0
    """Those that came since the last `POST /faults`."""


class Statement(NamedTuple):
    """One request."""

    sql: str
    rows: bytes
    format: str
    """Of the rows of an insert; empty if there are none."""
    parameters: Mapping[str, str]
    settings: Mapping[str, str]

    @property
    def writes(self) -> bool:
        """Whether it changes something."""
        return bool(_WRITE.match(self.sql.encode()))


class Front:
    """The endpoints. Each statement has a connection of its own, as settings of a request are for that request only."""

    def __init__(self, directory: Path, authorization: str) -> None:
        self._place = f"{directory}?{urlencode(ENGINE_OPTIONS)}"
        self._open = chdb.connect(self._place)  # the engine lives as long as this one
        self._authorization = authorization
        self.faults = Faults()

    async def set_faults(self, request: Request) -> Response:
        """Misbehave from now on; answers with what was before."""
        before, self.faults = self.faults, msgspec.json.decode(await request.body(), type=Faults)
        return Response(msgspec.json.encode(before), media_type="application/json")

    async def run(self, request: Request) -> Response:
        """Run a statement."""
        if request.headers.get("authorization", "") != self._authorization:
            return _refused("Code: 516. DB::Exception: Authentication failed. (AUTHENTICATION_FAILED)", 403)
        statement = await _read(request)
        answer = await run_in_threadpool(self._answer, statement)
        if statement.writes and self.faults.lost_answers:
            self.faults.lost_answers -= 1
            request.scope["cut"]()
        if isinstance(answer, str):
            return _refused(answer, 500)
        headers = {"X-ClickHouse-Timezone": "UTC", "X-ClickHouse-Server-Display-Name": "front"}
        if named := _FORMAT.search(statement.sql):
            headers["X-ClickHouse-Format"] = named[1]
        elif _RESULT.match(statement.sql):
            headers["X-ClickHouse-Format"] = "TabSeparated"
        accepted = request.headers.get("accept-encoding", "").replace(" ", "").split(",")
        packing = next((name for name in accepted if name in _PACK), "")
        if packing and request.query_params.get("enable_http_compression") == "1":
            headers["Content-Encoding"] = packing
            answer = _PACK[packing](answer)
        return Response(answer, headers=headers, media_type="application/octet-stream")

    def _answer(self, statement: Statement) -> bytes | str:
        """The result, or the message of the engine's error."""
        settings = dict(statement.settings)
        faults = self.faults
        if statement.writes:
            faults.seen += 1
            time.sleep(faults.wait_seconds)
            if faults.disk_full:
                return "Code: 243. DB::Exception: Cannot reserve 1.00 MiB, not enough space. (NOT_ENOUGH_SPACE)"
            if faults.read_only:
                settings["readonly"] = "1"
        connection = chdb.connect(self._place)
        try:
            if settings:
                connection.query(f"SET {_assignments(settings)}")
            return _execute(connection, statement)
        except ChdbError as error:
            return str(error)
        finally:
            connection.close()
            if statement.writes:
                time.sleep(faults.late_seconds)


def _execute(connection: Any, statement: Statement) -> bytes:
    parameters = dict(statement.parameters)
    if not statement.format:
        return bytes(connection.query(statement.sql, "TabSeparated", params=parameters).bytes())
    with tempfile.NamedTemporaryFile(dir="/dev/shm") as rows:
        rows.write(statement.rows)
        rows.flush()
        sql = f"{statement.sql} FROM INFILE '{rows.name}' FORMAT {statement.format}"
        return bytes(connection.query(sql, "TabSeparated", params=parameters).bytes())


async def _read(request: Request) -> Statement:
    asked = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form() as form:
            asked |= {name: str(value) for name, value in form.items()}
        body = b""
    else:
        body = await request.body()
        if packing := request.headers.get("content-encoding"):
            body = _UNPACK[packing](body)
    if query := asked.get("query", "").encode():
        body = query + b"\n" + body
    insert = _INSERT.match(body)
    return Statement(
        (insert[1] if insert else body).decode().rstrip("\n"),
        body[insert.end() :] if insert else b"",
        insert[2].decode() if insert else "",
        {name.removeprefix("param_"): value for name, value in asked.items() if name.startswith("param_")},
        {name: value for name, value in asked.items() if name not in _TRANSPORT and not name.startswith("param_")},
    )


def _assignments(settings: Mapping[str, str]) -> str:
    """`readonly` comes last: nothing can be set after it."""
    ordered = sorted(settings.items(), key=lambda setting: setting[0] == "readonly")
    assert all(_NAME.fullmatch(name) for name, _ in ordered)
    return ", ".join(f"{name} = {_quoted(value)}" for name, value in ordered)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _refused(message: str, status: int) -> Response:
    code = _CODE.search(message)
    return PlainTextResponse(message, status, {"X-ClickHouse-Exception-Code": code[1] if code else "1002"})


class _Cuttable:
    """Lets an endpoint cut its connection: uvicorn's `send` belongs to the connection's cycle."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope["cut"] = send.__self__.transport.abort
        await self._app(scope, receive, send)


async def _ping(_request: Request) -> Response:
    return PlainTextResponse("Ok.\n")


def main() -> None:
    """Serve until SIGTERM."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("directory", type=Path)
    arguments.add_argument("port", type=int)
    arguments.add_argument("--user", default="default")
    arguments.add_argument("--password", default="")
    arguments.add_argument("--certificate", help="PEM file with private key and certificate")
    given = arguments.parse_args()
    token = base64.b64encode(f"{given.user}:{given.password}".encode()).decode()
    front = Front(given.directory, f"Basic {token}")
    routes = [
        Route("/ping", _ping),
        Route("/faults", front.set_faults, methods=["POST"]),
        Route("/", front.run, methods=["GET", "POST"]),
    ]
    uvicorn.run(
        _Cuttable(Starlette(routes=routes)),
        host="127.0.0.1",
        port=given.port,
        log_config=None,
        access_log=False,
        ssl_certfile=given.certificate,
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
