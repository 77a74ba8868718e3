"""Files of the page are read and compressed once, and kept by browsers."""

import gzip
from pathlib import Path

import httpx
import pytest
from starlette.types import Message

from dashboard.middleware.frontend_files import FrontendFiles

SCRIPT = "export const one = 1;\n" * 1_000


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "a.js").write_text(SCRIPT)
    (tmp_path / "a.woff2").write_bytes(b"font" * 1_000)
    (tmp_path.parent / "secret.txt").write_text("secret")
    return tmp_path


@pytest.fixture
def client(files: FrontendFiles) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(files)
    return httpx.AsyncClient(transport=transport, base_url="http://analytics.example")


@pytest.mark.parametrize("encoding", ["gzip", "identity"])
async def test_file_is_read_once_for_each_encoding(client: httpx.AsyncClient, directory: Path, encoding: str) -> None:
    first = await client.get("/static/a.js", headers={"Accept-Encoding": encoding})
    (directory / "a.js").unlink()
    again = await client.get("/static/a.js", headers={"Accept-Encoding": encoding})
    for answer in (first, again):
        assert answer.text == SCRIPT
        assert answer.headers.get("content-encoding") == (encoding if encoding == "gzip" else None)
        assert answer.headers["cache-control"] == "public, immutable, max-age=31536000"
        assert "javascript" in answer.headers["content-type"]
        assert answer.headers["vary"] == "Accept-Encoding"
    assert again.headers == first.headers
    if encoding == "gzip":
        assert int(first.headers["content-length"]) == len(gzip.compress(SCRIPT.encode()))


async def test_font_is_not_compressed_again(client: httpx.AsyncClient) -> None:
    answer = await client.get("/static/a.woff2", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in answer.headers
    assert answer.headers["content-length"] == "4000"


async def test_browser_that_has_the_file_gets_no_second_copy(client: httpx.AsyncClient) -> None:
    first = await client.get("/static/a.js")
    known = await client.get("/static/a.js", headers={"If-None-Match": first.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert (await client.get("/static/a.js")).text == SCRIPT


async def test_head_has_no_body_and_is_not_kept(client: httpx.AsyncClient) -> None:
    assert (await client.head("/static/a.js")).content == b""
    assert (await client.get("/static/a.js")).text == SCRIPT


@pytest.mark.parametrize("name", ["b.js", "", "../secret.txt", "%2e%2e/secret.txt", "a.js/", "//a.js", "A.js"])
async def test_anything_else_is_404_and_not_to_be_kept(client: httpx.AsyncClient, name: str) -> None:
    for _ in range(2):
        answer = await client.get(f"/static/{name}")
        assert (answer.status_code, "cache-control" in answer.headers) == (404, False)


@pytest.fixture
def files(directory: Path) -> FrontendFiles:
    return FrontendFiles(directory, "/static/")


async def _goes_away() -> Message:
    return {"type": "http.disconnect"}


async def _asked(files: FrontendFiles, name: str) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await files({"type": "http", "method": "GET", "path": f"/static/{name}", "headers": []}, _goes_away, send)
    return sent


async def test_browser_that_goes_away_leaves_no_half_file_for_others(directory: Path) -> None:
    (directory / "large.js").write_text(SCRIPT * 10)
    files = FrontendFiles(directory, "/static/")
    for _ in range(2):
        _, body = await _asked(files, "large.js")
        assert body["body"].decode() == SCRIPT * 10


@pytest.mark.parametrize("name", ["./a.js", "x/../a.js", ".//a.js", "../static/a.js"])
async def test_other_spellings_of_a_name_are_not_kept_beside_it(files: FrontendFiles, name: str) -> None:
    start, _ = await _asked(files, name)
    assert start["status"] == 404


async def test_headers_that_are_added_to_one_answer_are_not_in_the_next(files: FrontendFiles) -> None:
    first, _ = await _asked(files, "a.js")
    before = list(first["headers"])
    first["headers"].append((b"x", b"y"))
    again, _ = await _asked(files, "a.js")
    assert again["headers"] == before
