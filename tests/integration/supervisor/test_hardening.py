"""What a process gives up before it sees personal data, seen from inside a real process."""

import json
import subprocess
import sys

import pytest

_LOOK = """
import ctypes, json, os, resource, sys
from appliance.supervisor import hardening
hardening.protect(holds_keys={holds_keys})
print(json.dumps([ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), os.umask(0), resource.getrlimit(resource.RLIMIT_CORE)]))
"""


@pytest.mark.parametrize(("holds_keys", "dumpable"), [(True, 0), (False, 1)])
def test_no_core_file_private_files_and_no_dump_of_keys(holds_keys: bool, dumpable: int) -> None:
    code = _LOOK.format(holds_keys=holds_keys)
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert json.loads(said) == [dumpable, 0o077, [0, 0]]
