"""Notifies workflows in other repositories of a release, each exactly once.

The journal has a key for each. If an answer is lost, the forge may have accepted the event; then
its list of runs is read before anything is sent again. The key is a part of the event, so that a
receiver recognises a repetition too.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from packaging.version import Version

from rtvariants.config.release import NotifyConfig

from . import forge
from .journal import BEGUN, DONE, Journal
from .manifest import Manifest

# A run appears a little after its event was accepted.
_LOOKS = 5


def payload(manifest: Manifest, notice: NotifyConfig) -> dict[str, Any]:
    """Return what a receiver gets; pure."""
    key = f"{manifest.project} {manifest.version} {manifest.commit} {notice.key}"
    return {
        "project": manifest.project,
        "version": manifest.version,
        "tag": manifest.tag,
        "commit": manifest.commit,
        "prerelease": Version(manifest.version).is_prerelease,
        "key": hashlib.sha256(key.encode()).hexdigest()[:32],
    }


def notify(
    repository: Any,
    manifest: Manifest,
    notice: NotifyConfig,
    journal: Journal,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Notify one receiver; returns whether something was sent now. Raises `ForgeError`."""
    before = journal.facts("notify", notice.key)
    if before.get("state") == DONE:
        return False
    if before.get("state") == BEGUN and _ran(repository, notice, before["at"], sleep):
        journal.write("notify", DONE, notice.key, found="in the list of runs")
        return False
    facts = payload(manifest, notice)
    journal.write("notify", BEGUN, notice.key, payload=facts)
    try:
        with forge.errors(f"the notice to `{notice.key}`"):
            _send(repository, notice, facts)
    except forge.ForgeError as error:
        if getattr(error.__cause__, "status", 500) < 500:
            # A refusal is an answer: nothing was accepted, and the next run need not look.
            journal.write("notify", "refused", notice.key)
        raise
    journal.write("notify", DONE, notice.key)
    return True


def _send(repository: Any, notice: NotifyConfig, facts: dict[str, Any]) -> None:
    if notice.event:
        taken = repository.create_repository_dispatch(notice.event, facts)
        if not taken:
            raise forge.ForgeError(
                f"the forge did not accept the event `{notice.event}` for `{notice.repository}`",
                "the token needs `contents: write` there",
            )
    else:
        # The inputs of a workflow are strings.
        inputs = {k: str(v).lower() if isinstance(v, bool) else v for k, v in facts.items()}
        repository.get_workflow(notice.workflow).create_dispatch(notice.ref, inputs, throw=True)


def _ran(repository: Any, notice: NotifyConfig, since: str, sleep: Callable[[float], None]) -> bool:
    """Return whether the workflow of a notice has started since a time."""
    event = "repository_dispatch" if notice.event else "workflow_dispatch"
    # The clocks of two machines differ a little.
    start = datetime.fromisoformat(since) - timedelta(seconds=30)
    created = f">={start.strftime('%Y-%m-%dT%H:%M:%SZ')}"
    for attempt in range(_LOOKS):
        with forge.errors("the list of runs"):
            for run in repository.get_workflow_runs(event=event, created=created):
                title, path = str(run.display_title), str(run.path)
                if notice.event and title == notice.event:
                    return True
                if notice.workflow and path.endswith(f"/{notice.workflow}"):
                    return True
        if attempt + 1 < _LOOKS:
            sleep(2.0)
    return False
