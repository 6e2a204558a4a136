"""The JSON schema of `[tool.rtvariants]`, in the shape that SchemaStore accepts for tools."""

from __future__ import annotations

import json
import re
from typing import Any

from .fields import settings_of

#: `partial-` is SchemaStore's prefix for a single table of pyproject.toml.
ID = "https://json.schemastore.org/partial-rtvariants.json"


def table_schema(cls: type[Any]) -> dict[str, Any]:
    """Return the schema of one dataclass of settings."""
    properties = {}
    for each in settings_of(cls):
        made = {"description": _plain(each.text), **each.kind.schema()}
        bare = each.required or each.default is None
        properties[each.key] = made if bare else {**made, "default": each.default}
    return {
        "type": "object",
        "properties": properties,
        "required": [each.key for each in settings_of(cls) if each.required and not each.derived],
        "additionalProperties": False,
    }


def schema(cls: type[Any], title: str) -> dict[str, Any]:
    """Return the schema of the whole configuration."""
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "$id": ID, "title": title}
    return {**head, **table_schema(cls)}


def text(cls: type[Any], title: str) -> str:
    """Return the schema as the file that is checked in."""
    return json.dumps(schema(cls, title), indent=2, ensure_ascii=False) + "\n"


def _plain(docstring: str) -> str:
    """Return a docstring's paragraphs, each as one line, without examples."""
    prose = re.sub(r"```.*?```", "", docstring, flags=re.DOTALL)
    paragraphs = (" ".join(p.split()) for p in prose.split("\n\n"))
    return "\n\n".join(filter(None, paragraphs))
