"""Checks of a configuration that need more than one of its values."""

from __future__ import annotations

from rtvariants.errors import near
from rtvariants.targets.levels import BASELINES
from rtvariants.targets.platforms import PLATFORMS

from .model import TABLE, Config, RuntimeConfig
from .problems import Problems
from .release import TABLE as RELEASE
from .release import ReleaseConfig

_RUNTIMES = f"{TABLE}.runtimes"


def check(config: Config, problems: Problems) -> None:
    """Add the problems between values; runtimes with problems of their own are not compared."""
    _namespace(config, problems)
    fine = among(config.runtimes, problems)
    _modules(config, problems)
    _allowed(config, problems)
    _profiles(config, problems)
    if fine:
        _wanted(config, problems)
        _split(config, problems)
    if config.release:
        _platforms(config.release, config.runtimes if fine else (), problems)
        _notices(config.release, problems)


def among(runtimes: tuple[RuntimeConfig, ...], problems: Problems) -> bool:
    """Add the problems between runtimes; return whether they could be compared."""
    fine = bool(runtimes) and not problems.within(_RUNTIMES)
    _names(runtimes, problems)
    if fine:
        _machines(runtimes, problems)
        _index(runtimes, problems)
    return fine


def _namespace(config: Config, problems: Problems) -> None:
    where = f"{TABLE}.namespace"
    above, module = config.namespace, config.module
    if not above or problems.within(where) or problems.within(f"{TABLE}.module"):
        return
    rest = module.removeprefix(f"{above}.")
    if rest == module:
        hint = "name the packages that `module` begins with"
        problems.add(f"not a namespace of `{module}`: `{above}`", hint, where)


def _names(runtimes: tuple[RuntimeConfig, ...], problems: Problems) -> None:
    seen: dict[str, int] = {}
    for i, runtime in enumerate(runtimes):
        if runtime.name and runtime.name in seen:
            problems.add(
                f"runtime named twice: `{runtime.name}`",
                f"entry {seen[runtime.name]} has that name already; rename one",
                f"{_RUNTIMES}[{i}].name",
            )
        seen.setdefault(runtime.name, i)


def _modules(config: Config, problems: Problems) -> None:
    """Check that each module has a name of its own, and is no package of another one."""
    names = [config.module]
    for i, each in enumerate(config.modules):
        where = f"{TABLE}.modules[{i}].module"
        for other in names if each.module else ():
            if each.module == other:
                problems.add(f"extension module named twice: `{other}`", "remove one", where)
            elif f"{each.module}.".startswith(f"{other}.") or other.startswith(f"{each.module}."):
                inner, outer = sorted((each.module, other), key=len, reverse=True)
                what = f"extension module inside of another one: `{inner}` in `{outer}`"
                problems.add(what, "put them next to each other in a package", where)
        names.append(each.module)


def _allowed(config: Config, problems: Problems) -> None:
    for i, entry in enumerate(config.allow_instructions):
        if entry.crate.strip("*") == entry.symbol.strip("*") == "":
            problems.add(
                "entry that allows every function",
                "name a `crate` or a `symbol`",
                f"{TABLE}.allow-instructions[{i}]",
            )


def _profiles(config: Config, problems: Problems) -> None:
    """Check that the mode has what it asks for; maturin's table may bring the command later."""
    if config.pgo.on and config.modules:
        what = "profile-guided builds of several extension modules are not supported"
        problems.add(what, 'write `mode = "off"`', f"{TABLE}.pgo")
    if config.pgo.mode == "stored" and not config.pgo.profiles:
        asked = problems.overrides.take("pgo-mode")
        problems.add(
            "no folder of stored profiles for the mode `stored`",
            'write `profiles = "pgo"`, and `rtvariants pgo` to fill it',
            asked.name if asked else f"{TABLE}.pgo.mode",
        )


def _index(runtimes: tuple[RuntimeConfig, ...], problems: Problems) -> None:
    silent = [r.name for r in runtimes if r.index_bits is None]
    if silent and len(silent) < len(runtimes):
        names = "`, `".join(silent)
        hint = "set it for each runtime, or for none if the package has no row numbers"
        problems.add(f"no `index-bits` of `{names}`, which other runtimes have", hint, _RUNTIMES)


def _machines(runtimes: tuple[RuntimeConfig, ...], problems: Problems) -> None:
    for machine in sorted({machine for runtime in runtimes for machine in runtime.levels}):
        runs = (r for r in runtimes if r.levels.get(machine) == BASELINES[machine])
        if not any(r.select == "auto" for r in runs):
            problems.add(
                f"no runtime that is chosen automatically on every {machine} CPU",
                f'give one runtime `select = "auto"` and the level `{BASELINES[machine]}`; '
                "without it the package can't be imported on older CPUs",
                _RUNTIMES,
            )
        for name in [r.name for r in runtimes if machine not in r.levels]:
            problems.add(
                f"no level of runtime `{name}` for `{machine}`, which other runtimes have",
                f"add `{machine}` to its `level`",
                _RUNTIMES,
            )


def _wanted(config: Config, problems: Problems) -> None:
    names = tuple(r.name for r in config.runtimes)
    asked = problems.overrides.take("runtimes")
    place = asked.name if asked else f"{TABLE}.build.runtimes"
    for name in config.build.runtimes:
        if name not in names:
            problems.add(f"unknown runtime to build: `{name}`", near(name, names), place)


def _split(config: Config, problems: Problems) -> None:
    """Check that what a base package always needs has a runtime for every CPU."""
    where = f"{TABLE}.split.requires"
    names = tuple(r.name for r in config.runtimes)
    needed = config.split.requires
    for name in needed:
        if name not in names:
            problems.add(f"unknown runtime: `{name}`", near(name, names), where)
    chosen = [r for r in config.runtimes if r.name in needed and r.select == "auto"]
    for machine in sorted({m for r in config.runtimes for m in r.levels}) if needed else []:
        if not any(r.levels.get(machine) == BASELINES[machine] for r in chosen):
            problems.add(
                f"what the base package needs does not run on every {machine} CPU",
                f"add a runtime of the level `{BASELINES[machine]}` that is chosen automatically",
                where,
            )
    named = [r.distribution for r in config.runtimes if r.distribution]
    for name in sorted({n for n in named if named.count(n) > 1}):
        problems.add(f"two runtimes in one distribution: `{name}`", "", _RUNTIMES)


def _platforms(
    release: ReleaseConfig, runtimes: tuple[RuntimeConfig, ...], problems: Problems
) -> None:
    """Check that each platform is named once and that runtimes have a level for its machine."""
    where = f"{RELEASE}.platforms"
    if problems.within(where):
        return
    machines = {machine for runtime in runtimes for machine in runtime.levels}
    names = [each.name for each in release.platforms]
    for i, name in enumerate(names):
        machine = PLATFORMS[name].machine
        if name in names[:i]:
            problems.add(f"platform named twice: `{name}`", "remove one", f"{where}[{i}]")
        if machines and machine not in machines:
            problems.add(
                f"no runtime for `{name}`: no level for `{machine}`",
                "give the runtimes a `level` for it, or leave the platform out",
                f"{where}[{i}]",
            )


def _notices(release: ReleaseConfig, problems: Problems) -> None:
    for i, each in enumerate(release.notify):
        where = f"{RELEASE}.notify[{i}]"
        if bool(each.event) == bool(each.workflow) and not problems.within(where):
            problems.add("neither or both of `event` and `workflow`", "give one", where)
