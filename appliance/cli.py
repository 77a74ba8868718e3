"""The command line: `appliance up`, `check`, `demo`, the single parts, and the small tools of an operator.

Each command loads only what it needs, because every process of the appliance starts here. A failure is one
sentence on stderr: exit code 2 for the configuration, 1 for the machine, 75 for an engine that is away.
"""

import argparse
import asyncio
import contextlib
import importlib
import logging
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import appliance
from appliance.clock import system_clock
from appliance.errors import ApplianceError, SettingsError, StartError
from appliance.settings import load

_DEFAULT_CONFIG = "appliance.toml"
_PARTS = {
    "ingest": "take hits over HTTP; needs Redis",
    "worker": "turn queued hits into counts, end visits and days; needs Redis, one process only",
    "warehouse": "write the counters, close days, serve the stats API; needs Redis and ClickHouse, one process only",
    "dashboard": "serve the dashboard; needs the stats API",
}
_REFUSED, _BAD_SETTINGS, _BROKEN, _AWAY = 1, 2, 70, 75


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options) or 0)
    except SettingsError as error:
        return _say(str(error), _BAD_SETTINGS)
    except StartError as error:
        return _say(str(error), _REFUSED)
    except ApplianceError as error:
        code = getattr(error, "code", 0)  # of a part that has said the reason already
        return code or _say(str(error), _AWAY)
    except KeyboardInterrupt:
        return 130
    except Exception:
        if not logging.getLogger().handlers:
            raise
        logging.getLogger("appliance").critical("broken", exc_info=True)
        return _BROKEN


