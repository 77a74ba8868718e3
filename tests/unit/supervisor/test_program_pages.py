"""Program pages are given back and come again; nothing that a process has changed is touched."""

import subprocess
import sys

from appliance.supervisor.program_pages import unchanged

_SMAPS = """\
1000-3000 r-xp 00000000 08:01 42 /usr/lib/engine.so
Size:                  8 kB
Anonymous:             0 kB
3000-4000 r-xp 00002000 08:01 42 /usr/lib/patched.so
Anonymous:             4 kB
4000-5000 r--p 00003000 08:01 42 /usr/lib/engine.so
Anonymous:             0 kB
5000-6000 rw-p 00004000 08:01 42 /usr/lib/engine.so
Anonymous:             0 kB
6000-7000 rwxp 00004000 08:01 42 /usr/lib/engine.so
Anonymous:             0 kB
7000-8000 r-xp 00000000 00:00 0 [vdso]
Anonymous:             0 kB
8000-9000 r-xp 00000000 00:00 0
Anonymous:             0 kB
"""
_CHILD = """
import hashlib, json, sqlite3, ssl, numpy
from appliance.supervisor.program_pages import give_back_program_pages
def resident():
    with open("/proc/self/status") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("RssFile"))
before = resident()
dropped = give_back_program_pages()
after = resident()
assert hashlib.sha256(b"a").hexdigest()[:8] == "ca978112"
assert sqlite3.connect(":memory:").execute("SELECT 6 * 7").fetchone() == (42,)
assert numpy.arange(4).sum() == 6
print(json.dumps([before, dropped // 1024, after]))
"""


def test_only_text_that_nobody_changed_is_given_back() -> None:
    assert list(unchanged(_SMAPS.splitlines())) == [(0x1000, 0x2000)]


def test_a_process_goes_on_with_fewer_pages() -> None:
    ended = subprocess.run([sys.executable, "-c", _CHILD], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 0, ended.stderr
    before, dropped, after = (int(number) for number in ended.stdout.strip("[]\n").split(","))
    assert dropped > 0
    assert after < before - 1_000
