"""How findings are printed and what they amount to."""

from appliance.supervisor.doctor.finding import Finding, Level, as_text, is_well

FINE = Finding(Level.FINE, "disk", "10 GB free")
WARNING = Finding(Level.WARNING, "clock", "not synchronised", "Run chrony.")
FAULT = Finding(Level.FAULT, "days", "over and not closed: a 2026-11-01", "Close it.")


def test_each_finding_says_what_to_do_below_it() -> None:
    assert as_text([FINE, WARNING]) == (
        "ok       disk       10 GB free\n"
        "warning  clock      not synchronised\n"
        "                    Run chrony.\n"
        "0 faults, 1 warnings\n"
    )


def test_only_a_fault_is_not_well() -> None:
    assert is_well([FINE, WARNING])
    assert not is_well([FINE, FAULT])
