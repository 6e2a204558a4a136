"""The decision as a report: what a person reads, and what a bug report should hold."""

from .binding import inspect_all
from .decide import decide
from .facts import Decision, Host, Rejection, Request
from .types import Runtime, Table


def report(table: Table, decision: Decision, error: "str | None" = None) -> "dict[str, object]":
    """Return everything about a decision as plain values that JSON can hold.

    Each runtime has a `reason` when it was not chosen, and an `obstacle` when it could not even
    be forced; `error` is the text of the import's error, where there was one.
    """
    failures = inspect_all(table)
    # What a trial told (a guard's refusal) is known from the decision alone.
    for rejection in decision.rejections:
        if rejection.kind in ("guard", "load", "interpreter"):
            failures[rejection.runtime] = rejection
    return {
        "package": table.package,
        "version": table.version,
        "module": table.alias,
        "chosen": None if decision.chosen is None else decision.chosen.name,
        "request": {"runtime": decision.request.name, "origin": decision.request.origin},
        "variable": table.env,
        "host": _host(decision.host),
        "runtimes": [_runtime(table, decision, runtime, failures) for runtime in table.runtimes],
        "error": error,
    }


def _host(host: Host) -> "dict[str, object]":
    return {
        "machine": host.machine,
        "system": host.system,
        "cpu": cpu_name(),
        "features": None if host.features is None else sorted(host.features),
        "source": host.source,
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
        "missing": [] if alone is None else list(alone.missing),
    }


def cpu_name() -> "str | None":
    """Return archspec's name for this CPU; `None` where archspec is absent or broken."""
    try:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from archspec.cpu import host

            return str(host().name)
    except Exception:  # noqa: BLE001 - a report is made on the machines where things are broken
        return None


def text(facts: "dict[str, object]") -> str:
    """Return a report as lines for a person."""
    host = facts["host"]
    request = facts["request"]
    runtimes = facts["runtimes"]
    if not (isinstance(host, dict) and isinstance(request, dict) and isinstance(runtimes, list)):
        raise TypeError("not a report of `report()`")
    lines = [
        f"{facts['package']} {facts['version']}: runtime {facts['chosen'] or '(none)'}",
        f"  request: {request['runtime'] or 'auto'} ({request['origin']})",
        f"  host: {host['machine']} {host['system']}, CPU {host['cpu'] or '(unknown)'}",
        f"  CPU features: {_count(host['features'])} (source: {host['source']})",
        *(f"  note: {note}" for note in host["notes"]),
    ]
    width = max((len(runtime["name"]) for runtime in runtimes), default=0)
    for runtime in runtimes:
        what = f"{runtime['level']}, {runtime['index_bits']}-bit index, {runtime['allocator']}"
        verdict = "chosen" if runtime["chosen"] else f"not chosen: {runtime['reason']}"
        lines.append(f"  {runtime['name']:<{width}}  {what}: {verdict}")
        if runtime["obstacle"] is None and not runtime["chosen"]:
            lines.append(f"  {'':<{width}}  runs here: {facts['variable']}={runtime['name']}")
        elif runtime["obstacle"] not in (None, runtime["reason"]):
            lines.append(f"  {'':<{width}}  can't run here: {runtime['obstacle']}")
    if facts["error"]:
        lines.append(f"  error: {facts['error']}".replace("\n", "\n    "))
    return "\n".join(lines)


def _count(features: "list[str] | None") -> str:
    return "unknown" if features is None else str(len(features))
