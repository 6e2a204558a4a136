"""The forge's release: a draft until it is complete; a second run updates it.

PyGithub is the client: synchronous, on top of requests, and smaller than clients that have types
for the whole API.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.version import Version

from rtvariants.archives import members
from rtvariants.errors import Problem, RtvariantsError

from . import addresses, notes
from . import manifest as manifests
from .extra import needs
from .manifest import Manifest
from .secrets import get, redact

#: Variables with the forge's token; the first one that is set counts.
TOKENS = ("GITHUB_TOKEN", "GH_TOKEN")
SUMS = "SHA256SUMS"
#: How many characters the text of a release may have.
MOST = 125_000
_OTHER = Problem(
    "the forge answers something else than its API",
    "check its address, and whether something on the way answers for it",
)
# How many seconds a command waits for the end of a rate limit.
_PATIENCE = 120


class ForgeError(RtvariantsError):
    """The forge refused, did not answer, or has something else under the same name."""


@dataclass(frozen=True)
class Asset:
    """A file that is attached to the release on the forge."""

    name: str
    data: bytes

    @property
    def digest(self) -> str:
        """Return the hash as the forge spells it."""
        return f"sha256:{hashlib.sha256(self.data).hexdigest()}"


def too_long(text: str) -> list[Problem]:
    """Return the problem of notes that the forge does not accept."""
    if len(text) <= MOST:
        return []
    return [
        Problem(
            f"the notes of the release have {len(text):,} characters, the forge accepts {MOST:,}",
            "shorten this version's section of the changelog, and link to a page with the details",
        )
    ]


def connect(repository: str, api: str = "", token: str = "") -> Any:
    """Return the client for one repository; `api` is for a forge other than github.com."""
    github = needs("github")
    if api:
        addresses.checked(api)
    # A request beyond the forge's rate limit is sent again when the forge says so, if that is soon.
    retry = github.GithubRetry(
        total=3, backoff_factor=0.2, allowed_methods={"GET"}, status_forcelist=[500, 502, 503, 504],
        max_rate_limit_wait=_PATIENCE,
    )  # fmt: skip
    token = token or next(filter(None, map(get, TOKENS)), "")
    options: dict[str, Any] = {"base_url": api, "seconds_between_writes": 0} if api else {}
    client = github.Github(
        auth=github.Auth.Token(token) if token else None,
        retry=retry,
        timeout=60,
        lazy=True,
        seconds_between_requests=0,
        **options,
    )
    return client.get_repo(repository)


def assets(manifest: Manifest, folder: Path) -> tuple[Asset, ...]:
    """Return what is attached to the release: manifest, hashes, sdists, the wheels' SBOMs."""
    found = [
        Asset(manifests.FILE_NAME, manifest.text().encode()),
        Asset(SUMS, notes.sums(manifest).encode()),
    ]
    paths = {path.name: path for path in folder.rglob("*") if path.is_file()}
    for file in manifest.files:
        if file.role.endswith("sdist"):
            found.append(Asset(file.name, paths[file.name].read_bytes()))
        elif file.name.endswith(".whl"):
            found += _sboms(paths[file.name])
    return tuple({asset.name: asset for asset in found}.values())


def _sboms(wheel: Path) -> list[Asset]:
    """Return the SBOMs in a wheel (PEP 770), named after it: each platform has its own."""
    return [
        Asset(f"{wheel.stem}.{Path(name).name}", data)
        for name, data in members.read(wheel).items()
        if ".dist-info/sboms/" in name
    ]


def release(
    repository: Any,
    manifest: Manifest,
    text: str,
    files: Sequence[Asset],
    say: Callable[[str], None] = lambda _: None,
    *,
    tagged: bool = False,
) -> str:
    """Complete the release on the forge; returns its address.

    Raises `ForgeError`. In a public release, no asset is replaced. With `tagged`, the forge must
    have the tag: otherwise it would make one, without a signature.
    """
    with errors("the release"):
        _same_tag(repository, manifest, tagged=tagged)
        found = _release(repository, manifest, text)
        there = {asset.name: asset for asset in found.get_assets()}
        problems = [] if found.draft else _altered(files, there)
        if problems:
            raise ForgeError(problems)
        for asset in files:
            if _equal(asset, there.get(asset.name)):
                continue
            if asset.name in there:  # incomplete, or from an earlier draft
                there[asset.name].delete_asset()
            _send(found, asset)
            say(f"asset {asset.name} ({len(asset.data) / 1e6:.1f} MB)")
        _remove_others(found, files, there)
        found.update_release(
            _title(manifest), text, draft=False, prerelease=_pre(manifest),
            tag_name=manifest.tag, target_commitish=manifest.commit,
        )  # fmt: skip
        return str(found.html_url)


