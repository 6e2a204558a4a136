"""The request: what the override variable says, and the errors for what it can't say."""

import os

from .facts import Decision, Rejection, Request
from .types import Table

AUTO = "auto"


def read_request(table: Table) -> Request:
    """Return what the table's variable asks for.

    Raises `MalformedRequest` for an empty value or one with spaces around it, and `UnknownRuntime`
    for a name that the table does not have. An empty value is refused rather than read as unset:
    it is most often a script's variable that went missing.
    """
    value = os.environ.get(table.env)
    if value is None:
        return Request(name=None, origin="default")
    if value == AUTO:
        return Request(name=None, origin=f"`{table.env}`")
    if value in table.names():
        return Request(name=value, origin=f"`{table.env}`")
    raise _refusal(table, value)


def valid_names(table: Table) -> "tuple[str, ...]":
    """Return the values that the variable takes."""
    return (*table.names(), AUTO)


def _refusal(table: Table, value: str) -> Exception:
    from .decide import listing
    from .errors import MalformedRequest, UnknownRuntime

    valid = valid_names(table)
    setting = f"`{table.env}={value}`"
    choices = f"valid names: {listing(valid)}"
    plain = value.strip()
    facts = {"alias": table.alias, "env": table.env, "valid": valid, "value": value}
    if not plain:
        what = "is empty" if not value else "holds only spaces"
        hint = f"unset it for the automatic choice; {choices}"
        return MalformedRequest(f"`{table.env}` {what}", hint, **facts)  # type: ignore[arg-type]
    if plain in valid:
        hint = f"write `{table.env}={plain}`; {choices}"
        return MalformedRequest(f"spaces around a name: {setting}", hint, **facts)  # type: ignore[arg-type]
    fact = f"{setting}: unknown runtime `{plain}`"
    if plain.lower() in valid:
        hint = f"names are in lower case: `{plain.lower()}`; {choices}"
        return UnknownRuntime(fact, hint, **facts)  # type: ignore[arg-type]
    import difflib

    close = difflib.get_close_matches(plain.lower(), valid, n=1)
    hint = f"did you mean `{close[0]}`? {choices}" if close else choices
    return UnknownRuntime(fact, hint, **facts)  # type: ignore[arg-type]


def unmet(table: Table, decision: Decision, otherwise: "Decision | None") -> Exception:
    """Return the error for a decision that chose nothing.

    `otherwise` is the automatic decision, which a hint may name.
    """
    request = decision.request
    if request.name is None:
        return _none_runs(table, decision)
    from . import errors
    from .decide import listing

    rejection = decision.rejection(request.name)
    if rejection is None:
        raise AssertionError("a decision without a choice rejects every runtime")
    kinds = {"absent": errors.AbsentRuntime, "stamp": errors.SkewedRuntime}
    kind = kinds.get(rejection.kind, errors.UnrunnableRuntime)
    setting = f"`{table.env}={request.name}`"
    facts = {
        "absent": f"{setting}: not installed: {rejection.reason}",
        "stamp": f"{setting}: does not belong to this `{table.package}`: {rejection.reason}",
    }
    fact = facts.get(rejection.kind, f"{setting}: can't run here: {rejection.reason}")
    if otherwise is not None and otherwise.chosen is not None:
        hint = f"unset `{table.env}`: the automatic choice here is `{otherwise.chosen.name}`"
    else:
        hint = f"valid names: {listing(valid_names(table))}; none of the runtimes can run here"
    if rejection.kind in ("absent", "stamp"):
        hint = f"{_reinstall(table, request.name)}, or {hint}"
    return kind(
        fact,
        hint,
        alias=table.alias,
        env=table.env,
        valid=valid_names(table),
        value=request.name,
        runtime=request.name,
        decision=decision,
    )


def _none_runs(table: Table, decision: Decision) -> Exception:
    from .errors import NoRuntime

    def line(rejection: Rejection) -> str:
        return f"\n  {rejection.runtime}: {rejection.reason}"

    reasons = "".join(line(rejection) for rejection in decision.rejections)
    kinds = {rejection.kind for rejection in decision.rejections}
    if kinds & {"machine", "system"}:
        hint = f"install a `{table.package}` that is built for this Python"
    elif "absent" in kinds or "stamp" in kinds:
        hint = _reinstall(
            table, *(r.runtime for r in decision.rejections if r.kind in ("absent", "stamp"))
        )
    else:
        hint = f"see `python -m _{table.package}_loader` for what was asked of the CPU"
    return NoRuntime(
        f"no runtime of `{table.package}` {table.version} can run here{reasons}",
        hint,
        alias=table.alias,
        env=table.env,
        valid=valid_names(table),
        decision=decision,
    )


def _reinstall(table: Table, *names: str) -> str:
    """Return what brings these runtimes: distributions of their own, or the package once more."""
    found = [runtime for runtime in table.runtimes if runtime.name in names and runtime.install]
    # One that is chosen by itself helps everybody; an explicit one only those who ask for it.
    wanted = [runtime for runtime in found if runtime.select == "auto"] or found
    if wanted:
        # Of equal version and other content, pip would keep what is there.
        requirements = " ".join(dict.fromkeys(runtime.install for runtime in wanted))
        return f"`pip install --force-reinstall --no-deps {requirements}`"
    return f"reinstall `{table.package}` {table.version} with all of its files"
