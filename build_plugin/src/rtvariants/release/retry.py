"""How long a server asks to wait before the next try."""

from __future__ import annotations

from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

#: The longest wait for which a command stays; after that, the user runs it again.
LONGEST = 120.0


def seconds(text: str | None, now: datetime | None = None) -> float:
    """Return the seconds that a header `Retry-After` means: a number, or a date (RFC 9110).

    >>> seconds("30"), seconds(None), seconds("soon")
    (30.0, 0.0, 0.0)
    """
    if not text:
        return 0.0
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        then = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    return max(0.0, (then - (now or datetime.now(timezone.utc))).total_seconds())
