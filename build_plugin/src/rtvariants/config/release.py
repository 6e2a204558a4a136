"""`[tool.rtvariants.release]` of pyproject.toml: what `rtvariants release` reads.

```toml
[tool.rtvariants.release]
platforms = [                           # names, or tables that change a platform's tag or runner
  "linux-x64",
  { name = "linux-arm64", tag = "manylinux_2_28_aarch64" },
]
distribution = "owner-greeter"          # the name on the index, if it is not that of [project]
repository = "owner/greeter"            # where the release on the forge goes
tag = "v{version}"                      # the git tag of a release
signed-tags = true                      # the tag needs a signature that git accepts
index = "pypi"                          # or "testpypi", or addresses
changelog = "CHANGELOG.md"
lock = ["Cargo.lock"]                   # files whose hashes the manifest records
plugin = "rtvariants[release]"          # what the workflows install
check = "pytest"                        # what the CI workflow also runs
max-file-mb = 100                       # what the index accepts for one file
max-project-gb = 10                     # and for all files of one project together
owners = ["alice"]                      # who owns the projects on the index
notify = [{ repository = "owner/docs", event = "greeter-release" }]
```
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rtvariants.errors import near
from rtvariants.targets.levels import BASELINES
from rtvariants.targets.platforms import PLATFORMS

from .fields import setting
from .kinds import Choice, Flag, Kind, Number, Text, Texts
from .problems import Problems
from .project_kinds import Python
from .runtime_kinds import Distribution
from .sections import Sections

#: The table's name.
TABLE = "tool.rtvariants.release"


class Repository(Text):
    """The name of a repository on the forge."""

    words = "`owner/name`"

    def __init__(self, *, empty: bool = False) -> None:
        name = r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+"
        super().__init__(name, "not a repository", "write `owner/name`", empty=empty)

    def absent(self, key: str, where: str, problems: Problems) -> None:
        """Add the problem that there is no repository."""
        problems.add(f"{self.what}: ``", self.hint, f"{where}.{key}")


class Platforms(Sections):
    """The platforms of a release, at least one."""

    empty = "no platforms"

    def __init__(self) -> None:
        super().__init__(PlatformConfig, f"{TABLE}.platforms", short="name")
        self.missing = f"list some of {', '.join(PLATFORMS)}"

    def absent(self, key: str, where: str, problems: Problems) -> None:
        """Add the problem that there are no platforms."""
        problems.add(self.empty, self.missing, f"{where}.{key}")


class Index(Kind):
    """The name of an index, or its addresses."""

    words = "name, or table of addresses"

    def read(self, value: Any, where: str, problems: Problems) -> str | dict[str, str]:
        """Return the name or the addresses."""
        if isinstance(value, str) and value:
            return value
        if isinstance(value, dict) and set(value) - {"yank"} == {"simple", "upload"}:
            return {key: str(url) for key, url in value.items()}
        hint = "name one, or give both addresses: { simple = …, upload = … }"
        problems.add(f"not an index: {value!r}", hint, where)
        return self.nothing()

    def nothing(self) -> str:
        """Return the index that most people use."""
        return "pypi"

    def schema(self) -> dict[str, Any]:
        """Return a name, or an object with the addresses."""
        table = {
            "type": "object",
            "properties": {key: {"type": "string"} for key in ("simple", "upload", "yank")},
            "required": ["simple", "upload"],
            "additionalProperties": False,
        }
        return {"oneOf": [{"type": "string", "minLength": 1}, table]}


class Labels(Kind):
    """Labels of variant wheels by machine."""

    words = "table of lists of labels by machine"
    _label = Text("[0-9a-z_.]{1,16}", "not a variant label", "up to 16 of `a-z`, `0-9`, `_`, `.`")

    def read(self, value: Any, where: str, problems: Problems) -> dict[str, tuple[str, ...]]:
        """Return the labels of each machine that the table names."""
        if not isinstance(value, dict):
            problems.add(f"not a table: {value!r}", "", where)
            return {}
        found = {}
        for machine, labels in value.items():
            place = f"{where}.{machine}"
            if machine not in BASELINES:
                hint = near(machine, tuple(BASELINES))
                problems.add(f"unknown machine: `{machine}`", hint, place)
            found[machine] = Texts(self._label, "labels").read(labels, place, problems)
        return found

    def nothing(self) -> dict[str, tuple[str, ...]]:
        """Return no labels."""
        return {}

    def schema(self) -> dict[str, Any]:
        """Return an object with a list of labels for each machine."""
        return {
            "type": "object",
            "properties": dict.fromkeys(BASELINES, Texts(self._label).schema()),
            "additionalProperties": False,
        }


@dataclass(frozen=True, kw_only=True)
class PlatformConfig:
    """One platform of a release, with what differs from the usual tag and runner."""

    name: str = setting(Choice(*PLATFORMS, what="platform"))
    """The name of the platform."""

    tag: str = setting(Text(empty=True), default="")
    """The platform tag of its wheels, such as `manylinux_2_28_aarch64`. If empty, the lowest that
    Rust's own target allows."""

    runner: str = setting(Text(empty=True), default="")
    """The label of the hosted machine that builds and tests the platform in the workflows. If
    empty, the usual one."""


