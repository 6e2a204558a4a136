"""Errors for arguments that a public function does not take, with what to write instead."""

from __future__ import annotations

import inspect

from mydf import _keywords, _options
from mydf.errors import ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    Parameters = dict[str, inspect.Parameter]

_PLACED = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
_REST = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


def explained(
    function: Callable[..., Any], args: Sequence[object], given: Mapping[str, object]
) -> ArgumentTypeError:
    """Return the error for arguments that Python can't bind to the parameters of a function.

    Args:
        function: A method or a function of a module.
        args: The positional arguments, with `self` as the first one of a method.
        given: The keyword arguments.
    """
    known = dict(inspect.signature(function).parameters)
    owners = ["mydf"]
    if next(iter(known), None) == "self":
        del known["self"]
        owners, args = [each.__name__ for each in type(args[0]).__mro__], args[1:]
    method = owners[0] if function.__name__ == "__init__" else function.__name__
    places = [name for name, each in known.items() if each.kind in _PLACED]
    for name in given:
        if name not in known:
            return _unknown(owners, method, name, known)
        if name in places[: len(args)]:
            fact = f"{method}: `{name}` is given by its place and by its name"
            return ArgumentTypeError(fact, hint="pass it once", what=name)
    if len(args) > len(places):
        return _too_many(method, args, places, known)
    return _missing(method, [*places[: len(args)], *given], known)


def _unknown(owners: list[str], method: str, name: str, known: Parameters) -> ArgumentTypeError:
    options = [each for each, parameter in known.items() if parameter.kind not in _REST]
    hint = _keywords.hint(owners, method, name, options) or _options.hint(method, name, options)
    return ArgumentTypeError(f"{method}: unknown option `{name}`", hint=hint, what=name)


def _too_many(
    method: str, args: Sequence[object], places: list[str], known: Parameters
) -> ArgumentTypeError:
    extra = args[len(places)]
    shown = repr(extra) if isinstance(extra, (str, int, float)) else type(extra).__name__
    hint = _keywords.extra(method, extra)
    words = [name for name, each in known.items() if each.kind is inspect.Parameter.KEYWORD_ONLY]
    if hint is None and words:
        hint = f"pass options by name: {', '.join(f'`{word}=`' for word in words)}"
    fact = f"{method}: one argument too many, {shown}"
    return ArgumentTypeError(fact, hint=hint or "leave it out", what=method)


def _missing(method: str, given: Sequence[str], known: Parameters) -> ArgumentTypeError:
    for name, each in known.items():
        if name not in given and each.default is inspect.Parameter.empty and each.kind not in _REST:
            bare = [one.replace(annotation=inspect.Parameter.empty) for one in known.values()]
            hint = f"it takes `{method}{inspect.Signature(bare)}`"
            return ArgumentTypeError(f"{method}: `{name}` is missing", hint=hint, what=name)
    return ArgumentTypeError(f"{method}: arguments that it does not take", what=method)
