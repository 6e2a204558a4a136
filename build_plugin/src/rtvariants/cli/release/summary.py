"""The table that a whole release ends with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .session import Session


def text(session: Session, done: dict[str, dict[str, Any]]) -> str:
    """Return one line a step, and what was left out of a dry run."""
    declaration = session.declaration
    lines = [f"\n{declaration.project} {declaration.version}"]
    for name, facts in done.items():
        lines.append(f"  {name:10} {facts['seconds']:7.1f} s  {_said(name, facts)}")
    lines.append(f"  {'in all':10} {sum(f['seconds'] for f in done.values()):7.1f} s")
    end = "rehearsed" if session.rehearsal else "released"
    end = "dry run: nothing was sent" if session.dry else end
    return "\n".join([*lines, f"{end}; files, manifest and journal: {session.folder}"])


def _said(name: str, facts: dict[str, Any]) -> str:
    if "skipped" in facts:
        return f"skipped: {facts['skipped']}"
    return _WORDS[name](facts)


def _built(facts: dict[str, Any]) -> str:
    size = sum(file["size"] for file in facts["files"])
    return f"{len(facts['files'])} files, {size / 1e6:.2f} MB"


def _published(facts: dict[str, Any]) -> str:
    if "would_send" in facts:
        return f"{len(facts['would_send'])} files would be sent"
    return f"{facts['sent']} files sent, {facts['kept']} were there"


def _verified(facts: dict[str, Any]) -> str:
    installed = len(facts["installed"])
    return f"{facts['files']} files with their hashes; pip and uv install {installed} requirements"


def _made(facts: dict[str, Any]) -> str:
    return str(facts.get("address") or f"{len(facts['would_have'])} assets")


def _pairs(facts: dict[str, str]) -> str:
    return ", ".join(f"{key}: {value}" for key, value in facts.items()) or "nobody"


_WORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    "plan": lambda facts: f"{len(facts['files'])} files of {len(facts['cells'])} cells",
    "build": _built,
    "test": lambda facts: _pairs(facts["platforms"]),
    "freeze": lambda facts: f"{facts['files']} files, manifest sha256 {facts['sha256'][:16]}…",
    "preflight": lambda facts: f"nothing forbids it; {len(facts['notes'])} notes",
    "publish": _published,
    "verify": _verified,
    "forge": _made,
    "notify": lambda facts: _pairs(facts["told"]),
}
