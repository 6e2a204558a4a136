"""The rules of a finished wheel, one module for each subject.

Each rule is a function from what a wheel holds to its violations: a fact and a hint. `RULES` is the
list of them; `check` runs it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rtvariants.archives import consistency
from rtvariants.archives.consistency import Violation
from rtvariants.wheels.contents import Contents

from . import loader, metadata, natives, runtimes, sboms, strays, variants

Rule = Callable[[Contents], Iterator[Violation]]

#: Every rule by its name, in the order in which violations are shown.
RULES: dict[str, Rule] = {
    "file-name": lambda found: consistency.file_name(found.wheel),
    "record": lambda found: consistency.record(found.wheel),
    "metadata": metadata.metadata,
    "tag": metadata.tag,
    "runtimes": runtimes.runtimes,
    "loader": loader.loader,
    "stamp": runtimes.stamp,
    "native": natives.native,
    "guard": natives.guard,
    "native-tag": natives.tag,
    "instrumented": natives.instrumented,
    "sbom": sboms.sbom,
    "stray": strays.strays,
    "variant": variants.variant,
}
