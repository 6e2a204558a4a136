"""`[tool.rtvariants]` of pyproject.toml as frozen dataclasses.

```toml
[tool.rtvariants]
crate = "crates/greeter"          # folder of the crate that holds the PyO3 module
module = "greeter._hello"        # name under which the chosen runtime is bound
env = "GREETER_RUNTIME"           # environment variable that overrides the choice

[[tool.rtvariants.runtimes]]      # in order of preference
name = "fast"
level = { x86_64 = "x86_64_v3", aarch64 = "aarch64" }
allocator = "system"              # or a table by system: { linux = "jemalloc", … }
features = []                     # cargo features of this runtime
index-bits = 64                   # width of row numbers; 64 when left out
select = "auto"                   # or "explicit": only when asked for
```
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import ConfigError, Problem, RtvariantsError
from .levels import BASELINES, level, near

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SYSTEMS = ("linux", "macos", "windows")
ALLOCATORS = ("system", "jemalloc", "mimalloc")
_TABLE_KEYS = ("crate", "module", "env", "runtimes")
_RUNTIME_KEYS = ("name", "level", "allocator", "features", "index-bits", "select")
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
_ENV = re.compile(r"[A-Z_][A-Z0-9_]*\Z")
# `auto` is a value of the override variable; `loader` would collide with the loader's package.
_RESERVED = ("auto", "loader")


@dataclass(frozen=True)
class RuntimeConfig:
    """One runtime of the table; `levels` and `allocators` are keyed by machine and system."""

    name: str
    levels: dict[str, str]
    allocators: dict[str, str]
    features: tuple[str, ...]
    index_bits: int
    select: str


@dataclass(frozen=True)
class Config:
    """The whole table. `crate` is the absolute folder of the crate, `package` the import name."""

    root: Path
    crate: Path
    module: str
    env: str
    runtimes: tuple[RuntimeConfig, ...]

    @property
    def package(self) -> str:
        """Return the top-level package that adopts the runtimes: `greeter` of `greeter._hello`."""
        return self.module.split(".")[0]

    @property
    def extension(self) -> str:
        """Return the name that every native exports: `_hello` of `greeter._hello`."""
        return self.module.rsplit(".", 1)[1]

    def runtime_package(self, name: str) -> str:
        """Return the top-level package that a runtime is installed as."""
        return f"_{self.package}_{name}"


def read(root: Path) -> Config:
    """Read and check the table of `root/pyproject.toml`.

    Raises `ConfigError` with every problem of the file at once.
    """
    path = root / "pyproject.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(Problem(f"unreadable file: {error}", where="pyproject.toml")) from error
    table = data.get("tool", {}).get("rtvariants")
    if table is None:
        raise ConfigError(
            Problem(
                "missing table: `[tool.rtvariants]`",
                "name the crate, the module and at least one runtime there",
                where="pyproject.toml",
            )
        )
    return parse(table, root)


def parse(table: Any, root: Path) -> Config:
    """Check a table that is already read; `root` is the folder that its paths start from."""
    return _Reader(root).config(table)


class _Reader:
    """Collects problems while it reads, so that one run shows all of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.guessed: set[tuple[str, str]] = set()

    def config(self, table: Any) -> Config:
        where = "tool.rtvariants"
        if not isinstance(table, dict):
            raise ConfigError(Problem(f"not a table: {table!r}", where=where))
        self._keys(table, _TABLE_KEYS, where)
        crate = self._crate(self._text(table, "crate", where), where)
        module = self._text(table, "module", where)
        parts = module.split(".")
        if module and (len(parts) < 2 or not all(p.isidentifier() for p in parts)):
            self._add(
                f"not a dotted module name: `{module}`",
                "name the package and the native module, such as `greeter._hello`",
                f"{where}.module",
            )
        env = self._text(table, "env", where)
        if env and not _ENV.match(env):
            self._add(
                f"not a variable name: `{env}`",
                f"use capitals and `_`, such as `{re.sub('[^A-Z0-9_]', '_', env.upper())}`",
                f"{where}.env",
            )
        runtimes = self._runtimes(table.get("runtimes"), f"{where}.runtimes")
        if self.problems:
            raise ConfigError(self.problems)
        return Config(self.root, crate, module, env, runtimes)

    def _runtimes(self, value: Any, where: str) -> tuple[RuntimeConfig, ...]:
        if not isinstance(value, list) or not value:
            hint = "add at least one `[[tool.rtvariants.runtimes]]`"
            if value is None:
                self._missing("runtimes", hint, where.removesuffix(".runtimes"))
            else:
                self._add("not a list of tables with entries", hint, where)
            return ()
        before = len(self.problems)
        runtimes = tuple(self._runtime(entry, f"{where}[{i}]") for i, entry in enumerate(value))
        seen: dict[str, int] = {}
        for i, runtime in enumerate(runtimes):
            if runtime.name and runtime.name in seen:
                self._add(
                    f"runtime named twice: `{runtime.name}`",
                    f"entry {seen[runtime.name]} has that name already; rename one",
                    f"{where}[{i}].name",
                )
            seen.setdefault(runtime.name, i)
        if len(self.problems) == before:
            self._baseline(runtimes, where)
        return runtimes

    def _baseline(self, runtimes: tuple[RuntimeConfig, ...], where: str) -> None:
        machines = {machine for runtime in runtimes for machine in runtime.levels}
        for machine in sorted(machines):
            runs = (r for r in runtimes if r.levels.get(machine) == BASELINES[machine])
            if not any(r.select == "auto" for r in runs):
                self._add(
                    f"no runtime that is chosen by itself on every {machine} CPU",
                    f'give one runtime `select = "auto"` and the level `{BASELINES[machine]}`; '
                    "without it the package can't be imported on older CPUs",
                    where,
                )
            missing = [r.name for r in runtimes if machine not in r.levels]
            for name in missing:
                self._add(
                    f"no level of runtime `{name}` for `{machine}`, which other runtimes have",
                    f"add `{machine}` to its `level`",
                    where,
                )

    def _runtime(self, entry: Any, where: str) -> RuntimeConfig:
        if not isinstance(entry, dict):
            self._add(f"not a table: {entry!r}", "", where)
            return RuntimeConfig("", {}, {}, (), 64, "auto")
        self._keys(entry, _RUNTIME_KEYS, where)
        name = self._text(entry, "name", where)
        if name and (not _NAME.match(name) or name in _RESERVED):
            what = "reserved name" if name in _RESERVED else "unusable name"
            self._add(
                f"{what}: `{name}`",
                "start with a small letter, go on with small letters, digits and `_`",
                f"{where}.name",
            )
        select = entry.get("select", "auto")
        if select not in ("auto", "explicit"):
            self._add(f"unknown value: {select!r}", "use `auto` or `explicit`", f"{where}.select")
        bits = entry.get("index-bits", 64)
        if isinstance(bits, bool) or bits not in (32, 64):
            self._add(f"unknown width: {bits!r}", "use 32 or 64", f"{where}.index-bits")
        return RuntimeConfig(
            name,
            self._levels(entry.get("level"), f"{where}.level"),
            self._allocators(entry.get("allocator", "system"), f"{where}.allocator"),
            self._features(entry.get("features", []), f"{where}.features"),
            bits,
            str(select),
        )

    def _levels(self, value: Any, where: str) -> dict[str, str]:
        if value is None:
            hint = 'name one by machine: { x86_64 = "x86_64_v3" }'
            self._missing("level", hint, where.removesuffix(".level"))
            return {}
        entries = {"": value} if isinstance(value, str) else value
        if not isinstance(entries, dict) or not entries:
            self._add(f"not a level, nor a table of levels: {value!r}", "", where)
            return {}
        levels: dict[str, str] = {}
        for machine, name in entries.items():
            place = f"{where}.{machine}" if machine else where
            if machine and machine not in BASELINES:
                self._add(f"unknown machine: `{machine}`", near(machine, tuple(BASELINES)), place)
                continue
            try:
                found = level(name if isinstance(name, str) else repr(name))
            except RtvariantsError as error:
                self.problems += [Problem(p.what, p.hint, place) for p in error.problems]
                continue
            if machine and found.machine != machine:
                self._add(f"level of another machine: `{name}` ({found.machine})", "", place)
            levels[found.machine] = found.name
        return levels

    def _allocators(self, value: Any, where: str) -> dict[str, str]:
        entries = dict.fromkeys(SYSTEMS, value) if isinstance(value, str) else value
        if not isinstance(entries, dict):
            self._add(f"not an allocator, nor a table of allocators: {value!r}", "", where)
            return {}
        found: dict[str, str] = {}
        for system, name in entries.items():
            if system not in SYSTEMS:
                self._add(f"unknown system: `{system}`", near(system, SYSTEMS), where)
            elif name not in ALLOCATORS:
                if isinstance(value, str) and system != SYSTEMS[0]:
                    continue  # One string stands for all systems; one message is enough.
                self._add(f"unknown allocator: `{name}`", near(str(name), ALLOCATORS), where)
            else:
                found[system] = name
        return {system: found.get(system, "system") for system in SYSTEMS}

    def _features(self, value: Any, where: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(f, str) for f in value):
            self._add(f"not a list of cargo features: {value!r}", "", where)
            return ()
        for feature in value:
            if feature in ALLOCATORS:
                self._add(
                    f"allocator among the features: `{feature}`",
                    f'say `allocator = "{feature}"`; it turns the feature on',
                    where,
                )
        return tuple(value)

    def _crate(self, value: str, where: str) -> Path:
        crate = (self.root / value).resolve()
        if value and not (crate / "Cargo.toml").is_file():
            self._add(
                f"no crate: `{value}` (no Cargo.toml there)",
                "name the folder of the crate that holds the PyO3 module, from pyproject.toml on",
                f"{where}.crate",
            )
        return crate

    def _text(self, table: dict[str, Any], key: str, where: str) -> str:
        value = table.get(key)
        if value is None:
            self._missing(key, "", where)
        elif not isinstance(value, str) or not value:
            self._add(f"not a text: {value!r}", "", f"{where}.{key}")
        else:
            return value
        return ""

    def _keys(self, table: dict[str, Any], known: tuple[str, ...], where: str) -> None:
        for key in table:
            if key not in known:
                hint = near(key, known)
                self._add(f"unknown key: `{key}`", hint, where)
                self.guessed |= {(where, k) for k in known if f"`{k}`?" in hint}

    def _missing(self, key: str, hint: str, where: str) -> None:
        # A key that is there under a misspelt name is one fault, not two.
        if (where, key) not in self.guessed:
            self._add(f"missing key: `{key}`", hint, where)

    def _add(self, what: str, hint: str, where: str) -> None:
        self.problems.append(Problem(what, hint, where))
