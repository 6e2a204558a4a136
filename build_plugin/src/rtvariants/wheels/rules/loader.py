"""The loader's files, compared with each other and with the runtimes in the wheel."""

from __future__ import annotations

from collections.abc import Iterator

from rtvariants.archives.consistency import AGAIN, Violation
from rtvariants.shim import generated
from rtvariants.wheels.contents import Contents


def loader(found: Contents) -> Iterator[Violation]:
    """Compare what the loader's files know, and see that the package calls the loader."""
    yield from _place(found)
    if found.tables:
        name = f"_{found.package}_loader/{generated.FIRST}"
        said = generated.read(found.wheel.files.get(name, b"").decode(errors="replace"))
        for key, value in generated.facts(found.tables).items():
            # A file without any of them belongs to a loader that reads its table at every import.
            if said and said.get(key) != value:
                yield f"`{name}` has another `{key}` than the table next to it", AGAIN
    for table in found.tables:
        for runtime in table.runtimes:
            # If a runtime may come from another wheel, only its named fields are compared.
            held = runtime.module.rpartition(".")[0] in found.runtimes
            if held and not runtime.stamp:
                yield f"the loader's table does not state the stamp of `{runtime.name}`", AGAIN
            elif runtime.stamp and not held:
                what = "the stamp of a runtime that is not in the wheel"
                yield f"the loader's table states {what}: `{runtime.name}`", AGAIN


def _place(found: Contents) -> Iterator[Violation]:
    """See that a file at the place of the extension module leaves that place to it."""
    for table in found.tables[:1]:
        name, loader = table.alias.replace(".", "/") + ".py", f"_{table.package}_loader"
        text = found.wheel.files.get(name)
        if text is not None and not (loader.encode() in text and b"bind()" in text):
            what = f"`{name}` has the name of the extension module and does not call the loader"
            yield what, f"write `import {loader}` and `{loader}.bind()` into it"
