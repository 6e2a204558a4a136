"""Makes the decision, with the facts that only the installed files and a trial import give."""

import os
import sys

from . import loads, peers
from .decide import decide
from .facts import Decision, Host, Need, Rejection, Request
from .host import archspec_host, described, kernel_host
from .installed import find, passed_over
from .request import other_loaded, read_request, unmet, unsafe_variable
from .stamp import FILE_NAME, StampError, edited, mismatch, page_problem, parse
from .types import Runtime, Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


def choose(table: Table, need: "Need | None" = None) -> "tuple[ModuleType, Decision]":
    """Choose a runtime and import it.

    Raises a `RuntimeSelectionError` when the request can't be met or nothing can run here.
    """
    request = peers.request(table, need)
    if request.unsafe:
        _warn(table)
    modules: dict[str, ModuleType] = {}
    decision = _settle(table, request, modules)
    return modules[chosen_of(decision).name], decision


def foresee(table: Table, need: "Need | None" = None) -> Decision:
    """Decide like `choose`, without importing native code: only the guards' answers are missing.

    Raises like `choose`.
    """
    return _settle(table, peers.request(table, need), None)


def _settle(table: Table, request: Request, modules: "dict[str, ModuleType] | None") -> Decision:
    """Decide until the files of the choice are right and, with `modules`, its import succeeds."""
    host = kernel_host()
    failures: dict[str, Rejection] = {}
    while True:
        decision = decide(table, host, request, failures)
        if _doubtful(table, decision):
            host = archspec_host(host)
            decision = decide(table, host, request, failures)
        runtime = decision.chosen
        if runtime is None:
            raise unmet(table, decision, _otherwise(table, host, request, failures))
        result = _inspect(table, runtime)
        if result is None and modules is not None:
            found = _import(runtime)
            if isinstance(found, Rejection):
                result = found
            else:
                modules[runtime.name] = found
        if result is None:
            return decision
        failures[runtime.name] = result
        if result.kind == "guard":
            failures.update(_same_level(table, runtime, result))
        elif result.kind == "interpreter":
            # Another runtime might load: a second one in this process, which must have one.
            failures.update({name: _of(name, result) for name in table.names()})


def chosen_of(decision: Decision) -> Runtime:
    """Return the runtime of a decision that has one, such as the loaded one."""
    if decision.chosen is None:
        raise AssertionError("the decision has no choice")
    return decision.chosen


def _warn(table: Table) -> None:
    import warnings

    text = (
        f"`{unsafe_variable(table)}=1`: the runtime of `{table.package}` is chosen without "
        "checking the CPU; only the guard in its extension module can prevent a crash"
    )
    # The line that calls `load`.
    warnings.warn(text, RuntimeWarning, stacklevel=4)


def quick_decision(table: Table, flags: "bytes | None") -> Decision:
    """Return the decision that the quick path of `load` anticipated, with the flags it saw."""
    features = None if flags is None else frozenset(flags.decode("ascii", "replace").split())
    host = described(table.machine, table.system, features, asked=flags is not None)
    return decide(table, host, Request(name=None, origin="default"))


def _same_level(table: Table, refused: Runtime, refusal: Rejection) -> "dict[str, Rejection]":
    """Return the refusal for the other runtimes of the level: they need the same CPU."""
    reason = f"it has the level of `{refused.name}`: {refusal.reason}"
    return {
        runtime.name: Rejection(
            runtime=runtime.name, kind="guard", reason=reason, missing=refusal.missing
        )
        for runtime in table.runtimes
        if runtime.level == refused.level and runtime is not refused
    }


def _of(name: str, rejection: Rejection) -> Rejection:
    return Rejection(runtime=name, kind=rejection.kind, reason=rejection.reason)


def check_same(table: Table, decision: Decision) -> None:
    """Raise `OtherRuntimeLoadedError` when the variable now names a runtime that is not loaded."""
    request = read_request(table)
    chosen = decision.chosen
    if chosen is None or request.name in (None, chosen.name):
        return
    raise other_loaded(table, request.name or "", decision)


def survey(table: Table, request: Request) -> Decision:
    """Decide without loading, but check the files of every runtime, so that all reasons are facts.

    Only the guard's answer is missing.
    """
    return decide(table, archspec_host(kernel_host()), request, inspect_all(table))


def inspect_all(table: Table) -> "dict[str, Rejection]":
    """Return what is wrong with the installed files, by runtime."""
    found = ((runtime.name, _inspect(table, runtime)) for runtime in table.runtimes)
    return {name: rejection for name, rejection in found if rejection is not None}


def _doubtful(table: Table, decision: Decision) -> bool:
    """Return whether better facts about the CPU might change the choice."""
    if any(source == "archspec" for source, _ in decision.host.layers):
        return False
    if decision.host.features is None and decision.chosen is not None:
        # Only the guard would stand between a runtime with needs and an older CPU.
        return bool(decision.chosen.needs)
    names = table.names()
    end = len(names) if decision.chosen is None else names.index(decision.chosen.name)
    asked = decision.request.name
    return any(
        rejection.kind == "cpu" and (asked == runtime.name if asked else runtime.select == "auto")
        for runtime in table.runtimes[:end]
        if (rejection := decision.rejection(runtime.name)) is not None
    )


def _otherwise(
    table: Table, host: Host, request: Request, failures: "dict[str, Rejection]"
) -> "Decision | None":
    """Return the automatic decision for the hint of a failed request."""
    if request.name is None and request.index_bits is None:
        return None
    automatic = Request(name=None, origin="default")
    return decide(table, host, automatic, {**inspect_all(table), **failures})


