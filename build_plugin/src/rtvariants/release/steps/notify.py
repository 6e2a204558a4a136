"""Notify the workflows in other repositories that the declaration names, each exactly once."""

from __future__ import annotations

from typing import Any

from rtvariants.release import forge, notify
from rtvariants.release.session import Session

from .options import NoOptions as Options


def run(session: Session, options: Options) -> dict[str, Any]:
    """Notify each workflow, or show what would be sent to each."""
    del options
    made = session.manifest()
    notified: dict[str, str] = {}
    for notice in session.declaration.settings.notify:
        if session.dry:
            session.say(f"would notify {notice.key}: {notify.payload(made, notice)}")
            notified[notice.key] = "would be notified"
            continue
        repository = forge.connect(notice.repository, session.api)
        with session.journal(made) as book:
            sent = notify.notify(repository, made, notice, book)
        notified[notice.key] = "notified now" if sent else "notified before"
        session.say(f"{notice.key}: {notified[notice.key]}")
    if not notified:
        session.say("the declaration names no workflow under `notify`")
    return {"notified": notified}


def summary(facts: dict[str, Any]) -> str:
    """Return the step's line in the table of a whole release."""
    return ", ".join(f"{key}: {value}" for key, value in facts["notified"].items()) or "none"
