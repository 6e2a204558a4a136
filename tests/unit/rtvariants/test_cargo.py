"""What a run of several builds reports when one of them fails."""

import pytest

from rtvariants.cargo import Stopped, raise_cause
from rtvariants.errors import BuildError

CAUSE = BuildError("safe", "cargo failed for runtime `safe`: exit code 101", "", "error[E0425]")
STOPPED = Stopped("fast", "runtime `fast` stopped: another one failed")


@pytest.mark.parametrize("errors", [[STOPPED, CAUSE], [CAUSE, STOPPED], [None, STOPPED, CAUSE]])
def test_the_cause_is_raised_whichever_lane_ends_first(errors):
    with pytest.raises(BuildError) as caught:
        raise_cause(errors)
    assert caught.value is CAUSE


def test_nothing_is_raised_where_nothing_failed_and_a_stopped_one_is_not_lost():
    raise_cause([None, None])
    with pytest.raises(Stopped):
        raise_cause([None, STOPPED])
