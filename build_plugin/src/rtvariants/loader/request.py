"""The request: what the override variable says, and the errors for requests that fail."""

import os

from .decide import INSTALLATION, listing
from .facts import Decision, Need, Rejection, Request
from .types import Runtime, Table

AUTO = "auto"


def read_request(table: Table, need: "Need | None" = None) -> Request:
    """Return what the table's variables ask for, together with what `require` stated.

    Raises `MalformedRequestError` for a value that is empty, has spaces around it or is a name in
    the wrong case, `UnknownRuntimeError` for a name that the table does not have, and
    `UnmetRequirementError` for the name of a runtime that does not meet the requirement. An empty
    value is refused instead of read as unset: it is most often a script's variable that is
    missing.
    """
    value = os.environ.get(table.env)
    unsafe = _is_unsafe(table)
    index_bits = None if need is None else need.index_bits
    if value in (None, AUTO):
        origin = "default" if value is None else f"`{table.env}`"
        origin = origin if need is None else need.origin
        return Request(name=None, origin=origin, index_bits=index_bits, unsafe=unsafe)
    for runtime in table.runtimes:
        if runtime.name == value:
            if need is not None and need.index_bits != runtime.index_bits:
                raise _contradiction(table, runtime, need)
            origin = f"`{table.env}`"
            return Request(name=value, origin=origin, index_bits=index_bits, unsafe=unsafe)
    raise _refusal(table, str(value))


def unsafe_variable(table: Table) -> str:
    """Return the name of the variable that skips the check of the CPU."""
    return f"{table.env}_UNSAFE"


def _is_unsafe(table: Table) -> bool:
    name = unsafe_variable(table)
    value = os.environ.get(name, "0")
    if value in ("0", "1"):
        return value == "1"
    from .errors import MalformedRequestError

    fact = f"`{name}={value}`: neither `0` nor `1`"
    hint = f"unset `{name}`; `1` skips the check of the CPU, so that only the module's guard checks"
    raise MalformedRequestError(fact, hint, **_facts(table, value))  # type: ignore[arg-type]


def valid_names(table: Table) -> "tuple[str, ...]":
    """Return the values that the variable takes."""
    return (*table.names(), AUTO)


def _facts(table: Table, value: "str | None") -> "dict[str, object]":
    """Return the attributes that every error has."""
    valid = valid_names(table)
    return {"alias": table.alias, "env": table.env, "valid": valid, "value": value}


def _refusal(table: Table, value: str) -> Exception:
    from .errors import MalformedRequestError, UnknownRuntimeError

    valid = valid_names(table)
    setting = f"`{table.env}={value}`"
    choices = f"valid names: {listing(valid)}"
    plain = value.strip()
    facts = _facts(table, value)
    if not plain:
        what = "is empty" if not value else "holds only spaces"
        hint = f"unset it for the automatic choice; {choices}"
        return MalformedRequestError(f"`{table.env}` {what}", hint, **facts)  # type: ignore[arg-type]
    same = [name for name in valid if name.casefold() == plain.casefold()]
    if same:
        what = "spaces around a name" if plain == same[0] else "name in the wrong case"
        hint = f"write `{table.env}={same[0]}`; {choices}"
        return MalformedRequestError(f"{what}: {setting}", hint, **facts)  # type: ignore[arg-type]
    import difflib

    close = difflib.get_close_matches(plain.lower(), valid, n=1)
    hint = f"did you mean `{close[0]}`? {choices}" if close else choices
    fact = f"{setting}: unknown runtime `{plain}`"
    return UnknownRuntimeError(fact, hint, **facts)  # type: ignore[arg-type]


def _contradiction(table: Table, runtime: Runtime, need: Need) -> Exception:
    from .errors import UnmetRequirementError

    have = ", ".join(
        f"`{each.name}`" for each in table.runtimes if each.index_bits == need.index_bits
    )
    name = runtime.name
    fact = f"{need.origin}: `{table.env}={name}` has a {runtime.index_bits}-bit index"
    hint = f"unset `{table.env}`, or set it to a runtime with {need.index_bits} bits: {have}"
    return UnmetRequirementError(fact, hint, **_facts(table, name), runtime=name)  # type: ignore[arg-type]


def unmet(table: Table, decision: Decision, otherwise: "Decision | None") -> Exception:
    """Return the error for a decision that chose nothing.

    `otherwise` is the automatic decision, which a hint may name.
    """
    from . import errors

    request = decision.request
    rejection = _in_question(table, decision)
    if rejection is None:
        return _none_runs(table, decision)
    setting = f"`{rejection.runtime}`, the runtime of `{table.package}` for this machine"
    if request.name is not None:
        setting = f"`{table.env}={request.name}`"
        if request.origin != f"`{table.env}`":
            setting = f"`{request.name}` for `{table.alias}` ({request.origin})"
    elif request.index_bits is not None:
        setting = f"{request.origin}: `{rejection.runtime}`"
    kinds = {"absent": errors.AbsentRuntimeError, "stamp": errors.SkewedRuntimeError}
    kind = kinds.get(rejection.kind, errors.UnrunnableRuntimeError)
    facts = {
        "absent": f"{setting}: not installed: {rejection.reason}",
        "stamp": f"{setting}: does not belong to this `{table.package}`: {rejection.reason}",
    }
    fact = facts.get(rejection.kind, f"{setting}: can't run here: {rejection.reason}")
    hint = _other_way(table, decision, otherwise)
    if rejection.kind in INSTALLATION:
        hint = f"{_reinstall(table, rejection.runtime)}, or {hint}"
    hint = _elsewhere(table, {rejection.kind}) or hint
    return kind(
        fact,
        hint,
        **_facts(table, request.name),  # type: ignore[arg-type]
        runtime=rejection.runtime,
        decision=decision,
    )


