"""Every row of every table of an embedded ClickHouse that nobody has open, as bytes that can be searched.

Parts are compressed, so a search of the files alone would prove nothing. A process can open one engine in its life, so
`dump` starts one: `python -m tests.kit.clickhouse_dump DIR OUT`.
"""

import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_FORMATS = ("TSVRaw", "RowBinary")
_STORING = "SELECT database, name FROM system.tables WHERE match(engine, 'MergeTree$|Log$|^Memory$')"


def dump(directory: Path, out: Path) -> dict[str, bytes]:
    """Contents by table and format, and the descriptions of all columns. `out` is an empty directory."""
    subprocess.run([sys.executable, "-m", __name__, str(directory), str(out)], cwd=_ROOT, check=True, timeout=60)
    return {path.name: path.read_bytes() for path in out.iterdir()}


def _main(directory: str, out: str) -> None:
    import clickhouse_connect

    client = clickhouse_connect.get_client(interface="chdb", path=directory)
    tables = client.query(_STORING).result_rows
    for database, table in tables:
        for kind in _FORMATS:
            content = client.raw_query(f"SELECT * FROM `{database}`.`{table}`", fmt=kind)  # noqa: S608  names of tables
            (Path(out) / f"{database}.{table}.{kind}").write_bytes(content)
    columns = client.raw_query("SELECT * FROM system.columns WHERE database = currentDatabase()", fmt="TSVRaw")
    (Path(out) / "columns").write_bytes(columns)
    client.close()


if __name__ == "__main__":
    _main(*sys.argv[1:])
