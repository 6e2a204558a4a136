"""The decision as a report, for a person and for a bug report."""

import os
import sys

from . import bind, load
from .choice import holds, inspect_all, survey
from .decide import decide
from .errors import RuntimeSelectionError
from .facts import Decision, Rejection, Request
from .host import archspec_host
from .installed import find
from .process import decision, timings
from .stamp import FILE_NAME
from .table import TABLE
from .types import Runtime, Table


def of_process(*, native: bool = True) -> "dict[str, object]":
    """Return the report of this process, after loading a runtime if none is loaded.

    Without `native` nothing is loaded: only the guards' answers are missing. Never raises for what
    keeps a runtime from being loaded: that is the report's `error`.
    """
    error = None
    try:
        if native:
            _load()
        made = decision()
    except RuntimeSelectionError as raised:
        error = str(raised)
        automatic = Request(name=None, origin="in this report, since the request can't be read")
        made = raised.decision or survey(TABLE, automatic)
    return report(TABLE, made, error)


def _load() -> None:
    """Load a runtime, even where the package that it belongs to can't be imported."""
    try:
        load()
    except RuntimeSelectionError:
        raise
    except Exception:  # noqa: BLE001 - whatever the package raises is no fact about the runtimes
        bind()


def report(table: Table, decision: Decision, error: "str | None" = None) -> "dict[str, object]":
    """Return everything about a decision as plain values that JSON can hold.

    Each runtime has a `reason` when it was not chosen, and an `obstacle` when it could not even
    be forced; `error` is the text of the import's error, where there was one.
    """
    failures = inspect_all(table)
    # Only the decision knows the outcome of a trial import, such as a guard's refusal.
    for rejection in decision.rejections:
        if rejection.kind in ("guard", "load", "interpreter"):
            failures[rejection.runtime] = rejection
    owned = owners([runtime.module.rpartition(".")[0] for runtime in table.runtimes])
    request = decision.request
    return {
        "package": table.package,
        "version": table.version,
        "module": table.alias,
        "chosen": None if decision.chosen is None or error else decision.chosen.name,
        "request": {
            "runtime": request.name,
            "origin": request.origin,
            "index_bits": request.index_bits,
            "unsafe": request.unsafe,
        },
        "variable": table.env,
        "python": {"version": sys.version.partition(" ")[0], "executable": sys.executable},
        "host": _host(decision),
        "runtimes": [
            {**_runtime(table, decision, runtime, failures), "distributions": owner}
            for runtime, owner in zip(table.runtimes, owned)  # noqa: B905 - of one length
        ],
        "milliseconds": timings(),
        "error": error,
    }


def _host(decision: Decision) -> "dict[str, object]":
    host = decision.host
    # The choice may not have needed archspec; the report has its answer anyway.
    asked = host if any(who == "archspec" for who, _ in host.layers) else archspec_host(host)
    layers = [{"source": who, "answer": answer} for who, answer in asked.layers]
    refusals = [r for r in decision.rejections if r.kind == "guard"]
    for rejection in refusals[:1]:
        answer = f"refused `{rejection.runtime}`: {rejection.reason}"
        layers.append({"source": "guard", "answer": answer})
    if decision.chosen is not None and timings() is not None:
        layers.append({"source": "guard", "answer": f"allowed `{decision.chosen.name}`"})
    return {
        "machine": host.machine,
        "system": host.system,
        "cpu": cpu_name(),
        "features": None if host.features is None else sorted(host.features),
        "source": host.source,
        "layers": layers,
        "notes": list(host.notes),
    }


def _runtime(
    table: Table, decision: Decision, runtime: Runtime, failures: "dict[str, Rejection]"
) -> "dict[str, object]":
    rejection = decision.rejection(runtime.name)
    forced = Request(name=runtime.name, origin="report")
    alone = decide(table, decision.host, forced, failures).rejection(runtime.name)
    return {
        "name": runtime.name,
        "level": runtime.level,
        "index_bits": runtime.index_bits,
        "allocator": runtime.allocator,
        "select": runtime.select,
        "chosen": rejection is None,
        "kind": None if rejection is None else rejection.kind,
        "reason": None if rejection is None else rejection.reason,
        "obstacle": None if alone is None else alone.reason,
        "stamp": stamp_of(runtime),
        "missing": [] if alone is None else list(alone.missing),
    }


_SAME = "as in the extension module"