def _release(repository: Any, manifest: Manifest, text: str) -> Any:
    """Return the release of the tag; creates a draft if there is none.

    Drafts have no tag yet, so only the list of releases has them.
    """
    for found in repository.get_releases():
        if found.tag_name == manifest.tag:
            return found
    made = repository.create_git_release(
        manifest.tag, _title(manifest), text, draft=True, prerelease=_pre(manifest),
        target_commitish=manifest.commit,
    )  # fmt: skip
    # The forge accepts a second draft of one tag. If another machine made one at the same time,
    # both see both, and the later one gives way.
    ids = [found.id for found in repository.get_releases() if found.tag_name == manifest.tag]
    if ids and min(ids) < made.id:
        made.delete_release()
        raise ForgeError(
            f"another machine is making the release of `{manifest.tag}`",
            "wait until it ends, then run the same command again",
        )
    return made


def _same_tag(repository: Any, manifest: Manifest, *, tagged: bool) -> None:
    """Refuse a tag on the forge that is at another commit; a missing one is created later."""
    unknown = needs("github").GithubException
    try:
        commit = repository.get_commit(f"tags/{manifest.tag}").complete().sha
    except unknown as error:
        if error.status not in (404, 422):
            raise
        if tagged:
            raise ForgeError(
                f"the forge has no tag `{manifest.tag}`", f"run `git push origin {manifest.tag}`"
            ) from error
        return
    if not re.fullmatch("[0-9a-f]{40,64}", commit):
        raise ForgeError(_OTHER)
    if commit != manifest.commit:
        raise ForgeError(
            f"tag `{manifest.tag}` of the forge is at {commit}, the files from {manifest.commit}",
            "never move a published tag: raise the version",
        )


def _send(found: Any, asset: Asset) -> None:
    found.upload_asset_from_memory(
        io.BytesIO(asset.data), len(asset.data), asset.name, "application/octet-stream"
    )


def _equal(asset: Asset, there: Any) -> bool:
    return there is not None and there.state == "uploaded" and there.digest == asset.digest


def _altered(files: Sequence[Asset], there: Mapping[str, Any]) -> list[Problem]:
    """Return a problem for each asset of a public release that has other bytes."""
    hint = "if the asset is wrong, remove it by hand; this command does not replace public assets"
    return [
        Problem(f"{there[a.name].digest} on the forge; {a.digest} here", hint, a.name)
        for a in files
        if a.name in there and there[a.name].state == "uploaded" and not _equal(a, there[a.name])
    ]


def _remove_others(found: Any, files: Sequence[Asset], there: Mapping[str, Any]) -> None:
    """Remove assets that another set of files left in a draft."""
    if found.draft:
        for name in set(there) - {asset.name for asset in files}:
            there[name].delete_asset()


def _title(manifest: Manifest) -> str:
    return f"{manifest.project} {manifest.version}"


def _pre(manifest: Manifest) -> bool:
    return Version(manifest.version).is_prerelease


@contextlib.contextmanager
def errors(what: str) -> Iterator[None]:
    """Turn the exceptions of the client and of the connection into `ForgeError`."""
    github = needs("github")
    try:
        yield
    except github.GithubException as error:
        said = redact(_said(error.data))
        raise ForgeError(
            f"the forge refused {what} with status {error.status}: {said}", _hint(error)
        ) from error
    except (TypeError, ValueError, LookupError, AttributeError) as error:
        # The client takes any answer for JSON of the expected form.
        raise ForgeError(_OTHER) from error
    except OSError as error:  # requests' errors are such
        raise ForgeError(
            f"the forge does not answer: {type(error).__name__}",
            "run the same command again; it continues where it stopped",
        ) from error


def _said(data: Any) -> str:
    """Return the message of a refusal with its details, which alone say what is wrong."""
    if not isinstance(data, dict):
        return "no message"
    details = [e.get("message", "") if isinstance(e, dict) else e for e in data.get("errors") or ()]
    return ": ".join(filter(None, [str(data.get("message") or ""), *map(str, details)])) or (
        "no message"
    )


def _hint(error: Any) -> str:
    headers = {key.lower(): value for key, value in (error.headers or {}).items()}
    limited = (
        "rate limit" in _said(error.data).lower()
        or "retry-after" in headers
        or headers.get("x-ratelimit-remaining") == "0"
    )
    if error.status == 429 or (error.status == 403 and limited):
        wait = headers.get("retry-after")
        when = f"after {wait} s" if wait else "in a few minutes"
        return f"this is the forge's rate limit, not the token: run the same command again {when}"
    if error.status in (401, 403, 404):
        return (
            f"set {' or '.join(f'`{name}`' for name in TOKENS)} to a token with `contents: write`"
        )
    return "run the same command again; it continues where it stopped"