def other_loaded(table: Table, name: str, decision: Decision) -> Exception:
    """Return the error for a variable that names another runtime than the one of the decision."""
    from .errors import OtherRuntimeLoadedError

    chosen = "" if decision.chosen is None else decision.chosen.name
    return OtherRuntimeLoadedError(
        f"`{table.env}={name}`: this process has already loaded `{chosen}`",
        f"set `{table.env}` before the first `import {table.package}`",
        **_facts(table, name),  # type: ignore[arg-type]
        runtime=name,
        decision=decision,
    )


def _in_question(table: Table, decision: Decision) -> "Rejection | None":
    """Return why the wanted runtime was not chosen; `None` where no single one was wanted."""
    request = decision.request
    kinds = {rejection.kind for rejection in decision.rejections}
    for runtime in table.runtimes:
        rejection = decision.rejection(runtime.name)
        if rejection is None:
            raise AssertionError("a decision without a choice rejects every runtime")
        if request.name is not None:
            if runtime.name == request.name:
                return rejection
        elif request.index_bits is not None:
            if runtime.index_bits == request.index_bits and rejection.kind != "explicit":
                return rejection
        elif "allocator" in kinds and rejection.kind in INSTALLATION:
            return rejection
    return None


def _other_way(table: Table, decision: Decision, otherwise: "Decision | None") -> str:
    """Return how to do without the runtime that is not available."""
    request = decision.request
    instead = [each.runtime for each in decision.rejections if each.kind == "allocator"]
    if instead and request.index_bits is None:
        return f"set `{table.env}={instead[0]}` to accept its allocator"
    if otherwise is not None and otherwise.chosen is not None:
        without = "without it,"
        if request.name is not None and request.origin != f"`{table.env}`":
            name = otherwise.chosen.name
            return f"set `{table.env}={name}` before the first import: all modules then get it"
        if request.name is not None:
            without = f"unset `{table.env}`:"
        return f"{without} the automatic choice here is `{otherwise.chosen.name}`"
    return f"valid names: {listing(valid_names(table))}; none of the runtimes can run here"


def _none_runs(table: Table, decision: Decision) -> Exception:
    from .errors import NoRuntimeError

    def line(rejection: Rejection) -> str:
        return f"\n  {rejection.runtime}: {rejection.reason}"

    reasons = "".join(line(rejection) for rejection in decision.rejections)
    kinds = {rejection.kind for rejection in decision.rejections}
    if elsewhere := _elsewhere(table, kinds):
        hint = elsewhere
    elif kinds & {"machine", "system"}:
        hint = f"install a build of `{table.package}` for this Python"
    elif "absent" in kinds or "stamp" in kinds:
        hint = _reinstall(
            table, *(r.runtime for r in decision.rejections if r.kind in ("absent", "stamp"))
        )
    else:
        hint = f"run `python -m _{table.package}_loader` to see what is known about this CPU"
    return NoRuntimeError(
        f"no runtime of `{table.package}` {table.version} can run here{reasons}",
        hint,
        **_facts(table, None),  # type: ignore[arg-type]
        decision=decision,
    )


def _elsewhere(table: Table, kinds: "set[str]") -> "str | None":
    """Return the hint where the place of the import is the cause, and no runtime."""
    if "archive" in kinds:
        return (
            f"install `{table.package}` next to the zip file instead of into it, or pack with a "
            "tool that unpacks extension modules at startup, such as `pex` or `shiv`"
        )
    if "python" in kinds:
        return f"install a build of `{table.package}` for this Python"
    if "interpreter" in kinds:
        return (
            f"import `{table.package}` only in the main interpreter; for parallel work use "
            "threads or processes instead of subinterpreters"
        )
    return None


def _reinstall(table: Table, *names: str) -> str:
    """Return how to install these runtimes: their own distributions, or the package again."""
    found = [runtime for runtime in table.runtimes if runtime.name in names and runtime.install]
    # One that is chosen automatically helps all users; an explicit one only those who request it.
    wanted = [runtime for runtime in found if runtime.select == "auto"] or found
    if wanted:
        # pip would keep an installed one of the same version and other content.
        requirements = " ".join(dict.fromkeys(runtime.install for runtime in wanted))
        return f"`pip install --force-reinstall --no-deps {requirements}`"
    # Only an editable install has this file; there, a runtime is absent until somebody builds it.
    if os.path.isfile(f"{os.path.dirname(__file__)}/finder.py"):
        options = " ".join(f"--runtime {name}" for name in names)
        return f"run `rtvariants develop {options}` in the source tree"
    return f"reinstall `{table.package}` {table.version} with all of its files"