def stamp_of(runtime: Runtime) -> "str | None":
    """Return whether the native holds the stamp next to it; `None` where one of them is absent.

    This detects natives that were swapped without their stamps.
    """
    package, _, module = runtime.module.rpartition(".")
    found = find(package)
    if found is None:
        return None
    folder, name = found[0], f"{module}."
    try:
        names = [each for each in sorted(os.listdir(folder)) if each.startswith(name)]
        natives = [each for each in names if each.endswith((".so", ".pyd"))]
        with open(os.path.join(folder, FILE_NAME), "rb") as file:
            said = file.read()
        for native in natives:
            same = holds(os.path.join(folder, native), said)
            return _SAME if same else f"differs from the one in `{native}`"
    except OSError:
        return None
    return None


def owners(packages: "list[str]") -> "list[list[str]]":
    """Return for each package the installed distributions that have files in it.

    More than one is an error of the installation: each may have overwritten the other.
    """
    from importlib.metadata import distributions

    found: list[list[str]] = [[] for _ in packages]
    for distribution in distributions():
        try:
            record = "\n" + (distribution.read_text("RECORD") or "")
            name = f"{distribution.metadata['Name']} {distribution.version}"
        except Exception:  # noqa: BLE001 - another package's broken metadata does not matter here
            continue
        for package, names in zip(packages, found):  # noqa: B905 - of one length
            if f"\n{package}/" in record and name not in names:
                names.append(name)
    return found


def cpu_name() -> "str | None":
    """Return archspec's name for this CPU; `None` where archspec is absent or broken."""
    try:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from archspec.cpu import host

            return str(host().name)
    except Exception:  # noqa: BLE001 - reports are needed on machines where things are broken
        return None


def text(facts: "dict[str, object]") -> str:
    """Return a report as lines for a person."""
    host = facts["host"]
    request = facts["request"]
    runtimes = facts["runtimes"]
    python = facts["python"]
    if not (
        isinstance(host, dict)
        and isinstance(request, dict)
        and isinstance(runtimes, list)
        and isinstance(python, dict)
    ):
        raise TypeError("not a report of `report()`")
    lines = [
        f"{facts['package']} {facts['version']}: runtime {facts['chosen'] or '(none)'}",
        f"  request: {_asked(request)}",
        f"  host: {host['machine']} {host['system']}, CPU {host['cpu'] or '(unknown)'}",
        *(f"    {layer['source']}: {layer['answer']}" for layer in host["layers"]),
        f"  CPU features: {_count(host['features'])} (source: {host['source']})",
        *(f"  note: {note}" for note in host["notes"]),
    ]
    width = max((len(runtime["name"]) for runtime in runtimes), default=0)
    for runtime in runtimes:
        index = f"{runtime['index_bits']}-bit index, " if runtime["index_bits"] else ""
        what = f"{runtime['level']}, {index}{runtime['allocator']}"
        verdict = "would be chosen" if facts["error"] else "chosen"
        verdict = verdict if runtime["chosen"] else f"not chosen: {runtime['reason']}"
        lines.append(f"  {runtime['name']:<{width}}  {what}: {verdict}")
        if runtime["obstacle"] is None and not runtime["chosen"]:
            lines.append(f"  {'':<{width}}  runs here: {facts['variable']}={runtime['name']}")
        elif runtime["obstacle"] not in (None, runtime["reason"]):
            lines.append(f"  {'':<{width}}  can't run here: {runtime['obstacle']}")
        if runtime["stamp"] not in (None, _SAME):
            lines.append(f"  {'':<{width}}  stamp: {runtime['stamp']}")
        if runtime["distributions"]:
            owner = ", ".join(runtime["distributions"])
            lines.append(f"  {'':<{width}}  installed by: {owner}")
    if isinstance(spent := facts["milliseconds"], dict):
        times = ", ".join(f"{name} {value:.2f} ms" for name, value in spent.items())
        lines.append(f"  import: {times}")
    lines.append(f"  Python: {python['version']}, {python['executable']}")
    if facts["error"]:
        lines.append(f"  error: {facts['error']}".replace("\n", "\n    "))
    return "\n".join(lines)


def _asked(request: "dict[str, object]") -> str:
    what = str(request["runtime"] or "auto")
    if request["index_bits"] is not None:
        what += f", {request['index_bits']}-bit index"
    if request["unsafe"]:
        what += ", without checking the CPU"
    return f"{what} ({request['origin']})"


def _count(features: "list[str] | None") -> str:
    return "unknown" if features is None else str(len(features))