@dataclass(frozen=True, kw_only=True)
class NotifyConfig:
    """One workflow in another repository that a release starts, by an event or by its file."""

    repository: str = setting(Repository())
    """The repository of the workflow."""

    event: str = setting(Text(empty=True), default="")
    """The type of the event that starts the workflow. Set either `event` or `workflow`."""

    workflow: str = setting(Text(empty=True), default="")
    """The file name of the workflow, such as `build.yml`."""

    ref: str = setting(Text(), default="main")
    """The branch or tag on which `workflow` runs."""

    @property
    def key(self) -> str:
        """Return the name under which the journal keeps that the notice was sent."""
        return f"{self.repository}:{self.event or self.workflow}"


@dataclass(frozen=True, kw_only=True)
class ReleaseConfig:
    """What `rtvariants release` builds from one commit, for which platforms, and where it goes."""

    platforms: tuple[PlatformConfig, ...] = setting(Platforms())
    """The platforms that wheels are built for: names, or tables that change a platform's tag or
    runner. The runtimes must have a level for the machine of each."""

    distribution: str = setting(Distribution(), default="")
    """The name that the release has on the index, for a project whose own name is taken there or
    that is published under several names: `pip install` has this name, `import` stays as it is. The
    names of runtimes in split packages follow from it. If empty, it is the name in `[project]`."""

    repository: str = setting(Repository(empty=True), default="")
    """The repository on the forge that the release is made in. If empty, the repository that the
    workflow runs in."""

    tag: str = setting(
        Text(r"[^{}]*(\{version\}[^{}]*)+", "no place for the version", "write it as `v{version}`"),
        default="v{version}",
    )
    """The git tag of a release; `{version}` stands for the version."""

    signed_tags: bool = setting(Flag(), default=False)
    """Whether a release needs a tag with a signature that `git verify-tag` accepts. Git's own
    settings say whose signatures these are; in the workflows, the repository's configuration
    variable `RELEASE_ALLOWED_SIGNERS` holds the lines of `gpg.ssh.allowedSignersFile`."""

    index: str | dict[str, str] = setting(Index(), default="pypi")
    """The index that files are uploaded to: `pypi`, `testpypi`, or its addresses as
    `{ simple = …, upload = … }`. A third address `yank`, such as `…/{project}/{file}/yank`, is for
    an index that accepts yanks there."""

    changelog: str = setting(Text(empty=True), default="CHANGELOG.md")
    """A file with a section for each version, or a folder of fragments. The section of the version
    becomes the text of the release."""

    lock: tuple[str, ...] = setting(Texts(), default=["Cargo.lock"])
    """Files whose hashes the manifest records; a release fails if one of them has changed since."""

    plugin: str = setting(Text(empty=True), default="rtvariants[release]")
    """The requirement with which the workflows install this tool."""

    check: str = setting(Text(empty=True), default="")
    """A command that the CI workflow runs in addition to its own steps, such as `pytest`."""

    abi: str = setting(Text(empty=True), default="")
    """The tag of the stable ABI in the names of wheels, such as `cp310-abi3`. If empty, that of the
    oldest Python in `requires-python`, unless `python` is set."""

    python: tuple[str, ...] = setting(Texts(Python()), default=[])
    """The Pythons that get wheels of their own, such as `["3.12", "3.13", "3.14t"]`: all of them if
    the crate is not for the stable ABI; with `abi`, those that can't load its wheels, such as
    free-threaded ones."""

    labels: dict[str, tuple[str, ...]] = setting(Labels(), default={})
    """The labels of the variant wheels, by machine. Without an entry, they are the names of the
    levels, and `null` for the baseline."""

    max_file_mb: int = setting(Number(1, "not a number above 0"), default=100)
    """The size of the largest file that the index accepts, in MB."""

    max_project_gb: int = setting(Number(1, "not a number above 0"), default=10)
    """The size of all files of one project that the index accepts, in GB."""

    owners: tuple[str, ...] = setting(Texts(), default=[])
    """The users or organizations that own the release's projects on the public index. A release
    fails if a project belongs to none of them. If empty, every version of a project on the index
    must have a tag in this repository."""

    owned: tuple[str, ...] = setting(Texts(), default=[])
    """Projects that are yours although the index has versions of them without a tag here."""

    pass_env: tuple[str, ...] = setting(Texts(), default=[])
    """Variables with secrets that builds and tests need, such as `CARGO_REGISTRIES_CORP_TOKEN`.
    All others are kept from the processes that a release starts."""

    notify: tuple[NotifyConfig, ...] = setting(
        Sections(NotifyConfig, f"{TABLE}.notify", least=0), default=[]
    )
    """Workflows in other repositories that start when a release is complete."""
