"""How wrong counting daily visitors by address and agent is, for whole and truncated addresses: `make bench-accuracy`.

Visitors are browsers, as a cookie would count them. Made-up people with households, offices and phones look at a site;
the appliance would count different pairs of address and agent. Two errors are printed apart, because they partly cancel
out: people merged behind one address (too few), and browsers whose address changed between visits (too many). Every
assumption stands in `Assumptions`, rounded, with its source where there is one; the others are estimates of ours.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import accumulate
from random import Random
from typing import NamedTuple

SITES = (200, 2_000, 20_000)
"""Visitors a day of the sites that are simulated."""
_REGION = 1_000_000
"""People from whom all visitors of a site come: one region or one small country."""
_RUNS = 3

Agents = tuple[tuple[str, float], ...]


def _tail(name: str, share: float, values: int) -> Agents:
    """Rare agents: one share, falling as 1/n."""
    weights = [1 / (n + 1) for n in range(values)]
    return tuple((f"{name} {n}", share * weight / sum(weights)) for n, weight in enumerate(weights))


@dataclass(frozen=True)
class Assumptions:
    """One audience. Shares are from 0 to 1."""

    phones: float = 0.6
    """Browsers that are phones. StatCounter's shares of platforms worldwide have been near 60 % mobile since 2023."""
    offices: float = 0.25
    """Desktop browsers behind an office's address; estimate."""
    on_mobile: float = 0.4
    """Visits of phones over the mobile network, others over a household's; estimate, carriers report more Wi-Fi."""
    ipv6_home: float = 0.45
    """Households in which a site with IPv6 is reached over it. Google's statistics of IPv6: 45–50 % of users, 2025."""
    ipv6_mobile: float = 0.6
    """The same for phones on mobile networks, where the share is higher; estimate."""
    household_size: tuple[float, ...] = (0.36, 0.32, 0.15, 0.12, 0.05)
    """Households of 1, 2, … people: near the EU's (Eurostat, ilc_lvph03), 2.2 on the average."""
    household_draw: float = 0.10
    """If one of a household looks at a site, each other does on the same day; estimate."""
    office_size: int = 60
    """People behind one address of an office; estimate."""
    office_draw: float = 0.02
    """If one of an office looks at a site, each other does on the same day; estimate."""
    per_carrier_address: int = 64
    """Phones behind one IPv4 address of a carrier at a time. Blocks of 1,024 of 65,536 ports; RFC 7422 uses such."""
    carriers: int = 3
    visits: tuple[float, ...] = (0.80, 0.13, 0.05, 0.02)
    """Browsers with 1, 2, … visits a day; estimate."""
    new_mobile_address: float = 0.5
    """A phone has another address on the mobile network at its next visit; estimate."""
    renewed_home: float = 0.02
    """A household has another address at the next visit: forced renewals are daily but at night; estimate."""
    updated: float = 0.005
    """The browser was updated in between and has another agent; estimate."""
    phone_agents: Agents = field(
        default=(
            # Chrome on Android says "Android 10; K" on every device since 2023 (User-Agent reduction), so that only
            # its major version differs. iPhones tell the version of iOS and no model.
            *(("Chrome, current", 0.36), ("Chrome, one before", 0.06), ("Chrome, older", 0.03)),
            *(("iPhone, current", 0.20), ("iPhone, one before", 0.08), ("iPhone, older", 0.04)),
            *_tail("browser in an app, with model and build", 0.23, 3_000),
        )
    )
    desktop_agents: Agents = field(
        default=(
            *(("Chrome, Windows, current", 0.38), ("Chrome, Windows, one before", 0.08), ("Edge, current", 0.14)),
            *(("Chrome, macOS, current", 0.09), ("Safari, macOS, current", 0.08), ("Firefox, Windows, current", 0.06)),
            *(("Edge, one before", 0.04), ("Safari, macOS, older", 0.03), ("Firefox, Linux", 0.02)),
            *_tail("others", 0.08, 200),
        )
    )


AUDIENCES = {
    "mixed": Assumptions(),
    "phones": Assumptions(phones=0.9, on_mobile=0.6),
    "business": Assumptions(phones=0.25, offices=0.7, office_draw=0.05),
    "IPv4 only": Assumptions(ipv6_home=0.0, ipv6_mobile=0.0),
}
"""Whose visits are simulated."""


class Address(NamedTuple):
    """An address as a number, with its family."""

    family: int
    number: int


Cut = Callable[[Address], Address]


def whole(address: Address) -> Address:
    """IPv4 /32, IPv6 /64: numbers of IPv6 addresses here are those of their /64."""
    return address


def truncated(address: Address) -> Address:
    """IPv4 /24, IPv6 /48."""
    return Address(address.family, address.number >> (8 if address.family == 4 else 16))


class Errors(NamedTuple):
    """Shares of the true number of visitors."""

    too_few: float
    """Merged with somebody else."""
    too_many: float
    """Counted again after a change."""
    net: float
    """What the count is off by; negative is too few."""


Browser = list[tuple[Address, str]]
"""Address and agent of each visit of the day."""


