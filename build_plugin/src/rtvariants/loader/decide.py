"""The choice of a runtime: a pure function of the table, the host and the request."""

from .facts import Decision, Host, Rejection, Request
from .types import Runtime, Table

# Facts about the files and not about the machine: they change with what gets installed.
INSTALLATION = ("absent", "stamp")


def decide(
    table: Table,
    host: Host,
    request: Request,
    failures: "dict[str, Rejection] | None" = None,
) -> Decision:
    """Choose the first runtime that can run here and is wanted; say why each other one is not.

    `failures` are facts from the installed files or a trial import, by runtime: it is absent, its
    stamp is wrong, its guard refused, it did not load.

    A runtime is never chosen when the host is known to lack a need, unless the request is `unsafe`.
    Where nothing is known about the CPU, the guard in the extension module decides: it asks the CPU
    itself, before any code of the runtime's level runs, and its refusal is one of the `failures`.
    Without a name in the request, what gets installed never changes what the
    package means: an `explicit` runtime is chosen only where the request states an index width
    that no automatic one has, the width is always the one that was stated or that of the first
    automatic runtime, and where files are missing or skewed, only a runtime with the allocator of
    the missing one takes its place.

    >>> from .types import Table
    >>> table = Table(package="p", version="1", alias="p._core", env="P", machine="x86_64",
    ...               system="linux", runtimes=())
    >>> host = Host(machine="x86_64", system="linux", features=None, source="none")
    >>> decide(table, host, Request(name=None, origin="default")).chosen is None
    True
    """
    failures = failures or {}
    automatic = automatic_index(table)
    chosen: Runtime | None = None
    missed: Rejection | None = None
    rejections = []
    for runtime in table.runtimes:
        unwanted = _unwanted(runtime, request, automatic)
        rejection = (
            _cannot(table, runtime, host, request)
            or failures.get(runtime.name)
            or unwanted
            or _changes_allocator(table, runtime, missed)
        )
        if rejection is None and chosen is not None:
            reason = f"`{chosen.name}` is preferred"
            rejection = Rejection(runtime=runtime.name, kind="preferred", reason=reason)
        if rejection is None:
            chosen = runtime
            continue
        rejections.append(rejection)
        first = chosen is None and missed is None and unwanted is None
        if first and rejection.kind in INSTALLATION:
            missed = rejection
    return Decision(chosen=chosen, rejections=tuple(rejections), host=host, request=request)


def automatic_index(table: Table) -> "int | None":
    """Return the index width of the automatic choice, whatever the machine."""
    for runtime in table.runtimes:
        if runtime.select == "auto":
            return runtime.index_bits
    return None


def _cannot(table: Table, runtime: Runtime, host: Host, request: Request) -> "Rejection | None":
    """Return why the runtime can't run on this host, as far as the table and the host show."""
    name = runtime.name
    if table.machine != host.machine:
        reason = f"built for `{table.machine}`, but this Python is `{host.machine}`"
        return Rejection(runtime=name, kind="machine", reason=reason)
    if table.system != host.system:
        reason = f"built for `{table.system}`, but this system is `{host.system}`"
        return Rejection(runtime=name, kind="system", reason=reason)
    return None if request.unsafe else _lacking(runtime, host)


def _lacking(runtime: Runtime, host: Host) -> "Rejection | None":
    """Return which needs of the runtime the CPU lacks, by what is known about it."""
    if host.features is None:
        return None
    missing = tuple(need for need in runtime.needs if need not in host.features)
    if not missing:
        return None
    reason = f"this CPU lacks {listing(missing)} (source: {host.source})"
    return Rejection(runtime=runtime.name, kind="cpu", reason=reason, missing=missing)


def _unwanted(runtime: Runtime, request: Request, automatic: "int | None") -> "Rejection | None":
    """Return why the runtime isn't wanted although it might run."""
    name, bits, stated = runtime.name, runtime.index_bits, request.index_bits
    if request.name is not None and request.name != name:
        reason = f"{request.origin} asks for `{request.name}`"
        return Rejection(runtime=name, kind="request", reason=reason)
    if stated is not None and bits != stated:
        reason = f"has a {bits}-bit index, {request.origin} asks for {stated}-bit"
        return Rejection(runtime=name, kind="index", reason=reason)
    if request.name is not None:
        return None
    if runtime.select != "auto" and stated in (None, automatic):
        return Rejection(runtime=name, kind="explicit", reason="only chosen on request")
    if stated is None and bits != automatic:
        reason = f"has a {bits}-bit index, the automatic choice is {automatic}-bit"
        return Rejection(runtime=name, kind="index", reason=reason)
    return None


def _changes_allocator(
    table: Table, runtime: Runtime, missed: "Rejection | None"
) -> "Rejection | None":
    """Return that its allocator is not the one of a preferred runtime whose files are missing."""
    if missed is None:
        return None
    (preferred,) = (each for each in table.runtimes if each.name == missed.runtime)
    if runtime.allocator == preferred.allocator:
        return None
    what = "is not installed" if missed.kind == "absent" else "is from another build"
    reason = (
        f"its allocator is `{runtime.allocator}`; the choice here is `{preferred.name}`, which has "
        f"`{preferred.allocator}` and {what}"
    )
    return Rejection(runtime=runtime.name, kind="allocator", reason=reason)


def listing(names: "tuple[str, ...]") -> str:
    """Return names in backticks with commas.

    >>> listing(("avx2", "bmi1"))
    '`avx2`, `bmi1`'
    """
    return ", ".join(f"`{name}`" for name in names)
