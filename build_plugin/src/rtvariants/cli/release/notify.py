"""Tell the workflows elsewhere that the declaration names, each exactly once."""

from __future__ import annotations

import argparse
from typing import Any

from rtvariants.release import forge, notify

from .session import Session


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add no option of its own."""
    del parser


def run(session: Session, options: argparse.Namespace) -> dict[str, Any]:
    """Tell each, or show what each would be told."""
    del options
    made = session.manifest()
    told: dict[str, str] = {}
    for notice in session.declaration.settings.notify:
        if session.dry:
            facts = notify.payload(made, notice)
            session.say(f"would be told: {notice.key}: {facts}")
            told[notice.key] = "would be told"
            continue
        repository = forge.connect(notice.repository, session.api)
        with session.journal(made) as book:
            sent = notify.notify(repository, made, notice, book)
        told[notice.key] = "told now" if sent else "told before"
        session.say(f"{notice.key}: {told[notice.key]}")
    if not told:
        session.say("nobody is declared under `notify`")
    return {"told": told}
