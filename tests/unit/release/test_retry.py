"""What a header `Retry-After` means."""

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from rtvariants.release.retry import seconds

NOW = datetime(2026, 1, 1, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("text", "wanted"), [("30", 30), ("0", 0), ("-5", 0), ("soon", 0), ("", 0), (None, 0)]
)
def test_a_number_is_seconds_and_nonsense_is_none(text, wanted):
    assert seconds(text, NOW) == wanted


def test_a_date_is_the_time_until_then():
    assert seconds(format_datetime(NOW + timedelta(seconds=90), usegmt=True), NOW) == 90
    assert seconds(format_datetime(NOW - timedelta(seconds=90), usegmt=True), NOW) == 0
