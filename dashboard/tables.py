"""Small tables for Streamlit, made without pandas.

`pyarrow.table` imports pandas when it is installed, which would double the memory of the process (measured:
50 MB). The JSON reader of Arrow does not.
"""

import io
from collections.abc import Sequence

import msgspec
import pyarrow as pa
import pyarrow.json

_READ = pyarrow.json.ReadOptions(use_threads=False)


def named_numbers(name_column: str, names: Sequence[str], number_column: str, numbers: Sequence[int]) -> pa.Table:
    """A table of two columns, text and whole numbers, in the order given.

    >>> named_numbers("page", ["/"], "visitors", [3]).to_pydict()
    {'page': ['/'], 'visitors': [3]}
    """
    schema = pa.schema([(name_column, pa.string()), (number_column, pa.int64())])
    rows = [{name_column: name, number_column: number} for name, number in zip(names, numbers, strict=True)]
    if not rows:
        return schema.empty_table()
    lines = io.BytesIO(msgspec.json.Encoder().encode_lines(rows))
    parse = pyarrow.json.ParseOptions(explicit_schema=schema)
    return pyarrow.json.read_json(lines, read_options=_READ, parse_options=parse)
