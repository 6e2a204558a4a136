"""A finished wheel against itself: its name, its metadata, its table and the natives in it.

Whoever installs, tests or publishes a wheel asks here first. Every rule has a name, and all of them
are run, so that one look shows everything that is wrong. Nothing of the wheel is executed.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath

from packaging.requirements import InvalidRequirement, Requirement
from packaging.tags import parse_tag
from packaging.utils import canonicalize_name

from rtvariants.archives.wheel import Wheel, digest, normal, read
from rtvariants.errors import Problem, WheelError
from rtvariants.loader.stamp import FILE_NAME, StampError, edited, mismatch, parse
from rtvariants.shim import generated

from . import bills, natives, variant
from .contents import NATIVE, Contents, contents

Violation = tuple[str, str]
Rule = Callable[[Contents], Iterator[Violation]]

_ELSE = "build the wheel anew, or fetch it again from where it was published"
_NAMED = 3
#: What a runtime's package holds beside its native.
_BESIDE = {"__init__.py", FILE_NAME}


def checked(path: Path) -> Wheel:
    """Return a wheel that holds what it says; raises `WheelError` with every problem."""
    wheel = read(path)
    if problems := check(wheel):
        raise WheelError(problems)
    return wheel


def all_checked(paths: Iterable[Path]) -> list[Wheel]:
    """Return wheels that hold what they say; raises `WheelError` with the problems of all."""
    wheels: list[Wheel] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            wheels.append(checked(path))
        except WheelError as error:  # noqa: PERF203 - each file has its own
            problems += error.problems
    if problems:
        raise WheelError(problems)
    return wheels


def check(wheel: Wheel) -> list[Problem]:
    """Return every violation of every rule; empty for a wheel as this package writes them."""
    if not any(name.startswith(f"{wheel.dist_info}/") for name in wheel.files):
        what = f"no `{wheel.dist_info}/`: a wheel of that name has its metadata there"
        hint = "give the file its own name back, or build the wheel anew"
        return [Problem(what, hint, wheel.filename, "file-name")]
    try:
        found = contents(wheel)
    except ValueError as error:
        return [Problem(str(error), _ELSE, wheel.filename, "table")]
    return [
        Problem(what, hint, wheel.filename, rule=name)
        for name, rule in RULES.items()
        for what, hint in rule(found)
    ]


def _record(found: Contents) -> Iterator[Violation]:
    wheel = found.wheel
    name = f"{wheel.dist_info}/RECORD"
    if name not in wheel.files:
        yield f"no `{name}`", _ELSE
        return
    try:
        rows = list(csv.reader(io.StringIO(wheel.metadata("RECORD"))))
    except csv.Error as error:
        yield f"`{name}` can't be read: {error}", _ELSE
        return
    listed = {row[0]: (row[1], row[2]) for row in rows if len(row) == 3}
    exempt = {name, f"{name}.jws", f"{name}.p7s"}
    both = sorted(set(listed) & set(wheel.files) - exempt)
    other = [n for n in both if listed[n][0] != digest(wheel.files[n])]
    sized = [n for n in both if listed[n][1] not in ("", str(len(wheel.files[n])))]
    for what, names in (
        ("RECORD does not list", sorted(set(wheel.files) - set(listed) - exempt)),
        ("RECORD lists what is not there", sorted(set(listed) - set(wheel.files))),
        ("RECORD has another hash for", other),
        ("RECORD has another size for", [n for n in sized if n not in other]),
    ):
        if names:
            more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
            yield f"{what}: {', '.join(f'`{n}`' for n in names[:_NAMED])}{more}", _ELSE


def _metadata(found: Contents) -> Iterator[Violation]:
    wheel = found.wheel
    said = HeaderParser().parsestr(wheel.metadata("METADATA"))
    name, version = said.get("Name", ""), said.get("Version", "")
    if canonicalize_name(name) != wheel.project:
        yield f"METADATA names `{name}`, the file name `{wheel.name}`", _ELSE
    if normal(version) != wheel.version:
        yield f"METADATA has version `{version}`, the file name `{wheel.version}`", _ELSE
    for table in found.tables:
        if table.version != wheel.version:
            yield f"the loader's table has version `{table.version}`", _ELSE
            break
    for text in said.get_all("Requires-Dist", []):
        try:
            Requirement(text)
        except InvalidRequirement:  # noqa: PERF203 - each line has its own
            yield f"METADATA has a requirement that installers can't read: `{text}`", _ELSE


def _tag(found: Contents) -> Iterator[Violation]:
    wheel = found.wheel
    said = HeaderParser().parsestr(wheel.metadata("WHEEL"))
    named = {str(tag) for tag in parse_tag(wheel.tag)}
    format_version = said.get("Wheel-Version", "")
    if format_version.partition(".")[0] != "1":
        yield f"WHEEL has the format `{format_version}`, installers know 1", _ELSE
    inside = {tag for text in said.get_all("Tag", []) for tag in _tags(text)}
    if named != inside:
        listed = ", ".join(f"`{tag}`" for tag in sorted(inside)) or "none"
        yield f"file name has tag `{wheel.tag}`, WHEEL has {listed}", _ELSE
    pure = said.get("Root-Is-Purelib", "").strip().lower() == "true"
    if pure == bool(found.runtimes):
        yield f"Root-Is-Purelib is `{str(pure).lower()}`, natives: {len(found.runtimes)}", _ELSE


def _tags(text: str) -> set[str]:
    """Return the single tags of a line; one that is no tag as it is."""
    try:
        return {str(tag) for tag in parse_tag(text)}
    except ValueError:
        return {text}


def _native_tag(found: Contents) -> Iterator[Violation]:
    """Compare what each native can run on with what the tag promises."""
    for package in found.runtimes:
        native, stamp = found.native(package), found.stamp(package)
        if native is None or stamp is None:
            continue
        for what in natives.contradictions(found.wheel.files[native], found.wheel.tag):
            yield f"`{native}`: {what}", "the tag must promise no more than the native can keep"
        abi = "-".join(found.wheel.tag.split("-")[:2])
        if stamp["abi"] != abi:
            yield f"`{native}` has ABI `{stamp['abi']}`, the tag says `{abi}`", _ELSE


def _runtimes(found: Contents) -> Iterator[Violation]:
    """Compare the packages that hold natives with the table, and with the stamps in them."""
    table = found.table
    wanted = {r.module.rpartition(".")[0]: r.name for r in table.runtimes} if table else {}
    for package in found.runtimes:
        facts = found.stamp(package)
        if table and package not in wanted:
            yield f"package `{package}` is no runtime of the table", _RENAMED
        elif facts and package != f"_{facts['package']}_{facts['runtime']}":
            own = f"_{facts['package']}_{facts['runtime']}"
            yield f"package `{package}` holds the runtime `{own}`", _RENAMED
    for package in found.runtimes:
        if found.wheel.files.get(f"{package}/__init__.py"):
            yield f"`{package}/__init__.py` is not empty: the loader does not run it", _ELSE
    if found.kind == "fat":
        for package in sorted(set(wanted) - set(found.runtimes)):
            yield f"runtime of the table that is not there: `{package}`", _ELSE
    if found.kind == "base" and table is not None:
        yield "no native of any runtime", _ELSE
    if found.kind == "runtime" and len(found.runtimes) != 1:
        yield f"neither a loader nor one runtime: {len(found.runtimes)} runtimes", _ELSE


_RENAMED = "a runtime's package, table entry and stamp carry one name; renaming one breaks it"


def _loader(found: Contents) -> Iterator[Violation]:
    """Compare what the loader's first file knows of the table with the table itself."""
    if found.tables:
        name = f"_{found.package}_loader/{generated.FIRST}"
        said = generated.read(found.wheel.files.get(name, b"").decode(errors="replace"))
        for key, value in generated.facts(found.tables).items():
            # Without any it is of a loader that reads its table at every import.
            if said and said.get(key) != value:
                yield f"`{name}` has another `{key}` than the table beside it", _ELSE
    for table in found.tables:
        for runtime in table.runtimes:
            # Of a runtime that may come from elsewhere, none but the named fields are compared.
            held = runtime.module.rpartition(".")[0] in found.runtimes
            if held and not runtime.stamp:
                yield f"the loader's table does not state the stamp of `{runtime.name}`", _ELSE
            elif runtime.stamp and not held:
                what = "the stamp of a runtime that is not in the wheel"
                yield f"the loader's table states {what}: `{runtime.name}`", _ELSE


