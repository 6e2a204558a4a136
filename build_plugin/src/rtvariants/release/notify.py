"""Notifies workflows in other repositories of a release, each exactly once.

Each notice has a key, which is a part of its payload, and the journal has the newest run of the
receiver from before it was sent. If an answer is lost, the forge may have accepted the notice: a
newer run of the same kind shows that it did. Neither clocks nor titles matter, since they differ
between machines and workflows; but a run whose title has the key is certain.
"""

from __future__ import annotations

import hashlib
import itertools
import time
from collections.abc import Callable
from typing import Any

from packaging.version import Version

from rtvariants.config.release import NotifyConfig

from . import forge
from .journal import BEGUN, DONE, Journal
from .manifest import Manifest

# A run appears a little after its event was accepted.
_LOOKS = 5
# How many of the newest runs are looked at: the forge gives them in pages of thirty.
_RUNS = 60


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
    facts = payload(manifest, notice)
    begun = before.get("state") == BEGUN
    newest = int(before.get("newest", 0))
    if begun and (run := _ran(repository, notice, newest, facts["key"], sleep)):
        journal.write("notify", DONE, notice.key, run=run)
        return False
    newest = max((run.id for run in _runs(repository, notice)), default=0)
    journal.write("notify", BEGUN, notice.key, payload=facts, newest=newest)
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


def _ran(
    repository: Any, notice: NotifyConfig, newest: int, key: str, sleep: Callable[[float], None]
) -> int:
    """Return the run that a notice has started: the number of one after `newest`; 0 for none."""
    for attempt in range(_LOOKS):
        found = {int(run.id): str(run.display_title) for run in _runs(repository, notice)}
        later = sorted(number for number in found if number > newest)
        for number in (*(n for n in later if key in found[n]), *later):
            return number
        if attempt + 1 < _LOOKS:
            sleep(2.0)
    return 0


def _runs(repository: Any, notice: NotifyConfig) -> list[Any]:
    """Return the newest runs that such a notice starts; the numbers of runs only grow."""
    event = "repository_dispatch" if notice.event else "workflow_dispatch"
    with forge.errors("the list of runs"):
        runs = itertools.islice(repository.get_workflow_runs(event=event), _RUNS)
        return [r for r in runs if notice.event or str(r.path).endswith(f"/{notice.workflow}")]
