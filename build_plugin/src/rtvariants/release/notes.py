"""The notes of a release: its section of the changelog, and a table of its files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from rtvariants.errors import ConfigError, Problem

from .manifest import Manifest

#: Kinds of changes in the order of Keep a Changelog; a fragment's name has one before `.md`.
KINDS = ("added", "changed", "deprecated", "removed", "fixed", "security")
_HEAD = re.compile(r"^## +\[?v?(?P<name>[^\]\s]+)\]?.*$", re.MULTILINE)


def changes(root: Path, changelog: str, version: str, *, unreleased: bool = False) -> str:
    """Return the text about a version from a changelog file, or from a folder of fragments.

    A file has a section `## [1.4.0]`; for a pre-release, or with `unreleased`, `## [Unreleased]` is
    enough. A folder has one fragment `<anything>.<kind>.md` for each change. Raises `ConfigError`
    if there is no text.
    """
    path = root / changelog
    if path.is_dir():
        texts = {p.name: p.read_text(encoding="utf-8") for p in sorted(path.glob("*.md"))}
        return fragments(texts)
    if not path.is_file():
        hint = f"write one with a section `## [{version}]`, or set `changelog` in "
        hint += "`[tool.rtvariants.release]` to the file or folder that is the changelog"
        raise ConfigError(Problem("no changelog", hint, changelog))
    text = path.read_text(encoding="utf-8")
    return section(text, version, changelog, unreleased=unreleased)


def section(text: str, version: str, where: str = "changelog", *, unreleased: bool = False) -> str:
    r"""Return a version's section of a changelog.

    >>> section("## [1.1.0] - 2026-01-01\nNew\n## [1.0.0]\nOld\n", "1.1.0")
    'New'
    """
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    found = {h["name"].lower(): text[h.end() : e] for h, e in zip(heads, ends, strict=True)}
    prerelease = unreleased or re.search(r"[a-z]", version) is not None
    for name in (version, *(("unreleased",) if prerelease else ())):
        if found.get(name, "").strip():
            return found[name].strip()
    hint = "rename `## [Unreleased]` to the version, and add the date"
    raise ConfigError(Problem(f"no section with text: `## [{version}]`", hint, where))


def fragments(texts: Mapping[str, str]) -> str:
    r"""Return fragments by their names, joined by kind.

    >>> fragments({"12.fixed.md": "A leak.", "9.added.md": "A lamp."})
    '### Added\n- A lamp.\n\n### Fixed\n- A leak.'
    """
    by_kind: dict[str, list[str]] = {}
    problems = []
    for name, text in texts.items():
        kind = name.removesuffix(".md").rpartition(".")[2]
        if kind in KINDS and text.strip():
            by_kind.setdefault(kind, []).append("- " + text.strip().replace("\n", "\n  "))
        else:
            what = "empty fragment" if kind in KINDS else f"unknown kind of change: `{kind}`"
            problems.append(Problem(what, f"use one of {', '.join(KINDS)}", name))
    if problems:
        raise ConfigError(problems)
    if not by_kind:
        raise ConfigError(Problem("no changes", "add a fragment such as `<name>.added.md`"))
    parts = [f"### {k.capitalize()}\n" + "\n".join(by_kind[k]) for k in KINDS if k in by_kind]
    return "\n\n".join(parts)


def notes(manifest: Manifest, text: str, *, attested: str = "") -> str:
    """Return the whole notes: changes, files with sizes and hashes, commit and compiler.

    `attested` is the repository whose workflow attests the files; empty if none does.
    """
    rows = [
        f"| `{file.name}` | {file.role} | {file.size} | `{file.sha256}` |"
        for file in manifest.files
    ]
    lines = [text, "", "### Files", "", "| file | role | bytes | sha256 |"]
    lines += ["| --- | --- | ---: | --- |", *rows, "", f"Commit `{manifest.commit}`."]
    lines += [f"Compiler: {', '.join(manifest.toolchains)}."] if manifest.toolchains else []
    if attested:
        how = f"gh attestation verify FILE --repo {attested} --source-ref refs/tags/{manifest.tag}"
        lines += ["", f"To verify who has built a file or an asset, run `{how}`."]
    return "\n".join(lines) + "\n"


def sums(manifest: Manifest) -> str:
    """Return the hashes in the format of `sha256sum --check`."""
    return "".join(f"{file.sha256}  {file.name}\n" for file in manifest.files)
