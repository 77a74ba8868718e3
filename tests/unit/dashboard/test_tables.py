"""Tables keep every text as it is and stay free of pandas."""

import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from dashboard.tables import named_numbers

# What can arrive: any text that UTF-8 can carry.
TEXT = st.text(st.characters(codec="utf-8"), max_size=40)


@given(st.lists(st.tuples(TEXT, st.integers(-(2**63), 2**63 - 1)), max_size=20))
def test_names_and_numbers_come_out_as_they_went_in(rows: list[tuple[str, int]]) -> None:
    names, numbers = [name for name, _ in rows], [number for _, number in rows]
    assert named_numbers("n", names, "v", numbers).to_pydict() == {"n": names, "v": numbers}


def test_making_a_table_does_not_import_pandas() -> None:
    code = (
        "import sys; from dashboard.tables import named_numbers; "
        "named_numbers('a', ['x'], 'b', [1]); sys.exit('pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
