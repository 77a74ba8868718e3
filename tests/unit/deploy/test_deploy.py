"""The files in deploy/ fit the settings, each other, and the promise that logs hold no address."""

import configparser
import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from appliance import settings
from consent.signals import OPT_OUT_FLAG

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
ARGON2ID = "$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaA"


def text_of(name: str) -> str:
    return (DEPLOY / name).read_text(encoding="utf-8")


def uncommented() -> str:
    """The example with every "#key = value" and "#[[section]]" switched on."""
    return re.sub(r"^#(?=[\[a-z])", "", text_of("appliance.toml"), flags=re.MULTILINE)


def unit(name: str) -> dict[str, list[str]]:
    """Keys of a systemd unit, each with all its values."""
    parsed: dict[str, list[str]] = {}
    for line in text_of(f"systemd/{name}").splitlines():
        key, separator, value = line.partition("=")
        if separator and not line.startswith("#"):
            parsed.setdefault(key, []).append(value)
    return parsed


@pytest.fixture
def example() -> settings.Settings:
    return settings.load(DEPLOY / "appliance.toml")


class TestExample:
    def test_is_accepted_as_it_stands(self, example: settings.Settings) -> None:
        assert [site.id for site in example.sites] == ["www.example.org"]
        assert example.users == ()
        assert example.api_keys == ()

    def test_is_accepted_with_everything_switched_on(self, tmp_path: Path) -> None:
        (tmp_path / "appliance.toml").write_text(uncommented())
        (tmp_path / "password-anna").write_text(ARGON2ID)
        (tmp_path / "key-reports").write_text("0123456789abcdef")
        loaded = settings.load(tmp_path / "appliance.toml")
        assert [user.name for user in loaded.users] == ["anna"]
        assert loaded.users[0].sites == loaded.api_keys[0].sites == ("www.example.org",)

    def test_shows_every_setting(self) -> None:
        raw = tomllib.loads(uncommented())
        alternatives = {"sha256", "password_hash"}  # beside the *_file that stands there
        for field in msgspec.structs.fields(settings.Settings):
            section = raw[field.name]
            shown = set(section[0] if isinstance(section, list) else section)
            kind = getattr(settings.Settings(), field.name)
            cls = type(kind) if kind != () else field.type.__args__[0]
            assert {inner.name for inner in msgspec.structs.fields(cls)} - shown <= alternatives, field.name

    def test_commented_values_are_the_defaults(self, tmp_path: Path) -> None:
        raw = tomllib.loads(uncommented())
        for field in msgspec.structs.fields(settings.Settings):
            if isinstance(raw[field.name], dict) and field.name != "server":
                defaults = msgspec.to_builtins(getattr(settings.Settings(), field.name), builtin_types=())
                assert raw[field.name] == {
                    key: list(value) if isinstance(value, tuple) else value for key, value in defaults.items()
                }


