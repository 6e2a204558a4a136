"""The variant metadata of a wheel or a release, compared with PEP 825, PEP 850 and the runtimes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rtvariants.archives.consistency import AGAIN, Violation
from rtvariants.wheels.contents import Contents
from rtvariants.wheels.variant import FILE_NAME, NULL, properties

_NAME = re.compile(r"[a-z0-9_]+")
_VALUE = re.compile(r"[a-z0-9_.]+")
_KINDS = ("requires", "build-requires", "static-properties", "builtin")
_PROVIDER_KEYS = {*_KINDS, "feature-order", "optional", "plugin-api"}


def variant(found: Contents) -> Iterator[Violation]:
    """Compare `variant.json` with the label in the file name, its format and the runtimes."""
    text = found.wheel.files.get(f"{found.wheel.dist_info}/{FILE_NAME}")
    if not found.wheel.label:
        if text is not None:
            yield f"`{FILE_NAME}` in a wheel without a variant label", AGAIN
        return
    if text is None:
        yield f"variant label `{found.wheel.label}`, but no `{FILE_NAME}`", AGAIN
        return
    wrong = contradictions(text, found.wheel.label)
    for what in wrong:
        yield f"`{FILE_NAME}`: {what}", "PEP 825 defines the format"
    for what in [] if wrong else _levels(text, found):
        yield f"`{FILE_NAME}`: {what}", AGAIN


def _levels(text: bytes, found: Contents) -> Iterator[str]:
    """Yield how a document in the right format contradicts the runtimes in the wheel.

    A variant asks of a CPU what the level of its own runtimes asks.
    """
    asked = json.loads(text)["variants"][found.wheel.label]
    automatic = [r for t in found.tables for r in t.runtimes if r.select == "auto"]
    for runtime in automatic:
        if properties(runtime.level) != asked:
            said = json.dumps(asked)
            yield f"it asks for {said}, the runtime `{runtime.name}` is of `{runtime.level}`"


def contradictions(text: bytes, named: str | None = None) -> list[str]:
    """Return how a document contradicts PEP 825 or, if it has providers, PEP 850.

    `named` is the label in a wheel's file name: such a document has this one variant.

    >>> contradictions(b"{}")[0]
    'missing key: `$schema`'
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        return [f"not JSON: {error}"]
    if not isinstance(document, dict):
        return ["not an object"]
    needed = ("$schema", "default-priorities", "variants")
    found = [f"missing key: `{key}`" for key in needed if key not in document]
    found += [f"unknown key: `{key}`" for key in document if key not in (*needed, "providers")]
    if found:
        return found
    return [*_priorities(document), *_providers(document), *_variants(document, named)]


def _names(document: Any) -> list[str]:
    priorities = document["default-priorities"]
    spaces = priorities.get("namespace") if isinstance(priorities, dict) else None
    return [s for s in spaces if isinstance(s, str)] if isinstance(spaces, list) else []


def _priorities(document: Any) -> Iterator[str]:
    spaces = _names(document)
    if not spaces or set(document["default-priorities"]) != {"namespace"}:
        yield "`default-priorities` is not one list of namespaces"
    if len(set(spaces)) != len(spaces):
        yield "namespace with two priorities"
    for space in spaces:
        if not _NAME.fullmatch(space):
            yield f"not a namespace: `{space}`"


def _providers(document: Any) -> Iterator[str]:
    if "providers" not in document:
        return
    if "/850/" not in str(document["$schema"]):
        yield "`providers` under a schema that has none"
    if not isinstance(document["providers"], dict):
        yield "`providers` is not a table by namespace"
        return
    for space, provider in document["providers"].items():
        said = set(provider) if isinstance(provider, dict) else set()
        if len(said & set(_KINDS)) != 1 or not said <= _PROVIDER_KEYS:
            yield f"provider of `{space}` is not one of {', '.join(f'`{k}`' for k in _KINDS)}"
    for space in sorted(set(_names(document)) - set(document["providers"])):
        yield f"namespace without a provider: `{space}`"


def _variants(document: Any, named: str | None) -> Iterator[str]:
    variants = document["variants"]
    if not isinstance(variants, dict) or not variants:
        yield "no variant"
        return
    if named is not None and set(variants) != {named}:
        yield f"variants {', '.join(f'`{v}`' for v in variants)} in the wheel of `{named}`"
    for name, asked in variants.items():
        if not _VALUE.fullmatch(name):
            yield f"not a variant label: `{name}`"
        if not isinstance(asked, dict) or not all(isinstance(f, dict) for f in asked.values()):
            yield f"variant `{name}` is not a table of features by namespace"
            continue
        if (name == NULL) == bool(asked):
            yield f"variant `{name}` has {len(asked)} namespaces; `{NULL}` alone has none"
        yield from _features(asked, _names(document))


def _features(asked: Mapping[str, Any], spaces: Sequence[str]) -> Iterator[str]:
    for space, features in asked.items():
        if space not in spaces:
            yield f"namespace without a priority: `{space}`"
        for feature, values in features.items():
            fits = isinstance(values, list) and values and all(map(_is_value, values))
            if not fits or values != sorted(set(values)):
                yield f"values of `{space} :: {feature}` are not a sorted list of names"


def _is_value(value: object) -> bool:
    return isinstance(value, str) and bool(_VALUE.fullmatch(value))
