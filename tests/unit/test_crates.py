"""Within a crate, modules use each other in one direction."""

import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

CRATES = Path(__file__).resolve().parents[2] / "crates"
IGNORED = re.compile(
    r"//[^\n]*|#\[cfg\(test\)\]\s*mod \w+ \{.*|\"(?:\\.|[^\"\\])*\"|\bpub\(in [^)]*\)", re.DOTALL
)


def spread(path):
    """Yield the single paths of `a::{b, c::{d, e}}`."""
    head, brace, rest = path.partition("{")
    if not brace:
        yield "".join(path.split())
        return
    depth, part = 0, ""
    for letter in rest.rstrip()[:-1] + ",":
        depth += {"{": 1, "}": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            yield from (spread("".join(head.split()) + part.strip()) if part.strip() else ())
            part = ""
        else:
            part += letter


def names(text):
    """Yield the paths that Rust source text uses, relative ones as they are written."""
    text = IGNORED.sub(" ", text)
    for path in re.findall(r"\buse ([^;]+);", text):
        yield from spread(path)
    yield from re.findall(r"\b(?:crate|super|self)(?:::\w+)+", re.sub(r"\buse [^;]+;", "", text))


def resolved(path, module, modules):
    """Return the module of a crate that a path leads to, or None for one of another crate."""
    first, *rest = parts = path.split("::")
    if first == "crate":
        place = rest
    elif first in ("super", "self"):
        ups = sum(part == "super" for part in parts)
        place = [*module[: len(module) - ups], *parts[max(ups, 1) :]]
    elif (*module, first) in modules:
        place = [*module, *parts]
    else:
        return None
    ends = (tuple(place[:end]) for end in range(len(place), -1, -1))
    return next(end for end in ends if end in modules)


def circle(sources):
    """Return the modules of a circle, from the text of each module of a crate."""
    graph = {
        module: {resolved(path, module, sources) for path in names(text)} - {module, None}
        for module, text in sources.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return ["::".join(module) or "lib" for module in error.args[1]]
    return []


def modules(crate):
    source = CRATES / crate / "src"
    found = {}
    for path in sorted(source.rglob("*.rs")):
        parts = path.relative_to(source).with_suffix("").parts
        found[parts[:-1] if parts[-1] in ("mod", "lib") else parts] = path.read_text("utf-8")
    return found


@pytest.mark.parametrize("crate", ["mydf-core", "mydf-query", "mydf-io", "mydf-python"])
def test_the_modules_of_a_crate_form_no_circle(crate):
    sources = modules(crate)
    assert len(sources) > 10
    assert circle(sources) == []


def test_a_circle_is_found_however_the_paths_are_written():
    kernels = "pub mod take;\nmod bits;\nuse bits::collect;"
    sources = {(): "mod kernels;", ("kernels",): kernels, ("kernels", "take"): ""}
    sources["kernels", "bits"] = "// use super::take::rows;\nuse std::fmt;"
    assert circle(sources) == []
    for text in ("use super::{take::rows, *};", "fn f() { crate::kernels::take::rows() }"):
        sources["kernels", "take"] = "use super::bits;"
        assert circle({**sources, ("kernels", "bits"): text})