def _stamp(found: Contents) -> Iterator[Violation]:
    for package in found.runtimes:
        name = f"{package}/{FILE_NAME}"
        data = found.wheel.files.get(name)
        if data is None:
            yield f"no stamp: `{name}`", _ELSE
            continue
        try:
            facts = parse(data)
        except StampError as error:
            yield f"damaged stamp: `{name}`: {error}", _ELSE
            continue
        if facts["version"] != found.wheel.version:
            yield f"`{name}` is of version `{facts['version']}`", _ELSE
        for table in found.tables:
            for runtime in table.runtimes:
                if runtime.module.rpartition(".")[0] != package:
                    continue
                if what := mismatch(facts, table, runtime) or edited(data, runtime):
                    yield f"`{name}`: {what}", _ELSE


def _native(found: Contents) -> Iterator[Violation]:
    """Compare each native's own stamp with the file beside it, which the loader reads."""
    for package in found.runtimes:
        name = found.native(package)
        if name is None:
            yield f"not one native module in `{package}`", _ELSE
            continue
        beside = found.wheel.files.get(f"{package}/{FILE_NAME}")
        try:
            inside = natives.stamp(found.wheel.files[name])
        except ValueError as error:
            yield f"`{name}`: {error}", _ELSE
            continue
        if inside is None:
            yield f"native without a stamp in it: `{name}`", _ELSE
        elif beside is not None and inside != beside:
            yield (
                f"native of another runtime or build: `{name}`: {_difference(inside, beside)}",
                (f"`{FILE_NAME}` beside a native holds the bytes of the stamp in it"),
            )


