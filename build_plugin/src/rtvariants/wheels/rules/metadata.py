"""METADATA and WHEEL, compared with the file name and with what the wheel holds."""

from __future__ import annotations

from collections.abc import Iterator
from email.parser import HeaderParser

from rtvariants.archives import consistency
from rtvariants.archives.consistency import AGAIN, Violation
from rtvariants.wheels.contents import Contents


def metadata(found: Contents) -> Iterator[Violation]:
    """Compare METADATA with the file name and the loader's table."""
    yield from consistency.metadata(found.wheel)
    for table in found.tables:
        if table.version != found.wheel.version:
            yield f"the loader's table has version `{table.version}`", AGAIN
            break


def tag(found: Contents) -> Iterator[Violation]:
    """Compare WHEEL with the file name and the runtimes."""
    yield from consistency.tag(found.wheel)
    said = HeaderParser().parsestr(found.wheel.metadata("WHEEL"))
    pure = said.get("Root-Is-Purelib", "").strip().lower() == "true"
    if pure == bool(found.runtimes):
        count = len(found.runtimes)
        yield f"Root-Is-Purelib is `{str(pure).lower()}`, extension modules: {count}", AGAIN
