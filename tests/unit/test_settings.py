"""The configuration is refused loudly: key, value and what is allowed."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import SettingsError
from appliance.settings import host_port, load, parse
from tests.kit.certificates import make_certificate

HASH = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2g"

RELAXED = {
    "setting": "privacy.referrer_path",
    "reason": "partners",
    "approved_by": "Jo",
    "review_by": "2027-01-01",
}


def site(**fields: Any) -> dict[str, Any]:
    return {"sites": [{"id": "a"} | fields]}


def test_empty_configuration_has_working_defaults(tmp_path: Path) -> None:
    settings = parse({}, base=tmp_path)
    assert settings.data_dir == tmp_path / "data"
    assert settings.redis.url == settings.clickhouse.url == "embedded"
    assert settings.server.trusted_proxies == ()


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        pytest.param({"server": {"listn": "x"}}, ["server", "listn"], id="unknown key"),
        pytest.param({"sever": {}}, ["unknown section", "sever"], id="unknown section"),
        pytest.param({"server": {"listen": "8000"}}, ["server.listen", "8000", "host:port"], id="no port"),
        pytest.param(
            {"server": {"metrics_listen": "0.0.0.0:9464"}}, ["metrics_listen", "only this machine"], id="open"
        ),
        pytest.param({"server": {"metrics_listen": "metrics.example:1"}}, ["metrics_listen"], id="metrics elsewhere"),
        pytest.param({"server": {"listen": "h:70000"}}, ["65535"], id="port out of range"),
        pytest.param({"visits": {"timeout_seconds": 60}}, ["visits.timeout_seconds", "60", "1500"], id="timeout"),
        pytest.param({"privacy": {"k": 1}}, ["privacy.k", "1", "5"], id="threshold of one"),
        pytest.param({"server": {"trusted_proxies": ["0.0.0.0/0"]}}, ["trusts everybody"], id="everybody"),
        pytest.param({"server": {"trusted_proxies": ["proxy"]}}, ["trusted_proxies", "proxy"], id="no network"),
        pytest.param({"redis": {"url": "http://user:pw@host"}}, ["redis.url", "'http'"], id="redis scheme"),
        pytest.param({"clickhouse": {"url": "x://y"}}, ["clickhouse.url", "'x'"], id="clickhouse scheme"),
        pytest.param({"keyring": {"allow_disk": True}}, ["allow_disk", "reason"], id="disk without reason"),
        pytest.param({"sites": [{"id": "a b"}]}, ["sites.id", "a b"], id="site id"),
        pytest.param({"sites": [{}]}, ["sites[0]", "id"], id="site without id"),
        pytest.param({"sites": [{"id": "a"}, {"id": "a"}]}, ["sites.id", "twice"], id="site twice"),
        pytest.param({"sites": [{"id": "www.a"}, {"id": "a"}]}, ["www.", "'a'", "twice"], id="site twice by www."),
        pytest.param({"sites": [{"id": "a", "timezone": "Mars/X"}]}, ["timezone", "Mars/X"], id="zone"),
        pytest.param({"sites": [{"id": "a", "hostnames": ["http://a"]}]}, ["hostnames", "http://a"], id="host"),
        pytest.param({"sites": [{"id": "a", "pages": ["blog/*"]}]}, ["pages", "blog/*", "/"], id="page"),
        pytest.param({"shields": {"addresses": ["office"]}}, ["shields", "addresses", "office"], id="shield"),
        pytest.param({"shields": {"countries": ["de"]}}, ["countries", "'de'", "capital"], id="shielded country"),
        pytest.param({"shields": {"pages": ["x"]}}, ["shields", "pages", "'x'"], id="shielded page"),
        pytest.param({"shields": {"hostnames": ["*.a/b"]}}, ["hostnames", "*.a/b"], id="shielded host"),
        pytest.param(site(shields={"addresses": ["x"]}), ["shields of site 'a'", "'x'"], id="shield of a site"),
        pytest.param(site(funnels=[{"name": "f", "steps": [{"page": "/"}]}]), ["funnels", "steps"], id="one step"),
        pytest.param(
            site(funnels=[{"name": "f", "steps": [{"page": "/"}, {}]}]), ["'f'", "exactly one"], id="empty step"
        ),
        pytest.param(
            site(funnels=[{"name": "f", "steps": [{"page": "/"}, {"page": "x"}]}]), ["'x'", "start with /"], id="path"
        ),
        pytest.param(
            site(funnels=[{"name": "f", "steps": [{"page": "/"}, {"event": "e"}]}] * 2), ["'f'", "twice"], id="same"
        ),
        pytest.param(
            site(funnels=[{"name": " ", "steps": [{"page": "/"}, {"event": "e"}]}]), ["funnels", "1 to"], id="no name"
        ),
        pytest.param(
            site(funnels=[{"name": f"f{n}", "steps": [{"page": "/"}, {"event": "e"}]} for n in range(21)]),
            ["funnels", "20 at most"],
            id="too many",
        ),
        pytest.param(site(properties=[{"key": "form"}]), ["properties", "'form'", "by itself"], id="our key"),
        pytest.param(site(goals=[{"name": "g"}]), ["goals of site 'a'", "event and page"], id="empty goal"),
        pytest.param(site(goals=[{"event": "e", "page": "/p"}]), ["exactly one"], id="goal of both"),
        pytest.param(site(goals=[{"page": "p"}]), ["goals", "'p'", "/"], id="page of a goal"),
        pytest.param(site(goals=[{"event": "e"}, {"event": "e"}]), ["goals", "twice"], id="goal twice"),
        pytest.param(site(goals=[{"event": "e", "name": "a\nb"}]), ["printable"], id="goal name"),
        pytest.param(site(properties=[{"key": "a=b"}]), ["properties", "a=b"], id="property key"),
        pytest.param(site(properties=[{"key": "a"}, {"key": "a"}]), ["properties", "twice"], id="property twice"),
        pytest.param({"privacy": {"place": "street"}}, ["privacy.place", "street"], id="place"),
        pytest.param({"privacy": {"referrer_path": True}}, ["relaxes", "reason", "review_by"], id="no reason"),
        pytest.param({"privacy": {"relaxations": [RELAXED]}}, ["not relaxed"], id="reason for nothing"),
        pytest.param(
            {"privacy": {"referrer_path": True, "relaxations": [RELAXED | {"review_by": "soon"}]}},
            ["review_by", "soon", "YYYY-MM-DD"],
            id="review",
        ),
        pytest.param(
            {"privacy": {"referrer_path": True, "relaxations": [RELAXED | {"reason": " "}]}}, ["empty"], id="blank"
        ),
        pytest.param(
            {"redis": {"url": "redis://h", "ca_file": "ca.pem"}},
            ["redis.ca_file", "rediss://"],
            id="authority of nobody",
        ),
        pytest.param(
            {"redis": {"url": "rediss://h", "ca_file": "ca.pem"}}, ["redis.ca_file", "No such file"], id="no authority"
        ),
        pytest.param(
            {"clickhouse": {"url": "https://h", "ca_file": "/etc/passwd"}},
            ["clickhouse.ca_file", "'/etc/passwd'", "no certificate"],
            id="not an authority",
        ),
        pytest.param({"clickhouse": {"timeout_seconds": 1}}, ["timeout_seconds", "2"], id="no patience"),
        pytest.param({"api_keys": [{"name": "k"}]}, ["k", "sha256", "key_file"], id="no key"),
        pytest.param({"api_keys": [{"name": "k", "sha256": "12"}]}, ["64 hex"], id="short hash"),
        pytest.param({"api_keys": [{"name": "k", "sha256": "0" * 64, "sites": ["x"]}]}, ["'x'"], id="key site"),
        pytest.param({"users": [{"name": "u", "password_hash": "plain"}]}, ["Argon2id"], id="plain password"),
        pytest.param({"users": [{"name": "", "password_hash": HASH}]}, ["users.name"], id="no name"),
    ],
)
def test_wrong_value_is_named_with_what_is_allowed(raw: dict[str, Any], words: list[str], tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refusal:
        parse(raw, base=tmp_path)
    message = str(refusal.value)
    assert all(word in message for word in words), message
    assert "\n" not in message


@pytest.mark.parametrize(
    "raw",
    [
        {"api_keys": [{"name": "k", "sha256": "notforyoureyes"}]},
        {"users": [{"name": "u", "password_hash": "notforyoureyes"}]},
        {"redis": {"url": "ftp://u:notforyoureyes@host"}},
        {"clickhouse": {"url": "ftp://u:notforyoureyes@host"}},
    ],
)
def test_message_never_shows_a_secret(raw: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refusal:
        parse(raw, base=tmp_path)
    assert "notforyoureyes" not in str(refusal.value)


def test_authorities_of_engines_lie_beside_the_configuration(tmp_path: Path) -> None:
    made = make_certificate(tmp_path / "ca.pem", "redis.example")
    read = parse(
        {
            "redis": {"url": "rediss://h", "ca_file": "ca.pem"},
            "clickhouse": {"url": "https://h", "ca_file": "ca.pem"},
        },
        base=tmp_path,
    )
    assert read.redis.ca_file == read.clickhouse.ca_file == str(made)


def test_host_name_defaults_to_the_id_of_the_site(tmp_path: Path) -> None:
    settings = parse({"sites": [{"id": "Example.org/shop"}]}, base=tmp_path)
    assert settings.sites[0].hostnames == ("example.org",)


def test_key_file_is_read_and_kept_as_hash(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("s3cret\n")
    settings = parse({"api_keys": [{"name": "k", "key_file": "key"}]}, base=tmp_path)
    assert settings.api_keys[0].sha256 == hashlib.sha256(b"s3cret").hexdigest()
    assert settings.api_keys[0].key_file == ""


def test_empty_key_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("\n")
    with pytest.raises(SettingsError, match="first line is empty"):
        parse({"api_keys": [{"name": "k", "key_file": "key"}]}, base=tmp_path)


def test_key_opens_its_sites_only(tmp_path: Path) -> None:
    raw = {"sites": [{"id": "a"}, {"id": "b"}], "api_keys": [{"name": "k", "sha256": "0" * 64, "sites": ["a"]}]}
    (key,) = parse(raw, base=tmp_path).api_keys
    assert key.may_read("a")
    assert not key.may_read("b")


def test_two_data_directories_never_share_a_runtime_directory(tmp_path: Path) -> None:
    one, two = (parse({"server": {"data_dir": name}}, base=tmp_path) for name in ("one", "two"))
    assert one.runtime_dir != two.runtime_dir


def test_missing_file_and_bad_toml_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such configuration file"):
        load(tmp_path / "missing.toml")
    (tmp_path / "bad.toml").write_text("[server\n")
    with pytest.raises(SettingsError, match="not valid TOML"):
        load(tmp_path / "bad.toml")


@pytest.mark.parametrize(("address", "expected"), [("127.0.0.1:80", ("127.0.0.1", 80)), ("[::1]:8000", ("::1", 8000))])
def test_address_is_split_at_its_port(address: str, expected: tuple[str, int]) -> None:
    assert host_port(address) == expected


def test_relaxed_default_is_accepted_with_its_reason(tmp_path: Path) -> None:
    settings = parse({"privacy": {"referrer_path": True, "relaxations": [RELAXED]}}, base=tmp_path)
    assert settings.privacy.relaxations[0].approved_by == "Jo"


def test_shields_of_all_sites_hold_for_each_beside_its_own(tmp_path: Path) -> None:
    raw = {"shields": {"pages": ["/all"]}, "sites": [{"id": "a", "shields": {"pages": ["/own"]}}, {"id": "b"}]}
    a, b = parse(raw, base=tmp_path).sites
    assert (a.shields.pages, b.shields.pages) == (("/all", "/own"), ("/all",))


def test_goal_without_a_name_is_called_after_what_reaches_it(tmp_path: Path) -> None:
    raw = {"sites": [{"id": "a", "goals": [{"event": "signup"}, {"page": "/thanks*"}]}]}
    assert [goal.name for goal in parse(raw, base=tmp_path).sites[0].goals] == ["signup", "Visit /thanks*"]


@pytest.mark.parametrize(
    ("sitemap", "read"),
    [("", ""), ("sitemap.xml", "{base}/sitemap.xml"), ("https://a.example/s.xml", "https://a.example/s.xml")],
)
def test_a_sitemap_is_an_address_or_a_file_beside_the_configuration(sitemap: str, read: str, tmp_path: Path) -> None:
    settings = parse(site(sitemap=sitemap), base=tmp_path)
    assert settings.sites[0].sitemap == read.format(base=tmp_path)


@pytest.mark.parametrize(
    "sitemap", ["http://a.example/s.xml", "https://u:p@a.example/s", "https:///s", "file:///etc/x"]
)
def test_other_sitemaps_are_refused(sitemap: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="sitemap of site"):
        parse(site(sitemap=sitemap), base=tmp_path)