def measure(browsers: list[Browser], cut: Cut) -> Errors:
    """Errors of counting different pairs of cut address and agent."""
    firsts = {(cut(visits[0][0]), visits[0][1]) for visits in browsers}
    tags = [{(cut(address), agent) for address, agent in visits} for visits in browsers]
    n = len(browsers)
    again = sum(len(own) - 1 for own in tags)
    return Errors(1 - len(firsts) / n, again / n, len(set().union(*tags)) / n - 1)


class Region:
    """Where the visitors of one site come from. Neighbours have neighbouring addresses, as blocks are given out."""

    def __init__(self, assumptions: Assumptions, random: Random) -> None:
        self._is = assumptions
        self._random = random
        sizes = range(1, len(assumptions.household_size) + 1)
        mean = sum(size * share for size, share in zip(sizes, assumptions.household_size, strict=True))
        self._households = int(_REGION / mean)
        self._offices = _REGION // assumptions.office_size
        phones = int(_REGION * assumptions.on_mobile)
        self._agents = {
            True: _cumulated(assumptions.phone_agents),
            False: _cumulated(assumptions.desktop_agents),
        }
        self._pool = max(256, phones // assumptions.carriers // assumptions.per_carrier_address)

    def browsers(self, count: int) -> list[Browser]:
        """The browsers that look at a site on one day."""
        found: list[Browser] = []
        while len(found) < count:
            is_phone = self._random.random() < self._is.phones
            if not is_phone and self._random.random() < self._is.offices:
                found += self._office()
            else:
                found += self._household(is_phone)
        return found[:count]

    def _household(self, is_phone: bool) -> list[Browser]:
        home = self._home()
        size = self._random.choices(range(1, len(self._is.household_size) + 1), self._is.household_size)[0]
        others = sum(self._random.random() < self._is.household_draw for _ in range(size - 1))
        kinds = [is_phone, *(self._random.random() < self._is.phones for _ in range(others))]
        return [self._browser(home, kind) for kind in kinds]

    def _office(self) -> list[Browser]:
        office = Address(4, (1 << 30) + self._random.randrange(self._offices))
        others = sum(self._random.random() < self._is.office_draw for _ in range(self._is.office_size - 1))
        return [self._browser(office, is_phone=False) for _ in range(1 + others)]

    def _browser(self, home: Address, is_phone: bool) -> Browser:
        agent = self._agent(is_phone)
        mobile = self._mobile()
        count = self._random.choices(range(1, len(self._is.visits) + 1), self._is.visits)[0]
        visits: Browser = []
        for number in range(count):
            if number and self._random.random() < self._is.new_mobile_address:
                mobile = self._mobile()
            if number and self._random.random() < self._is.renewed_home:
                home = self._home()
            if number and self._random.random() < self._is.updated:
                agent = f"{agent}, updated"
            is_out = is_phone and self._random.random() < self._is.on_mobile
            visits.append((mobile if is_out else home, agent))
        return visits

    def _agent(self, is_phone: bool) -> str:
        names, shares = self._agents[is_phone]
        return self._random.choices(names, cum_weights=shares)[0]

    def _home(self) -> Address:
        """A household has one IPv4 address, or one /64 out of a /56 of its own."""
        number = self._random.randrange(self._households)
        return Address(6, number << 8) if self._random.random() < self._is.ipv6_home else Address(4, number)

    def _mobile(self) -> Address:
        """A phone shares an IPv4 address with others, or has a /64 of its own (3GPP TS 23.401, RFC 6459)."""
        carrier = 1 + self._random.randrange(self._is.carriers)
        if self._random.random() < self._is.ipv6_mobile:
            return Address(6, (carrier << 40) + self._random.randrange(_REGION))
        return Address(4, (carrier << 27) + self._random.randrange(self._pool))


def _cumulated(agents: Agents) -> tuple[list[str], list[float]]:
    return [name for name, _ in agents], list(accumulate(share for _, share in agents))


def simulate(assumptions: Assumptions, visitors: int, cut: Cut, runs: int = _RUNS) -> Errors:
    """Mean errors over some runs, always the same ones."""
    results = [measure(Region(assumptions, Random(seed)).browsers(visitors), cut) for seed in range(runs)]
    return Errors(*(sum(column) / runs for column in zip(*results, strict=True)))


def report() -> str:
    """The table, as it stands in docs/privacy.md."""
    lines = [
        "| audience | visitors a day | whole: too few | too many | net | truncated: too few | too many | net |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, assumptions in AUDIENCES.items():
        for visitors in SITES:
            errors = [simulate(assumptions, visitors, cut) for cut in (whole, truncated)]
            cells = [f"{value:+.1%}" if n == 2 else f"{value:.1%}" for each in errors for n, value in enumerate(each)]
            lines.append(f"| {name} | {visitors:,} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def without_changes(assumptions: Assumptions) -> Assumptions:
    """The same people, each with one visit."""
    return replace(assumptions, visits=(1.0,))


if __name__ == "__main__":
    sys.stdout.write(report())
