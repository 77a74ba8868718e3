"""`python -m tests.fuzz SECONDS`: a million wrong hits, guided by which lines of our code they reach.

Where there is no build of atheris, inputs are changed at random instead. Ends with an error at the first input that
makes the target raise, and prints that input.
"""

import importlib.util
import logging
import random
import sys
import tempfile
import time
from pathlib import Path

_MAX_BYTES = 4096
_WORDS = (
    *(b"null", b"\\ud800", b"\\u0000", b"1e999", b"-0", b"%00", b"%ff", b"//", b"@", b"[::1]", b'":"'),
    b"\xf0\x9f\x98\x80",
)


def main(seconds: int) -> None:
    """Try inputs for so many seconds."""
    # A 500 is what counts. In this process only: tests read logs.
    logging.getLogger("appliance").setLevel(logging.CRITICAL)
    if importlib.util.find_spec("atheris"):
        _guided(seconds)
    else:
        _at_random(seconds)


def _guided(seconds: int) -> None:
    import atheris

    with atheris.instrument_imports(include=["appliance", "consent"], enable_loader_override=False):
        from tests.fuzz.target import Target, seeds
    target = Target()
    with tempfile.TemporaryDirectory(prefix="fuzz-") as directory:
        corpus, words = Path(directory) / "corpus", Path(directory) / "words"
        corpus.mkdir()
        for number, seed in enumerate(seeds()):
            (corpus / str(number)).write_bytes(seed)
        words.write_text("".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in _WORDS))
        limits = (f"-max_total_time={seconds}", f"-max_len={_MAX_BYTES}", "-seed=1", "-timeout=5")
        atheris.Setup(
            [sys.argv[0], *limits, f"-dict={words}", f"-artifact_prefix={directory}/", str(corpus)], target.try_one
        )
        atheris.Fuzz()


def _at_random(seconds: int) -> None:
    from tests.fuzz.target import Target, seeds

    target, source, pool = Target(), random.Random(1), seeds()
    until, tried = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        data = bytearray(source.choice(pool))
        for _ in range(source.randrange(1, 6)):
            at = source.randrange(len(data) + 1)
            match source.randrange(3):
                case 0:
                    data[at : at + source.randrange(8)] = b""
                case 1:
                    data[at:at] = source.choice(_WORDS)
                case _:
                    data[at : at + 1] = source.randbytes(1)
        target.try_one(bytes(data[:_MAX_BYTES]))
        tried += 1
    sys.stdout.write(f"{tried} inputs\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
