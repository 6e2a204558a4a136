"""`[tool.rtvariants.release]` beside the runtime table: everything that a release depends on.

```toml
[tool.rtvariants.release]
platforms = [                           # names, or a table that changes a name's facts
  "linux-x64",
  { name = "linux-arm64", tag = "manylinux_2_28_aarch64" },
]
repository = "owner/greeter"            # where the forge's release goes; in a workflow, its own
tag = "v{version}"                      # the git tag of a release
index = "pypi"                          # "testpypi", or addresses: { simple = …, upload = … };
                                        # `yank = "…/{project}/{file}/yank"` where it has one
changelog = "CHANGELOG.md"
lock = ["Cargo.lock"]                   # files whose hashes a manifest keeps
plugin = "rtvariants[release]"          # what the workflows install
check = "pytest"                        # what the CI workflow runs beside; nothing by default
max-file-mb = 100                       # what the index takes for one file
max-project-gb = 10                     # and for all files of one project together
notify = [{ repository = "owner/docs", event = "greeter-release" }]
```
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from rtvariants.config import load, model
from rtvariants.errors import ConfigError, Problem, near
from rtvariants.targets.platforms import PLATFORMS, Platform
from rtvariants.wheels import variant
from rtvariants.wheels.split import parts, unnamed

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_KEYS = (
    "platforms", "repository", "tag", "index", "changelog", "lock", "plugin",
    "max-file-mb", "max-project-gb", "notify", "abi", "labels", "check",
)  # fmt: skip
_REPOSITORY = re.compile(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+\Z")
_LABEL = re.compile(r"[0-9a-z_.]{1,16}\Z")
_WHERE = "tool.rtvariants.release"


@dataclass(frozen=True)
class Notify:
    """One workflow elsewhere that hears of a release: by an event, or a workflow file and ref."""

    repository: str
    event: str = ""
    workflow: str = ""
    ref: str = "main"

    @property
    def key(self) -> str:
        """Return the name under which the journal keeps that it was told."""
        return f"{self.repository}:{self.event or self.workflow}"


@dataclass(frozen=True)
class Declaration:
    """One release: what is built, under which names, for which platforms, and where it goes.

    `package` is what is imported; `names` gives each runtime's distribution, `labels` the variant
    labels by machine. `version` is spelt as PEP 440 normalises it.
    """

    root: Path
    project: str
    package: str
    version: str
    runtimes: tuple[str, ...]
    packaging: str
    platforms: tuple[Platform, ...]
    names: dict[str, str]
    abi: str
    labels: dict[str, tuple[str, ...]]
    repository: str
    tag_format: str
    index: str | dict[str, str]
    changelog: str
    lock: tuple[str, ...]
    plugin: str
    max_file_mb: int
    max_project_gb: int
    notify: tuple[Notify, ...] = field(default=())
    check: str = ""

    @property
    def tag(self) -> str:
        """Return the git tag of this version."""
        return self.tag_format.format(version=self.version)

    @property
    def prerelease(self) -> bool:
        """Return whether installers leave this version out unless asked."""
        return Version(self.version).is_prerelease

    @property
    def yank(self) -> str:
        """Return where the index takes yanks; empty where that is on its pages alone."""
        return "" if isinstance(self.index, str) else self.index.get("yank", "")

    def projects(self) -> tuple[str, ...]:
        """Return the distributions of the release, those that others depend on first."""
        runtimes = [self.names[r] for r in self.runtimes] if self.packaging == "split" else []
        return (*runtimes, self.project)

    def at(self, version: str) -> Declaration:
        """Return the same declaration for another version."""
        return replace(self, version=str(Version(version)))

    def only(self, platforms: Sequence[str]) -> Declaration:
        """Return the same declaration for some of its platforms; raises `ConfigError` for others.

        That is for rehearsals and single cells: what goes out is always the whole.
        """
        known = {each.name: each for each in self.platforms}
        unknown = [name for name in platforms if name not in known]
        if unknown:
            hint = near(unknown[0], tuple(known))
            raise ConfigError(Problem(f"undeclared platform: `{unknown[0]}`", hint, _WHERE))
        return replace(self, platforms=tuple(known[name] for name in platforms))


def read(root: Path) -> Declaration:
    """Read and check the declaration of `root/pyproject.toml`.

    Raises `ConfigError` with every problem of the section at once.
    """
    from .version import current

    config = load.read(root)
    data = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return parse(data, config, current(root, data))


def parse(data: Any, config: model.Config, version: str) -> Declaration:
    """Check the section of an already read pyproject.toml; pure."""
    section = data["tool"]["rtvariants"].get("release")
    if section is None:
        raise ConfigError(
            Problem(
                f"missing table: `[{_WHERE}]`",
                "name at least `platforms` there",
                where="pyproject.toml",
            )
        )
    reader = _Reader()
    made = reader.declaration(section, data.get("project", {}), config, version)
    if reader.problems:
        raise ConfigError(reader.problems)
    return made


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def declaration(
        self, section: dict[str, Any], project: dict[str, Any], config: model.Config, version: str
    ) -> Declaration:
        for key in section:
            if key not in _KEYS:
                self._add(f"unknown key: `{key}`", near(key, _KEYS), "")
        name = str(project.get("name", config.package))
        runtimes = tuple(r.name for r in config.runtimes)
        platforms = self._platforms(section.get("platforms"), config)
        tag = self._text(section, "tag", "v{version}")
        if "{version}" not in tag or re.search(r"[{}]", tag.replace("{version}", "")):
            self._add(f"no place for the version: `{tag}`", "write it as `v{version}`", "tag")
            tag = "v{version}"
        repository = self._text(section, "repository", "")
        self._repository(repository, "repository")
        return Declaration(
            root=config.root,
            project=name,
            package=config.package,
            version=self._version(version),
            runtimes=runtimes,
            packaging=config.packaging,
            platforms=platforms,
            names=self._names(name, config),
            abi=self._text(section, "abi", _abi(str(project.get("requires-python", "")))),
            labels=self._labels(section.get("labels", {}), config),
            repository=repository,
            tag_format=tag,
            index=self._index(section.get("index", "pypi")),
            changelog=self._text(section, "changelog", "CHANGELOG.md"),
            lock=self._list(section, "lock", ("Cargo.lock",)),
            plugin=self._text(section, "plugin", "rtvariants[release]"),
            max_file_mb=self._number(section, "max-file-mb", 100),
            max_project_gb=self._number(section, "max-project-gb", 10),
            notify=self._notify(section.get("notify", [])),
            check=self._text(section, "check", ""),
        )

    def _version(self, version: str) -> str:
        try:
            return str(Version(version))
        except InvalidVersion:
            self._add(f"not a version: `{version}`", "spell it as PEP 440 does", "")
            return "0"

    def _platforms(self, value: Any, config: model.Config) -> tuple[Platform, ...]:
        if not isinstance(value, list) or not value:
            self._add("no platforms", f"list some of {', '.join(PLATFORMS)}", "platforms")
            return ()
        found: dict[str, Platform] = {}
        machines = {machine for runtime in config.runtimes for machine in runtime.levels}
        for i, entry in enumerate(value):
            where = f"platforms[{i}]"
            facts = {"name": entry} if isinstance(entry, str) else entry
            name = facts.get("name", "") if isinstance(facts, dict) else ""
            if name not in PLATFORMS:
                self._add(f"unknown platform: `{name}`", near(str(name), tuple(PLATFORMS)), where)
                continue
            for key in set(facts) - {"name", "tag", "runner"}:
                self._add(f"unknown key: `{key}`", "a platform has `name`, `tag`, `runner`", where)
            known = PLATFORMS[name]
            if name in found:
                self._add(f"platform named twice: `{name}`", "remove one", where)
            if known.machine not in machines:
                self._add(
                    f"no runtime for `{name}`: no level for `{known.machine}`",
                    "give the runtimes a `level` for it, or leave the platform out",
                    where,
                )
            found[name] = replace(
                known, tag=facts.get("tag", known.tag), runner=facts.get("runner", known.runner)
            )
        return tuple(found.values())

    def _names(self, project: str, config: model.Config) -> dict[str, str]:
        names = dict(parts(config, project).distributions)
        if config.packaging == "split":
            self.problems += unnamed(names, canonicalize_name(project))
        return names

    def _labels(self, value: Any, config: model.Config) -> dict[str, tuple[str, ...]]:
        """Return the labels of the variant wheels by machine: a level each, and `null`."""
        given = value if isinstance(value, dict) else {}
        found: dict[str, list[str]] = {}
        for runtime in config.runtimes:
            for machine, level in runtime.levels.items():
                each = found.setdefault(machine, [])
                each += [level] if runtime.select == "auto" else []
        made = {m: tuple(map(variant.label, variant.labelled(v))) for m, v in found.items()}
        labels = {m: tuple(map(str, given.get(m, each))) for m, each in made.items()}
        for label in (label for each in labels.values() for label in each):
            if not _LABEL.match(label):
                self._add(
                    f"not a variant label: `{label}`",
                    "up to 16 of `a-z`, `0-9`, `_`, `.`",
                    "labels",
                )
        return labels

    def _index(self, value: Any) -> str | dict[str, str]:
        if isinstance(value, str) and value:
            return value
        if isinstance(value, dict) and set(value) - {"yank"} == {"simple", "upload"}:
            return {key: str(url) for key, url in value.items()}
        self._add(
            f"not an index: {value!r}",
            "name one, or give both addresses: { simple = …, upload = … }",
            "index",
        )
        return "pypi"

    def _notify(self, value: Any) -> tuple[Notify, ...]:
        found = []
        for i, entry in enumerate(value if isinstance(value, list) else [value]):
            keys = set(entry) if isinstance(entry, dict) else set()
            if not keys or keys - {"repository", "event", "workflow", "ref"}:
                self._add(f"not a notice: {entry!r}", "give `repository` and `event`", "notify")
                continue
            if ("event" in keys) == ("workflow" in keys):
                self._add("neither or both of `event` and `workflow`", "give one", f"notify[{i}]")
            self._repository(str(entry.get("repository", "")), f"notify[{i}]", needed=True)
            found.append(Notify(**{"repository": "", **{k: str(v) for k, v in entry.items()}}))
        return tuple(found)

    def _repository(self, value: str, where: str, *, needed: bool = False) -> None:
        if (value or needed) and not _REPOSITORY.match(value):
            self._add(f"not a repository: `{value}`", "write `owner/name`", where)

    def _text(self, section: dict[str, Any], key: str, default: str) -> str:
        value = section.get(key, default)
        if not isinstance(value, str):
            self._add(f"not a text: {value!r}", "", key)
            return default
        return value

    def _number(self, section: dict[str, Any], key: str, default: int) -> int:
        value = section.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            self._add(f"not a number above 0: {value!r}", "", key)
            return default
        return value

    def _list(self, section: dict[str, Any], key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        value = section.get(key, list(default))
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self._add(f"not a list of texts: {value!r}", "", key)
            return default
        return tuple(value)

    def _add(self, what: str, hint: str, where: str) -> None:
        self.problems.append(Problem(what, hint, f"{_WHERE}.{where}" if where else _WHERE))


def _abi(requires_python: str) -> str:
    """Return the tag of the stable ABI of the oldest Python that a project takes."""
    found = re.search(r">=\s*3\.(\d+)", requires_python)
    return f"cp3{found.group(1) if found else '10'}-abi3"
