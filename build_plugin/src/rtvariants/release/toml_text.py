"""Where texts stand in a TOML file: the line of each, by the path of its keys.

A reader of TOML gives no lines, and a writer that keeps comments and layout takes ten times as
long. This finds texts that are in quotation marks on one line, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

_HEADER = re.compile(r"\s*(\[+)([^\[\]]+)\]")
_KEY = r"(?:[\w-]+|\"[^\"]*\"|'[^']*')"
_ASSIGNED = re.compile(rf"({_KEY}(?:\s*\.\s*{_KEY})*)\s*=(?!=)")
# A quoted text, or a comment. After a key comes a dot or an equals sign.
_QUOTED = re.compile(r"(\"[^\"]*\"|'[^']*')(\s*[.=])?|#.*")

Path = tuple[str, ...]


@dataclass(frozen=True)
class Spot:
    """One text: the path of its keys, its line, and how it is written, with quotation marks.

    In an array of tables, the `name` of a table is a part of the path.
    """

    path: Path
    text: str
    line: int
    quoted: str


def spots(toml: str, wanted: Collection[str]) -> Iterator[Spot]:
    r"""Yield where each of the wanted texts stands, in the order of the file.

    >>> [(s.path, s.line) for s in spots('[a.b]\nc = { d = "x" }', {"x"})]
    [(('a', 'b', 'c', 'd'), 2)]
    """
    table: Path = ()
    key: Path = ()
    array = False
    for number, line in enumerate(toml.splitlines(), 1):
        if line.lstrip().startswith("#"):
            continue
        if header := _HEADER.match(line):
            table, key, array = _keys(header.group(2)), (), header.group(1) == "[["
            continue
        for start, quoted in _values(line):
            text = quoted[1:-1]
            if text in wanted:
                path = (*table, *_assigned(line[:start], key))
                yield Spot(path, text, number, quoted)
            if array and line.startswith("name"):
                table = (*table, text)
        # The lines of an array come after the line of its key.
        if "=" in line and (opened := _ASSIGNED.match(line.lstrip())):
            key = _keys(opened.group(1))


def _values(line: str) -> Iterator[tuple[int, str]]:
    for found in _QUOTED.finditer(line):
        if found.group(1) and not found.group(2):
            yield found.start(), found.group(1)


def _assigned(before: str, key: Path) -> Path:
    """Return the keys of a value after the text `before`; `key` is that of the lines above."""
    bare = _QUOTED.sub(lambda found: found.group() if found.group(2) else "", before)
    found = _ASSIGNED.findall(bare)
    if not found:
        return key
    # After a brace, the last key belongs to an inline table.
    return (*_keys(found[0]), *(_keys(found[-1]) if "{" in bare else ()))


def _keys(dotted: str) -> Path:
    return tuple(word.strip("\"'") for word in re.findall(_KEY, dotted))
