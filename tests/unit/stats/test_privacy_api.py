"""Privacy facts: for who has the right to them, about their sites only, and never numbers of visitors."""

from collections.abc import Iterable
from typing import Any

import pytest
from starlette.applications import Starlette

from appliance.settings import ApiKeySettings, Settings, SiteSettings
from appliance.stats.api_keys import ApiKeys
from appliance.stats.grants import Grant, Granted, Grants, Right, signed
from appliance.stats.privacy_api import PrivacyApi
from appliance.stats.privacy_contract import CHAIN_PATH, EVIDENCE_PATH, PRIVACY_PATH, ChainVerdict
from appliance.stats.readers import Readers
from appliance.stats.replies import REFUSALS
from dashboard.rights import RIGHTS, Role
from tests.kit.asgi_client import AsgiClient
from tests.kit.privacy_facts import privacy_facts

PATHS = (PRIVACY_PATH, CHAIN_PATH, EVIDENCE_PATH)
KEY, NOW = "grant key", 1_795_455_000.0
HASH_OF_A = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
"""SHA-256 of `a`."""
SETTINGS = Settings(
    sites=(SiteSettings(id="a.example"), SiteSettings(id="b.example")),
    api_keys=(ApiKeySettings(name="one", sha256=HASH_OF_A, sites=("a.example",)),),
)


class Api:
    """The routes alone, and for which sites they asked."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        readers = Readers(ApiKeys(SETTINGS, "own"), Grants(KEY, lambda: NOW))
        api = PrivacyApi(SETTINGS, readers, self._facts, lambda: ChainVerdict(3, None, "h"), self._lines)
        self.client = AsgiClient(Starlette(routes=api.routes(), exception_handlers=REFUSALS))

    def _facts(self, sites: Any) -> Any:
        self.asked.append(sites)
        return privacy_facts(NOW)

    def _lines(self, sites: Any) -> Iterable[bytes]:
        self.asked.append(sites)
        return [b"{}", b"[]"]

    def ask(self, path: str, token: str, method: str = "GET") -> Any:
        return self.client.request(method, path, headers={"Authorization": f"Bearer {token}"} if token else {})


@pytest.fixture
def api() -> Api:
    return Api()


def _grant(rights: frozenset[Right], *sites: str) -> str:
    return signed(Grant("x", (Granted(rights, sites),), NOW + 60), KEY)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("role", Role)
def test_owners_and_officers_hear_of_their_sites_and_viewers_of_none(api: Api, role: Role, path: str) -> None:
    allowed = role is not Role.VIEWER
    assert api.ask(path, _grant(RIGHTS[role], "b.example")).status_code == (200 if allowed else 403)
    assert api.ask(path, _grant(RIGHTS[role], "*")).status_code == (200 if allowed else 403)
    expected = [["b.example"], None] if allowed and path != CHAIN_PATH else []
    assert api.asked == expected


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("key", "status"), [("", 401), ("wrong", 401), ("a", 403), ("own", 200)])
def test_keys_need_every_site(api: Api, path: str, key: str, status: int) -> None:
    assert api.ask(path, key).status_code == status


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_changed(api: Api, path: str, method: str) -> None:
    assert api.ask(path, _grant(frozenset(Right), "*"), method).status_code == 405


def test_an_unknown_site_gives_no_right(api: Api) -> None:
    assert api.ask(PRIVACY_PATH, _grant(frozenset(Right), "gone.example")).status_code == 403


def test_evidence_comes_line_by_line(api: Api) -> None:
    assert api.ask(EVIDENCE_PATH, "own").text == "{}\n[]\n"
