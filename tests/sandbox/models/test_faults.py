"""Orders of faults that pass with their time."""

from sandbox.models.faults import Fault, Faults, Kind


def test_an_order_is_over_after_its_time() -> None:
    """It strikes within it and no longer, however often it was to strike; one without a time stays."""
    now = [100.0]
    faults = Faults(lambda: now[0])
    faults.add(Fault(Kind.OVERLOADED, times=0, lasts_s=10.0))
    faults.add(Fault(Kind.CUT, provider="openrouter"))
    struck = faults.strike("openrouter", "completion", "")
    now[0] = 110.0
    later = faults.strike("openrouter", "completion", "")
    assert struck is not None
    assert struck.kind is Kind.OVERLOADED
    assert later is not None
    assert later.kind is Kind.CUT
    assert faults.pending() == []
