"""RECORD: the list of a wheel's members with their hashes and sizes.

The csv module of Python reads and writes it. `installer.records` does the same in as many lines,
needs the csv module's row writer too, and was not faster on a wheel of 60 MB, where hashing takes
the time (0.13 s against 0.15 s); so a build needs no package for it.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping

# How many names a message lists.
_SHOWN = 3


def digest(data: bytes) -> str:
    """Return a hash as RECORD writes it.

    >>> digest(b"")
    'sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU'
    """
    value = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
    return "sha256=" + value.decode().rstrip("=")


def of(files: Mapping[str, bytes], name: str) -> bytes:
    """Return the RECORD, itself called `name`, of these files in their order."""
    return _text([*_rows(files), (name, "", "")])


def renewed(text: str, files: Mapping[str, bytes]) -> bytes:
    """Return a RECORD in which the rows of these files are replaced or added."""
    fresh = {row[0]: row for row in _rows(files)}
    kept = [fresh.pop(row[0], tuple(row)) for row in csv.reader(io.StringIO(text)) if row]
    return _text([*fresh.values(), *kept])


def contradictions(files: Mapping[str, bytes], name: str) -> Iterator[str]:
    """Yield how the RECORD called `name` and the other files contradict each other."""
    if name not in files:
        yield f"no `{name}`"
        return
    try:
        rows = list(csv.reader(io.StringIO(files[name].decode(errors="replace"))))
    except csv.Error as error:
        yield f"`{name}` can't be read: {error}"
        return
    listed = {row[0]: (row[1], row[2]) for row in rows if len(row) == 3}
    exempt = {name, f"{name}.jws", f"{name}.p7s"}
    both = sorted(set(listed) & set(files) - exempt)
    other = [n for n in both if listed[n][0] != digest(files[n])]
    sized = [n for n in both if listed[n][1] not in ("", str(len(files[n])))]
    for what, names in (
        ("RECORD does not list", sorted(set(files) - set(listed) - exempt)),
        ("RECORD lists a file that does not exist", sorted(set(listed) - set(files))),
        ("RECORD has another hash for", other),
        ("RECORD has another size for", [n for n in sized if n not in other]),
    ):
        if names:
            more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
            yield f"{what}: {', '.join(f'`{n}`' for n in names[:_SHOWN])}{more}"


def _rows(files: Mapping[str, bytes]) -> Iterator[tuple[str, ...]]:
    return ((name, digest(data), str(len(data))) for name, data in files.items())


def _text(rows: Iterable[tuple[str, ...]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
