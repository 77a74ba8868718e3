"""The order of refusals."""

import itertools

import pytest

from appliance.outcomes import REFUSALS
from consent.gate import Refusal, decide
from consent.signals import NO_SIGNALS, Signals


def test_without_signal_the_hit_may_be_counted() -> None:
    assert decide(NO_SIGNALS) is None


@pytest.mark.parametrize("signals", [Signals(*s) for s in itertools.product((True, False), repeat=3) if any(s)])
def test_own_opt_out_goes_before_gpc_and_gpc_before_dnt(signals: Signals) -> None:
    order = [Refusal.OPTED_OUT, Refusal.GPC, Refusal.DNT]
    assert decide(signals) is next(r for r, is_set in zip(order, signals, strict=True) if is_set)


def test_every_refusal_is_an_outcome_of_a_hit() -> None:
    assert {refusal.value for refusal in Refusal} <= {outcome.value for outcome in REFUSALS}
