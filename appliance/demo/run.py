"""Runs the demo: appliance, demo site and visitors in one command, and says where to look."""

import asyncio
import contextlib
import json
import random
import sys
from pathlib import Path
from typing import Any

from appliance.demo import options
from appliance.demo.options import DemoOptions
from appliance.demo.site import create_site
from appliance.demo.traffic import Traffic
from appliance.settings import Settings, load
from appliance.supervisor import announce, hardening, logs
from appliance.supervisor.health import url
from appliance.supervisor.serve import serving
from appliance.supervisor.supervise import Supervisor, prepare, take_data_dir


def run(data_dir: Path, *, traffic: bool, as_json: bool) -> None:
    """Run until Ctrl-C or SIGTERM.

    Args:
        data_dir: everything the demo writes.
        traffic: send made-up visitors.
        as_json: print one JSON line instead of the text.

    Raises:
        ApplianceError: the demo cannot start.
    """
    data_dir = data_dir.absolute()
    hardening.protect(holds_keys=False)
    with contextlib.closing(take_data_dir(data_dir)):
        chosen = options.write(data_dir)
        settings = load(chosen.config)
        log_file = data_dir / "appliance.log"
        with log_file.open("w", encoding="utf-8") as log:
            logs.start("demo", log)
            prepare(settings)
            if not as_json:
                _say("\n".join([*chosen.moved, "Starting, this takes some seconds …"]))
            asyncio.run(_run(settings, chosen, Supervisor(settings, chosen.config, log), traffic, as_json))
            if not as_json:
                _say("Everything is stopped.")


async def _run(settings: Settings, chosen: DemoOptions, supervisor: Supervisor, traffic: bool, as_json: bool) -> None:
    tag = announce.script_tag(settings, options.SITE_ID)
    running: list[asyncio.Task[None]] = []

    def on_ready() -> None:
        facts = _facts(settings, chosen)
        _say(json.dumps(facts) if as_json else _text(facts, chosen, traffic))
        if traffic:
            sender = Traffic(f"{facts['ingest']}/api/event", facts["demo_site"], random.Random())  # noqa: S311
            running.append(asyncio.create_task(sender.run()))

    async with serving(create_site(tag), "demo site", chosen.site_address):
        try:
            await supervisor.run(on_ready)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)


def _facts(settings: Settings, chosen: DemoOptions) -> dict[str, Any]:
    return {
        **announce.ready(settings),
        "demo_site": url(chosen.site_address),
        "user": options.USER,
        "password": chosen.password,
        "api_key": chosen.api_key,
    }


def _text(facts: dict[str, Any], chosen: DemoOptions, traffic: bool) -> str:
    question = json.dumps(
        {
            "site_id": options.SITE_ID,
            "metrics": ["visitors", "pageviews"],
            "date_range": "day",
            "dimensions": ["event:page"],
        }
    )
    visitors = "Made-up visitors send about two hits a second." if traffic else "There are no made-up visitors."
    return f"""
Demo site    {facts["demo_site"]}/
Dashboard    {facts["dashboard"]}/   user: {facts["user"]}   password: {facts["password"]}
Script tag   {facts["script"]}
Stats API    {facts["stats"]}/api/v2/query

curl -s {facts["stats"]}/api/v2/query -H 'Authorization: Bearer {facts["api_key"]}' \\
  -H 'Content-Type: application/json' -d '{question}'

{visitors} Data and log are in {chosen.config.parent}. Ctrl-C stops everything.
"""


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