def _difference(inside: bytes, beside: bytes) -> str:
    try:
        ours, theirs = parse(inside), parse(beside)
    except StampError as error:
        return f"one of its two stamps is damaged: {error}"
    parts = [
        f"{key} `{ours[key]}` in the native, `{theirs[key]}` beside it"
        for key in ours
        if ours[key] != theirs[key]
    ]
    return parts[0] if parts else "its two stamps differ"


def _bills(found: Contents) -> Iterator[Violation]:
    for what in bills.contradictions(found):
        yield what, _ELSE


def _strays(found: Contents) -> Iterator[Violation]:
    """Find members that belong to no part, and natives outside of the runtimes."""
    wheel, table = found.wheel, found.tables[0] if found.tables else None
    own = {wheel.dist_info, f"{wheel.name}-{wheel.version}.data"}
    if table:
        own |= {table.package, f"_{table.package}_loader", *_declared(wheel)}
    extension = table.alias.rpartition(".")[2] + "." if table else ""
    for name in sorted(wheel.files):
        place = _installed(wheel, name)
        top, _, rest = place.partition("/")
        if place != name and (place in wheel.files or top in found.runtimes):
            yield f"member that is installed over another one: `{name}`", _ELSE
        elif top in found.runtimes:
            native = "/" not in rest and rest.endswith(NATIVE) and rest.startswith(extension)
            if not native and rest not in _BESIDE:
                yield f"stray file in a runtime's package: `{name}`", _ELSE
        elif name.endswith(NATIVE):
            yield f"native outside of the runtimes' packages: `{name}`", _ELSE
        elif _owner(place) not in own:
            yield f"stray file: `{name}`", _OWN
        elif top.endswith("_loader") and PurePosixPath(name).suffix != ".py":
            yield f"stray file in the loader: `{name}`", _ELSE


def _installed(wheel: Wheel, name: str) -> str:
    """Return where a member gets to: two folders of `.data` are unpacked beside the packages."""
    for place in ("purelib", "platlib"):
        name = name.removeprefix(f"{wheel.name}-{wheel.version}.data/{place}/")
    return name


def _owner(place: str) -> str:
    """Return the top-level name that a member belongs to; a stub belongs to its package."""
    top, slash, _ = place.partition("/")
    if slash:
        return top.removesuffix("-stubs")
    return PurePosixPath(top).stem if top.endswith((".py", ".pyi")) else top


def _declared(wheel: Wheel) -> set[str]:
    """Return the top-level names that the metadata calls the distribution's own (PEP 794).

    setuptools writes a file of them.
    """
    said = HeaderParser().parsestr(wheel.metadata("METADATA"))
    names = [*said.get_all("Import-Name", []), *said.get_all("Import-Namespace", [])]
    names += wheel.metadata("top_level.txt").split()
    return {re.split(r"[.;\s]", name.strip())[0] for name in names}


_OWN = (
    "remove it, or list what else is the distribution's own among `import-names` of `[project]`; "
    "a wheel has no file of another distribution"
)


def _variant(found: Contents) -> Iterator[Violation]:
    text = found.wheel.files.get(f"{found.wheel.dist_info}/{variant.FILE_NAME}")
    if not found.wheel.label:
        if text is not None:
            yield f"`{variant.FILE_NAME}` in a wheel without a variant label", _ELSE
        return
    if text is None:
        yield f"variant label `{found.wheel.label}`, but no `{variant.FILE_NAME}`", _ELSE
        return
    problems = variant.problems(text, found.wheel.label)
    for what in problems:
        yield f"`{variant.FILE_NAME}`: {what}", "PEP 825 has the format"
    for what in [] if problems else variant.untrue(text, found):
        yield f"`{variant.FILE_NAME}`: {what}", _ELSE


#: Every rule by its name, in the order in which violations are shown.
RULES: dict[str, Rule] = {
    "record": _record,
    "metadata": _metadata,
    "tag": _tag,
    "runtimes": _runtimes,
    "loader": _loader,
    "stamp": _stamp,
    "native": _native,
    "native-tag": _native_tag,
    "sbom": _bills,
    "stray": _strays,
    "variant": _variant,
}