def _inspect(table: Table, runtime: Runtime) -> "Rejection | None":
    """Return what is wrong with the runtime's files, without loading native code."""
    package = runtime.module.rpartition(".")[0]
    found = find(package)
    if found is None:
        reason = f"no package `{package}`"
        if other := passed_over(package):
            reason += f"; `{other}`, in the folder where this program starts, does not count"
        return Rejection(runtime=runtime.name, kind="absent", reason=reason)
    folder, archive = found
    if archive is not None:
        # Systems load native code only from files (PEP 273).
        reason = f"an extension module can't be loaded from a zip file: `{archive}`"
        return Rejection(runtime=runtime.name, kind="archive", reason=reason)
    return _wrong_stamp(table, runtime, folder)


def _wrong_stamp(table: Table, runtime: Runtime, folder: str) -> "Rejection | None":
    """Return how the stamp in this folder contradicts the table or the kernel."""
    path = os.path.join(folder, FILE_NAME)
    try:
        # FileIO reads in one call and needs no codec.
        with open(path, "rb", buffering=0) as file:
            text = file.read()
        facts = parse(text)
    except OSError as error:
        reason = f"its stamp can't be read: {error.strerror or error}: `{path}`"
        return Rejection(runtime=runtime.name, kind="stamp", reason=reason)
    except StampError as error:
        reason = f"its stamp is damaged: {error}: `{path}`"
        return Rejection(runtime=runtime.name, kind="stamp", reason=reason)
    problem = mismatch(facts, table, runtime) or edited(text, runtime)
    problem = problem or _foreign(table.alias, folder, text)
    if problem is not None:
        return Rejection(runtime=runtime.name, kind="stamp", reason=f"{problem}: `{path}`")
    if not loads(facts["abi"].encode()):
        reason = f"it is for {_pythons(facts['abi'])}, and this is {_this()}"
        return Rejection(runtime=runtime.name, kind="python", reason=reason)
    problem = page_problem(facts)
    if problem is None:
        return None
    return Rejection(runtime=runtime.name, kind="load", reason=problem)


def _pythons(abi: str) -> str:
    """Return which Pythons load a module of an ABI.

    >>> _pythons("cp311-cp311"), _pythons("cp314-cp314t"), _pythons("cp310-abi3")
    ('CPython 3.11', 'free-threaded CPython 3.14', 'CPython 3.10 or newer, with the GIL')
    """
    python, _, kind = abi.partition("-")
    name = f"CPython 3.{python[3:]}"
    if kind.startswith("abi3"):
        return f"{name} or newer" + ("" if kind.endswith("t") else ", with the GIL")
    return f"free-threaded {name}" if kind.endswith("t") else name


def _this() -> str:
    """Return this Python as `_pythons` names one."""
    import _imp

    name, minor = sys.implementation.name.replace("cpython", "CPython"), sys.version_info[1]
    threads = f"3{minor}t" in _imp.extension_suffixes()[0]
    return f"{'free-threaded ' if threads else ''}{name} 3.{minor}"


def holds(native: str, stamp: bytes) -> bool:
    """Return whether a native carries this stamp; raises `OSError` where it can't be read."""
    from . import carries
    from .section import contains

    if sys.platform == "linux":
        try:
            if carries(native, stamp):
                return True
        except OverflowError:
            pass  # A damaged file.
    return contains(native, stamp)


def _foreign(alias: str, folder: str, text: bytes) -> "str | None":
    """Return that the native in this folder does not hold the stamp next to it."""
    from _frozen_importlib_external import PathFinder

    spec = PathFinder.find_spec(alias, [folder])
    if spec is None or spec.origin is None:
        return None  # The import says so.
    try:
        if holds(spec.origin, text):
            return None
    except OSError as error:
        return f"the stamp in `{spec.origin}` can't be read: {error.strerror or error}"
    return f"it is not the stamp in `{spec.origin}` (one of the two files is of another build)"


def _import(runtime: Runtime) -> "Rejection | ModuleType":
    """Import the native module; its `ImportError` is a reason to choose another runtime."""
    from . import in_subinterpreter, native

    if in_subinterpreter():
        return _refusal(runtime, ImportError("PyO3 does not support subinterpreters"))
    package = runtime.module.rpartition(".")[0]
    place = find(package)
    try:
        found = None if place is None else native(runtime.module, place[0])
    except ImportError as error:
        return _refusal(runtime, error)
    if found is not None:
        return found
    reason = f"the package `{package}` has no extension module that this Python can load"
    return Rejection(runtime=runtime.name, kind="absent", reason=reason)


def _refusal(runtime: Runtime, error: ImportError) -> Rejection:
    """Return why a native module did not load, from the text of the error."""
    text = str(error)
    fact = text.partition("\n")[0].removeprefix("rtvariants: ")
    # CPython reports an isolated subinterpreter, PyO3 some others, and the guard the rest.
    if "subinterpreters" in fact or fact.startswith("another interpreter"):
        reason = f"it can't be imported in this interpreter: {fact}"
        return Rejection(runtime=runtime.name, kind="interpreter", reason=reason)
    # A message of the guard begins so; the loader has a better hint than its second line.
    if text.startswith("rtvariants: "):
        names = fact.rpartition("lacks: ")[2].partition(" (")[0]
        return Rejection(
            runtime=runtime.name, kind="guard", reason=fact, missing=tuple(names.split(", "))
        )
    return Rejection(runtime=runtime.name, kind="load", reason=text.replace("\n", " "))
