"""Debian's nginx on a port of its own, writing a log in one of three layouts; its client says which address it has."""

import shutil
import subprocess
import time
from pathlib import Path

import httpx

from tests.kit.ports import free_ports

_FIELDS = (
    *(("remote_addr", "remote_addr"), ("scheme", "scheme"), ("msec", "msec"), ("host", "host")),
    *(("server_name", "server_name"), ("time", "time_iso8601"), ("status", "status"), ("size", "body_bytes_sent")),
    *(("query_string", "query_string"), ("request_body", "request_body"), ("uri", "uri")),
    *(("http_referer", "http_referer"), ("http_user_agent", "http_user_agent")),
)
_PAIRS = [f'"{key}":"${variable}"' for key, variable in _FIELDS]
COMBINED = (
    "'$remote_addr - $remote_user [$time_local] \"$request\" $status $body_bytes_sent ' "
    '\'"$http_referer" "$http_user_agent"\''
)
TRACKING = "escape=json " + "'{" + ",'\n'".join(_PAIRS) + "}'"
TRACKING_ON_SEVERAL_LINES = "escape=json '{\n  " + ",\n  ".join(_PAIRS) + "\n}'"
_READY_SECONDS = 10.0


class Nginx:
    """A context manager that starts it and stops it."""

    def __init__(self, directory: Path, layout: str) -> None:
        directory.mkdir()
        (self.port,) = free_ports(1)
        self._directory = directory
        self._log = directory / "access.log"
        configuration = f"""
daemon off; master_process off; pid {directory}/pid; error_log {directory}/error.log;
events {{ worker_connections 64; }}
http {{
  log_format tested {layout};
  access_log {self._log} tested;
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
  server {{
    listen 127.0.0.1:{self.port}; server_name _;
    set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;
    location / {{ return 200 "page"; }}
  }}
}}
"""
        (directory / "nginx.conf").write_text(configuration)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Nginx":
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
        assert program, "nginx is needed: `make setup` as root installs it"
        started = [program, "-p", str(self._directory), "-e", f"{self._directory}/error.log", "-c", "nginx.conf"]
        self._process = subprocess.Popen(started, cwd=self._directory)
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            assert self._process.poll() is None, (self._directory / "error.log").read_text()
            try:
                self.get("/ready.txt", "ready", "127.0.0.1", "test", "")
            except httpx.TransportError:
                assert time.monotonic() < deadline, "nginx does not answer"
                time.sleep(0.02)  # nothing tells of it
            else:
                return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def get(self, path: str, host: str, address: str, agent: str, referrer: str) -> None:
        """One request, as if it came from an address."""
        headers = {"host": host, "x-forwarded-for": address, "user-agent": agent}
        if referrer:
            headers["referer"] = referrer
        httpx.get(f"http://127.0.0.1:{self.port}{path}", headers=headers, trust_env=False).raise_for_status()

    def stop(self) -> Path:
        """Stop it; returns its log."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None
        return self._log