def _say(sentence: str, code: int) -> int:
    sys.stderr.write(f"appliance: {sentence}\n")
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="appliance",
        description="Cookieless web analytics that keeps counters only.",
        epilog="Start with 'appliance demo', or write appliance.toml and run 'appliance up'.",
    )
    parser.add_argument("--version", action="version", version=f"appliance {appliance.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add(commands, "up", _up, "start everything on this machine and keep it running")
    _add(commands, "reload", _reload, "have the running appliance take the configuration anew, without losing a hit")
    _add(commands, "check", _check, "read the configuration, say what would run, start nothing")
    _add(
        commands,
        "doctor",
        _doctor,
        "look at the machine, the engines and the data, running or stopped, and say what to do",
    )
    for part, summary in _PARTS.items():
        _add(commands, part, _part, f"run one part alone: {summary}").set_defaults(part=part)
    _add_demo(commands)
    hashing = commands.add_parser("hash-password", help="turn a password into the hash for [[users]]")
    hashing.description = "Reads one line from stdin, or asks twice on a terminal, and prints an Argon2id hash."
    hashing.set_defaults(run=_hash_password)
    keys = commands.add_parser("keys", help="the keys of the day").add_subparsers(metavar="COMMAND", required=True)
    _add(keys, "expire", _expire_keys, "destroy the keys of days that are over, whether or not anything runs")
    retention = commands.add_parser("retention", help="how long data are kept")
    limits = retention.add_subparsers(metavar="COMMAND", required=True)
    _add(limits, "plan", _plan_retention, "say what the limits of [retention] would delete now, and change nothing")
    _add_site(commands)
    _add_sessions(commands)
    _add_links(commands)
    close = _add(commands, "close", _close, "close a day that is over and still open, whether or not anything runs")
    close.add_argument("--site", required=True, metavar="ID", help="id of the site")
    _add_import(commands)
    _add_backup(commands)
    close.add_argument("--day", required=True, type=_day, metavar="YYYY-MM-DD", help="day in the site's time zone")
    return parser


def _add_import(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    logs = _add(commands, "import-log", _import_log, "count the past days of web servers' logs")
    logs.add_argument("--site", required=True, metavar="ID", help="id of the site")
    logs.add_argument("--delete", action="store_true", help="delete the files afterwards, if all their days are closed")
    logs.add_argument("files", nargs="+", metavar="FILE", help="log, plain or gzip; '-' for the standard input")


def _add_backup(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    taken = _add(commands, "backup", _backup, "copy counters of closed days and the evidence log, running or stopped")
    taken.add_argument("target", type=Path, metavar="DIR|FILE.tar", help="new directory, or one file")
    restored = _add(commands, "restore", _restore, "bring a backup back into an empty data directory")
    restored.add_argument("source", type=Path, metavar="DIR|FILE.tar", help="what 'appliance backup' wrote")
    restored.add_argument("--check", action="store_true", help="only check the backup and say what is in it")


def _add_site(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    site = commands.add_parser("site", help="erase what is kept of a site").add_subparsers(
        metavar="COMMAND", required=True
    )
    for name, summary in (
        ("remove", "erase everything of a site that is not configured any more; the appliance must be stopped"),
        ("reset", "erase everything of a configured site, which begins anew; the appliance must be stopped"),
    ):
        command = _add(site, name, _erase_site, summary)
        command.add_argument("id", help="id of the site")
        command.add_argument("--yes", action="store_true", help="do it; without, only say what there is")
        command.set_defaults(name=name)


def _add_sessions(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    sessions = commands.add_parser("sessions", help="who is logged in to the dashboard").add_subparsers(
        metavar="COMMAND", required=True
    )
    _add(sessions, "list", _list_sessions, "say who is logged in to the dashboard, whether or not it runs")
    revoke = _add(sessions, "revoke", _revoke_sessions, "end logins of the dashboard at once, whether or not it runs")
    which = revoke.add_mutually_exclusive_group(required=True)
    which.add_argument("id", nargs="?", help="of one login, from 'appliance sessions list'")
    which.add_argument("--user", metavar="NAME", help="all of one person")
    which.add_argument("--all", action="store_true", help="all")


def _add_links(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    links = commands.add_parser("links", help="shared links of the dashboard").add_subparsers(
        metavar="COMMAND", required=True
    )
    _add(links, "list", _list_links, "say which shared links there are, whether or not the dashboard runs")
    revoke = _add(links, "revoke", _revoke_link, "end a shared link at once, whether or not the dashboard runs")
    revoke.add_argument("id", help="from 'appliance links list'")
    create = _add(links, "create", _create_link, "make a shared link and print its path")
    create.add_argument("--site", required=True, metavar="ID", help="id of the site that it shows")
    create.add_argument("--name", required=True, metavar="TEXT", help="what it is called in lists")
    create.add_argument("--days", type=int, metavar="N", help="until it ends (default: never)")
    create.add_argument("--password", action="store_true", help="ask for a password that it needs; one line of stdin")
    create.add_argument(
        "--filter", action="append", default=[], metavar="OP,ATTRIBUTE,VALUE", help="lock it: is,visit:source,Google"
    )


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, run: object, summary: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
    command.add_argument(
        "--config",
        type=Path,
        default=Path(_DEFAULT_CONFIG),
        metavar="FILE",
        help="the configuration (default: %(default)s in the current directory)",
    )
    command.set_defaults(run=run)
    return command


def _add_demo(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    demo = commands.add_parser("demo", help="run everything with a demo site and made-up visitors")
    demo.description = "Runs the appliance with a demo site and made-up visitors, and prints where to look."
    demo.add_argument("--data-dir", type=Path, default=Path("var/demo"), metavar="DIR", help="(default: %(default)s)")
    demo.add_argument("--no-traffic", action="store_true", help="no made-up visitors: browse the demo site yourself")
    demo.add_argument("--json", action="store_true", help="print the addresses as one JSON line, for programs")
    demo.set_defaults(run=_demo)


def _up(options: argparse.Namespace) -> int:
    from appliance.supervisor import announce, hardening, logs
    from appliance.supervisor.supervise import Supervisor, prepare, take_data_dir

    settings = load(options.config)
    logs.start("supervisor")
    hardening.protect(holds_keys=False)
    with contextlib.closing(take_data_dir(settings.data_dir)):
        prepare(settings)
        supervisor = Supervisor(settings, options.config.resolve())
        asyncio.run(supervisor.run(lambda: announce.print_line(announce.ready(settings))))
    return 0


def _reload(options: argparse.Namespace) -> int:
    from appliance.supervisor import reload

    sys.stdout.write(reload.ask(load(options.config)))
    return 0


def _check(options: argparse.Namespace) -> int:
    from appliance.supervisor.report import report

    sys.stdout.write(report(load(options.config), system_clock()))
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from appliance.supervisor.doctor.examine import examine
    from appliance.supervisor.doctor.finding import as_text, is_well

    findings = examine(load(options.config))
    sys.stdout.write(as_text(findings))
    return 0 if is_well(findings) else _REFUSED


def _part(options: argparse.Namespace) -> int:
    from appliance.supervisor import logs

    logs.start(options.part)
    part = importlib.import_module(f"appliance.supervisor.parts.{options.part}")
    part.run(load(options.config))
    return 0


def _demo(options: argparse.Namespace) -> int:
    from appliance.demo.run import run

    run(options.data_dir, traffic=not options.no_traffic, as_json=options.json)
    return 0


def _hash_password(_options: argparse.Namespace) -> int:
    from appliance.supervisor.passwords import ask, hashed

    sys.stdout.write(hashed(ask()) + "\n")
    return 0


def _expire_keys(options: argparse.Namespace) -> int:
    from appliance.supervisor.parts.keys import expire

    destroyed = expire(load(options.config))
    sys.stdout.write("".join(f"destroyed {name}\n" for name in destroyed) or "no key is overdue\n")
    return 0


def _plan_retention(options: argparse.Namespace) -> int:
    from appliance.supervisor.parts.retention import plan

    sys.stdout.write(plan(load(options.config)))
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is not a day such as 2026-11-23") from None


def _close(options: argparse.Namespace) -> int:
    from appliance.supervisor.parts import close

    sys.stdout.write(close.close(load(options.config), options.site, options.day))
    return 0


def _import_log(options: argparse.Namespace) -> int:
    from appliance.supervisor.import_report import Progress
    from appliance.supervisor.parts.import_log import Options, import_log

    wanted = Options(options.site, tuple(options.files), options.delete)
    sys.stdout.write(import_log(load(options.config), wanted, Progress()))
    return 0


def _backup(options: argparse.Namespace) -> int:
    from appliance.supervisor.parts.backup import backup

    sys.stdout.write(backup(load(options.config), options.target))
    return 0


def _restore(options: argparse.Namespace) -> int:
    from appliance.supervisor.parts import backup, restore

    source = options.source
    sys.stdout.write(backup.check(source) if options.check else restore.restore(load(options.config), source))
    return 0


def _list_sessions(options: argparse.Namespace) -> int:
    from appliance.supervisor.parts import sessions

    sys.stdout.write(sessions.listed(load(options.config)))
    return 0


def _revoke_sessions(options: argparse.Namespace) -> int:
    from appliance.supervisor.parts import sessions

    sys.stdout.write(sessions.revoke(load(options.config), options.id, options.user))
    return 0


def _list_links(options: argparse.Namespace) -> int:
    from appliance.supervisor.parts import links

    sys.stdout.write(links.listed(load(options.config)))
    return 0


def _revoke_link(options: argparse.Namespace) -> int:
    from appliance.supervisor.parts import links

    sys.stdout.write(links.revoke(load(options.config), options.id))
    return 0


def _create_link(options: argparse.Namespace) -> int:
    from appliance.supervisor.parts import links
    from appliance.supervisor.passwords import ask

    wanted = links.Wanted(
        options.site, options.name, tuple(options.filter), options.days, ask() if options.password else ""
    )
    sys.stdout.write(links.create(load(options.config), wanted))
    return 0


def _erase_site(options: argparse.Namespace) -> int:
    from appliance.supervisor.parts import site

    erase = site.remove if options.name == "remove" else site.reset
    sys.stdout.write(erase(load(options.config), options.id, really=options.yes))
    return 0
