"""The loader for extension modules that another tool has built, and what it needs next to them.

The modules describe themselves by the stamps that the crate `rtvariants-guard` puts in. Here they
are compared with the configuration as the loader compares them at each import.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from rtvariants.config.model import Config, RuntimeConfig
from rtvariants.errors import ConfigError, Problem
from rtvariants.files import write_bytes
from rtvariants.loader.stamp import mismatch, target_system
from rtvariants.loader.types import Table
from rtvariants.native import stamp
from rtvariants.shim import generated, place
from rtvariants.shim import table as tables

_NATIVE = (".so", ".pyd")


def write(config: Config, folder: Path) -> list[Path]:
    """Write stamps and loader next to the extension modules below a folder; returns the files.

    If the package is there too, it gets a file at the place of the extension module. If a module is
    missing or contradicts the configuration, nothing is written, and `ConfigError` holds every
    problem.
    """
    files: dict[str, bytes] = {}
    for unit in config.units:
        files |= _of(unit, folder)
    for name, data in files.items():
        write_bytes(folder / name, data)
    return [folder / name for name in files]


def _of(config: Config, folder: Path) -> dict[str, bytes]:
    """Return the files of one extension module by their path below the folder."""
    read = {runtime.name: _stamp(config, runtime, folder) for runtime in config.runtimes}
    stamps = {name: text for name, text in read.items() if isinstance(text, bytes)}
    _refuse(text for text in read.values() if isinstance(text, Problem))
    facts = {name: stamp.parse(text) for name, text in stamps.items()}
    made = _table(config, next(iter(facts.values())))
    _refuse(_problems(made, facts))
    return dict(_files(config, tables.stamped(made, stamps), stamps)) | _place(config, folder)


def _place(config: Config, folder: Path) -> dict[str, bytes]:
    """Return the file at the place of the module, if the package is there and has none.

    Raises `ConfigError` for a file that does not call the loader.
    """
    file = place.file_of(config.module)
    path = folder / file
    if path.is_file():
        if wrong := place.fault(config.module, config.package, path.read_bytes()):
            raise ConfigError(Problem(*wrong))
        return {}
    return {file: place.text(config.package).encode()} if path.parent.is_dir() else {}


def _refuse(problems: Iterable[Problem]) -> None:
    found = tuple(problems)
    if found:
        raise ConfigError(found)


def _stamp(config: Config, runtime: RuntimeConfig, folder: Path) -> bytes | Problem:
    """Return the stamp in a runtime's extension module, or why it can't be read."""
    place = folder / config.runtime_package(runtime.name)
    natives = sorted(p for p in place.glob(f"{config.extension}.*") if p.suffix in _NATIVE)
    where = f"runtime `{runtime.name}`"
    if len(natives) != 1:
        what = "more than one extension module" if natives else "no extension module"
        hint = f"copy the library that cargo built there, such as to `{config.extension}.abi3.so`"
        return Problem(f"{what} in `{place}`", hint, where)
    try:
        text = stamp.read(natives[0])
        if text is not None:
            stamp.parse(text)
            return text
    except (ValueError, stamp.StampError) as error:
        return Problem(str(error), where=where)
    hint = "let `rtvariants_guard::module!` write the init function"
    return Problem(f"no stamp in `{natives[0]}`", hint, where)


def _table(config: Config, facts: dict[str, str]) -> Table:
    """Return the loader's table for the platform, ABI and version in the first stamp."""
    target = facts["target"]
    machine, system = target.partition("-")[0], target_system(target)
    if not system or any(machine not in runtime.levels for runtime in config.runtimes):
        what = f"the stamp's target is `{target}`, for which the runtimes have no level"
        hint = "set `RTVARIANTS_TARGET` to the target while cargo runs"
        raise ConfigError(Problem(what, hint, f"runtime `{config.runtimes[0].name}`"))
    return tables.of(config, machine, system, facts["abi"], facts["version"])


def _problems(made: Table, found: dict[str, dict[str, str]]) -> Iterator[Problem]:
    for runtime in made.runtimes:
        what = mismatch(found[runtime.name], made, runtime)
        if what is not None:
            hint = "set the variables `RTVARIANTS_…` of this runtime while cargo runs"
            yield Problem(what, hint, f"runtime `{runtime.name}`")
    for key in ("version", "abi"):
        if not found[made.runtimes[0].name][key]:
            hint = f"set `RTVARIANTS_{key.upper()}` while cargo runs"
            yield Problem(f"the stamps have no {key}", hint)


def _files(config: Config, made: Table, texts: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    for name, text in texts.items():
        package = config.runtime_package(name)
        yield f"{package}/__init__.py", b""
        yield f"{package}/{stamp.FILE_NAME}", text
    for name, source in generated.copied(config.package).items():
        yield name, source.read_bytes()
    for name, said in generated.files([made]).items():
        yield f"{config.loader}/{name}", said.encode()