class TestProxies:
    @pytest.mark.parametrize("name", ["caddy/Caddyfile", "nginx/appliance.conf"])
    def test_send_to_the_ports_of_the_example(self, name: str, example: settings.Settings) -> None:
        server = example.server
        used = re.findall(r"(?:reverse_proxy|server) (127\.0\.0\.1:\d+)", text_of(name))
        assert used == [server.listen, server.stats_listen, server.dashboard_listen]

    @pytest.mark.parametrize("name", ["caddy/Caddyfile", "nginx/appliance.conf"])
    def test_serve_the_same_hosts_and_paths(self, name: str, example: settings.Settings) -> None:
        text = text_of(name)
        assert example.sites[0].id in text
        assert "stats.example.org" in text
        assert "/js/script" in text
        assert "/api/event" in text
        assert "/privacy/optout" in text
        assert "/pixel.gif" in text

    def test_their_network_is_trusted_by_the_example(self, example: settings.Settings) -> None:
        assert set(example.server.trusted_proxies) == {"127.0.0.1/32", "::1/128"}

    def test_nginx_logs_no_address_query_or_agent(self) -> None:
        text = text_of("nginx/appliance.conf")
        logged = re.search(r"log_format appliance '([^']*)'", text)
        assert logged is not None
        assert set(re.findall(r"\$\w+", logged[1])) == {
            "$time_iso8601",
            "$host",
            "$request_method",
            "$uri",
            "$status",
            "$body_bytes_sent",
            "$request_time",
        }
        logs = re.findall(r"access_log\s+\S+ (\w+);", text)
        assert logs == ["appliance", "appliance"]

    def test_nginx_keeps_errors_that_name_clients_out_of_its_error_log(self) -> None:
        assert re.findall(r"error_log\s+\S+ (\w+);", text_of("nginx/appliance.conf")) == ["emerg", "emerg"]

    def test_nginx_sets_the_address_instead_of_appending(self) -> None:
        text = text_of("nginx/appliance-proxy.conf")
        assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
        assert "proxy_add_x_forwarded_for" not in text
        every = text_of("nginx/appliance.conf")
        assert every.count("proxy_pass ") == every.count("include /etc/nginx/appliance-proxy.conf;")

    def test_nginx_keeps_bodies_off_the_disk(self) -> None:
        text = text_of("nginx/appliance-proxy.conf")
        limits = re.findall(r"client_(?:max_body|body_buffer)_size (\w+);", text)
        assert limits == ["128k", "128k"]
        assert "proxy_max_temp_file_size 0;" in text

    def test_caddy_logs_no_address_query_or_agent(self) -> None:
        text = text_of("caddy/Caddyfile")
        for field in ("remote_ip", "remote_port", "client_ip", "headers", "tls"):
            assert f"request>{field} delete" in text
        assert r"request>uri regexp \?.*" in text
        assert text.count("output ") == 1  # one log, so one filter

    def test_caddy_believes_no_client_about_its_address(self) -> None:
        assert re.search(r"^\s*trusted_proxies", text_of("caddy/Caddyfile"), re.MULTILINE) is None

    def test_hand_on_the_refusal_flag_and_no_other_cookie(self) -> None:
        nginx = text_of("nginx/appliance.conf")
        assert f"map $cookie_{OPT_OUT_FLAG} $appliance_cookie" in nginx
        assert f"1       '{OPT_OUT_FLAG}=1';" in nginx
        to_ingest = nginx.count("proxy_pass http://appliance_ingest;")
        assert nginx.count("proxy_set_header Cookie $appliance_cookie;") == to_ingest
        caddy = f'header_up Cookie "{OPT_OUT_FLAG}={{http.request.cookie.{OPT_OUT_FLAG}}}"'
        assert caddy in text_of("caddy/Caddyfile")

    def test_cut_off_slow_clients(self) -> None:
        assert text_of("nginx/appliance.conf").count("client_body_timeout   10s;") == 2
        assert text_of("nginx/appliance.conf").count("client_header_timeout 10s;") == 2
        assert "read_header 10s" in text_of("caddy/Caddyfile")
        assert "read_body 10s" in text_of("caddy/Caddyfile")


class TestUnits:
    @pytest.mark.parametrize("name", ["appliance.service", "appliance-keys-expire.service"])
    def test_keep_memory_in_memory(self, name: str) -> None:
        service = unit(name)
        assert service["LimitCORE"] == ["0"]
        assert service["MemorySwapMax"] == ["0"]

    @pytest.mark.parametrize("name", ["appliance.service", "appliance-keys-expire.service"])
    def test_share_user_keys_and_configuration(self, name: str) -> None:
        service = unit(name)
        assert service["User"] == ["appliance"]
        assert service["RuntimeDirectory"] == ["appliance"]
        assert service["RuntimeDirectoryPreserve"] == ["yes"]
        assert service["ExecStart"][0].endswith("--config /etc/appliance/appliance.toml")
        reload = service["ExecStart"][0].replace(" up ", " reload ")
        assert name != "appliance.service" or service["ExecReload"] == [reload]

    def test_data_directory_is_the_one_of_the_example(self, example: settings.Settings) -> None:
        assert str(example.data_dir) == f"/var/lib/{unit('appliance.service')['StateDirectory'][0]}"

    def test_let_nothing_leave_the_machine(self) -> None:
        service = unit("appliance.service")
        assert service["IPAddressDeny"] == ["any"]
        assert service["IPAddressAllow"] == ["localhost"]

    def test_leave_time_to_drain(self) -> None:
        assert int(unit("appliance.service")["TimeoutStopSec"][0]) >= 20

    def test_look_for_overdue_keys_several_times_an_hour(self) -> None:
        assert unit("appliance-keys-expire.timer")["OnCalendar"] == ["*:0/10"]

    def test_parse_as_units(self) -> None:
        for file in sorted((DEPLOY / "systemd").iterdir()):
            parser = configparser.ConfigParser(strict=False, interpolation=None)
            parser.read(file)
            assert "Unit" in parser.sections(), file.name
