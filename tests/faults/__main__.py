"""`make faults`: kills parts of a whole appliance under load and compares everything counted with what was sent.

Every hit that was taken has to be counted exactly once. A run is told by its seed, as far as moments can be repeated.
"""

import argparse
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.campaign import Campaign


def main() -> None:
    """Run one campaign; exit code 1 and the seed if anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--kills", type=int, default=200, help="stop after so many (200)")
    parser.add_argument("--minutes", type=float, default=60, help="and after so many minutes (60)")
    parser.add_argument("--keep", type=Path, help="directory for data and logs, kept afterwards")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is cleaned up
    started = time.monotonic()

    def say(line: str) -> None:
        sys.stdout.write(f"{time.monotonic() - started:7.1f} s  {line}\n")
        sys.stdout.flush()

    say(f"seed {options.seed}")
    with tempfile.TemporaryDirectory(prefix="faults-") as scratch:
        directory = options.keep or Path(scratch)
        directory.mkdir(parents=True, exist_ok=True)
        campaign = Campaign(directory, options.seed, say)
        try:
            campaign.run(options.kills, options.minutes)
        except BaseException:
            say(f"FAILED: repeat with --seed {options.seed} --kills {options.kills}")
            raise
        kills = campaign.killer.kills
        say(f"{kills.total()} kills ({dict(kills)}), {len(campaign.traffic.taken)} hits: none lost, none doubled")


if __name__ == "__main__":
    main()
