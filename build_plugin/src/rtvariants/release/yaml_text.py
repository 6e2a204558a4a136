"""YAML as a person would write it: made by a library, with comments after values.

The library quotes what needs quotes, so no value of a declaration can change the structure.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .extra import needs


@dataclass(frozen=True)
class Noted:
    """A value with a comment after it."""

    value: Any
    note: str


def dump(data: Mapping[str, Any], head: str, *, spaced: Sequence[str] = ()) -> str:
    """Return a mapping as YAML below `head`; a blank line is before each entry of `spaced` keys."""
    yaml = needs("ruamel.yaml").YAML()
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    made = _node(data)
    for key in spaced:
        for name in made[key]:
            made[key].yaml_set_comment_before_after_key(name, before="\n")
    text = io.StringIO()
    yaml.dump(made, text)
    lines = (line.rstrip() for line in text.getvalue().splitlines())
    return head + "\n".join("" if line.strip() == "#" else line for line in lines) + "\n"


def _node(value: Any) -> Any:
    """Return a value as the library's own classes, which keep comments and the style of texts."""
    comments, scalars = needs("ruamel.yaml.comments"), needs("ruamel.yaml.scalarstring")
    if isinstance(value, Mapping):
        made = comments.CommentedMap()
        for key, each in value.items():
            made[key] = _node(each.value if isinstance(each, Noted) else each)
            if isinstance(each, Noted):
                made.yaml_add_eol_comment(each.note, key)
        return made
    if isinstance(value, list | tuple):
        return [_node(each) for each in value]
    if isinstance(value, str) and "\n" in value:
        return scalars.LiteralScalarString(value)
    return value
