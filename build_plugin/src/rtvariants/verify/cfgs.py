"""Which `--cfg` flags the sources of a build read.

rustc has no lint for an unused flag: `unexpected_cfgs` finds the reverse. So this searches the
sources, and only those that count: the files that the compiler recorded as read (its dep-info),
without comments, inside `cfg(…)`, `cfg!(…)`, `cfg_attr(…)` and the like, the build scripts
(`CARGO_CFG_…`), and the `[target.'cfg(…)']` tables of the manifests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rtvariants.compile.artifact import Unit

_TOKENS = re.compile(
    r"""r(?P<hashes>\#*)".*?"(?P=hashes)|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])'|//[^\n]*|/\*.*?\*/""",
    re.DOTALL,
)
_GROUP = re.compile(r"\b(?:cfg|cfg_attr|cfg_select|cfg_match)\s*!?\s*[({\[]")
_CLOSING = {"(": ")", "{": "}", "[": "]"}


def of_flags(flags: Sequence[str]) -> tuple[str, ...]:
    """Return what a list of compiler flags sets, as written.

    >>> of_flags(["--cfg", "a", "-Copt-level=3", '--cfg=b="c"'])
    ('a', 'b="c"')
    """
    words = iter(flags)
    found = []
    for word in words:
        if word == "--cfg":
            found.append(next(words, ""))
        elif word.startswith("--cfg="):
            found.append(word.removeprefix("--cfg="))
    return tuple(filter(None, found))


def unread(cfgs: Sequence[str], units: Iterable[Unit]) -> tuple[str, ...]:
    """Return those of `cfgs` that no unit reads; empty at once where there are none."""
    left = list(cfgs)
    for unit in units if left else ():
        left = [cfg for cfg in left if not _unit_reads(unit, cfg)]
    return tuple(left)


def _unit_reads(unit: Unit, cfg: str) -> bool:
    name = cfg.partition("=")[0].strip()
    if "custom-build" in unit.kinds:
        # cargo passes all flags of the target to a crate's build script.
        variable = f"CARGO_CFG_{name.upper().replace('-', '_')}"
        return _contains(unit.source, variable) or _manifest_reads(unit.manifest, cfg)
    if unit.for_host:
        return False  # With `--target`, no flag reaches what runs on this machine.
    return any(reads(_text(path), cfg) for path in sources(unit) if _contains(path, name)) or (
        _manifest_reads(unit.manifest, cfg)
    )


def reads(source: str, cfg: str) -> bool:
    """Return whether Rust source reads a flag.

    >>> reads('#[cfg(not(kind = "b"))] fn f() {}', 'kind="b"')
    True
    >>> reads('// #[cfg(a)]', "a"), reads('let a = "cfg(a)";', "a"), reads("cfg!(ab)", "a")
    (False, False, False)
    """
    name, valued, value = (part.strip() for part in cfg.partition("="))
    wanted = (
        rf"\b{re.escape(name)}\s*=\s*{re.escape(value)}" if valued else rf"\b{name}\b(?!\s*=(?!>))"
    )
    return any(re.search(wanted, group) for group in _groups(source))


def _groups(source: str) -> Iterator[str]:
    """Yield the inside of each `cfg…(…)`; comments are blanked, strings outside of them too."""
    plain = _TOKENS.sub(lambda m: "" if m[0][0] == "/" else m[0], source)
    # Brackets and words in strings don't count. What is inside quotes keeps its length.
    blank = _TOKENS.sub(lambda m: m[0][0] + " " * (len(m[0]) - 2) + m[0][-1], plain)
    for match in _GROUP.finditer(blank):
        opening, closing = blank[match.end() - 1], _CLOSING[blank[match.end() - 1]]
        depth, at = 1, match.end()
        while depth and at < len(blank):
            depth += (blank[at] == opening) - (blank[at] == closing)
            at += 1
        yield plain[match.end() : at]


def sources(unit: Unit) -> Iterator[Path]:
    """Yield the files that the compiler read for a unit; only its root without dep-info."""
    found = next((info for info in map(_dep_info, unit.files) if info.is_file()), None)
    if found is None:
        yield unit.source
        return
    line = found.read_text(encoding="utf-8", errors="replace").splitlines()[0]
    for word in re.split(r"(?<!\\) ", line.partition(": ")[2]):
        path = Path(word.replace("\\ ", " "))
        # The paths of a workspace's own files begin at its root, which is above the manifest.
        roots = unit.manifest.parents
        yield (
            path
            if path.is_absolute()
            else next((root / path for root in roots if (root / path).is_file()), path)
        )


def _dep_info(file: Path) -> Path:
    """`deps/libx-1234.rlib` → `deps/x-1234.d`; a library outside `deps` has one of its own name."""
    stem = file.stem
    if file.parent.name == "deps" and stem.startswith("lib"):
        stem = stem[3:]
    return file.with_name(f"{stem}.d")


def _manifest_reads(manifest: Path, cfg: str) -> bool:
    text = _text(manifest)
    headers = re.findall(r"^\s*\[target\.(['\"])(cfg\(.*\))\1", text, re.MULTILINE)
    return any(reads(group, cfg) for _, group in headers)


def _contains(path: Path, word: str) -> bool:
    try:
        return word.encode() in path.read_bytes()
    except OSError:
        return False


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
