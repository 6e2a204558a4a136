"""The choice of a runtime: a pure function of the table, the host and the request."""

from .facts import Decision, Host, Rejection, Request
from .types import Runtime, Table


def decide(
    table: Table,
    host: Host,
    request: Request,
    failures: "dict[str, Rejection] | None" = None,
) -> Decision:
    """Choose the first runtime that can run here and is wanted; say why each other one is not.

    `failures` are what only a look at the installation or a trial tells, by runtime: it is
    absent, its stamp is wrong, its guard refused, it did not load.

    A runtime is never chosen when the host is not known to have all that it needs. Without a
    request an `explicit` runtime is never chosen, nor one whose index width differs from that of
    the first automatic one: index width is meaning, and must not depend on the CPU.

    >>> from .types import Table
    >>> table = Table(package="p", version="1", alias="p._core", env="P", machine="x86_64",
    ...               system="linux", runtimes=())
    >>> host = Host(machine="x86_64", system="linux", features=None, source="none")
    >>> decide(table, host, Request(name=None, origin="default")).chosen is None
    True
    """
    failures = failures or {}
    index_bits = _automatic_index(table)
    chosen: Runtime | None = None
    rejections = []
    for runtime in table.runtimes:
        rejection = (
            _cannot(table, runtime, host)
            or failures.get(runtime.name)
            or _unwanted(runtime, request, index_bits)
        )
        if rejection is None and chosen is not None:
            reason = f"`{chosen.name}` is preferred"
            rejection = Rejection(runtime=runtime.name, kind="preferred", reason=reason)
        if rejection is None:
            chosen = runtime
        else:
            rejections.append(rejection)
    return Decision(chosen=chosen, rejections=tuple(rejections), host=host, request=request)


def _automatic_index(table: Table) -> "int | None":
    for runtime in table.runtimes:
        if runtime.select == "auto":
            return runtime.index_bits
    return None


def _cannot(table: Table, runtime: Runtime, host: Host) -> "Rejection | None":
    """Return why the runtime can't run on this host, as far as the table and the host tell."""
    name = runtime.name
    if table.machine != host.machine:
        reason = f"built for `{table.machine}`, but this Python is `{host.machine}`"
        return Rejection(runtime=name, kind="machine", reason=reason)
    if table.system != host.system:
        reason = f"built for `{table.system}`, but this system is `{host.system}`"
        return Rejection(runtime=name, kind="system", reason=reason)
    if host.features is None:
        if not runtime.needs:
            return None
        reason = f"needs {listing(runtime.needs)}, but nothing tells what this CPU has"
        return Rejection(runtime=name, kind="cpu", reason=reason, missing=runtime.needs)
    missing = tuple(need for need in runtime.needs if need not in host.features)
    if not missing:
        return None
    reason = f"this CPU lacks {listing(missing)} (source: {host.source})"
    return Rejection(runtime=name, kind="cpu", reason=reason, missing=missing)


def _unwanted(runtime: Runtime, request: Request, index_bits: "int | None") -> "Rejection | None":
    """Return why the runtime isn't wanted although it might run."""
    name = runtime.name
    if request.name is not None:
        if request.name == name:
            return None
        reason = f"{request.origin} asks for `{request.name}`"
        return Rejection(runtime=name, kind="request", reason=reason)
    if runtime.select != "auto":
        return Rejection(runtime=name, kind="explicit", reason="only chosen when asked for")
    if runtime.index_bits != index_bits:
        reason = f"has a {runtime.index_bits}-bit index, the automatic choice is {index_bits}-bit"
        return Rejection(runtime=name, kind="index", reason=reason)
    return None


def listing(names: "tuple[str, ...]") -> str:
    """Return names in backticks with commas.

    >>> listing(("avx2", "bmi1"))
    '`avx2`, `bmi1`'
    """
    return ", ".join(f"`{name}`" for name in names)
