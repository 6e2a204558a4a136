"""Recipes of lazy frames: their bytes, their parts, and the files that they read."""

from __future__ import annotations

from mydf._native import core
from mydf.errors import ArgumentError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from mydf.frame import DataFrame
    from mydf.lazy import LazyFrame, Recipe

    # A path, and the numbers of its row groups or None for all.
    File = tuple[str, list[int] | None]


def dumped(recipe: Recipe) -> tuple[Any, ...]:
    """Return a recipe that can be pickled: expressions as text, frames as DataFrames."""
    verb, inputs, args = recipe
    return (verb, tuple(dumped(each) for each in inputs), _packed(args))


def restored(kind: type[LazyFrame], data: tuple[Any, ...]) -> LazyFrame:
    """Return the lazy frame of a recipe that was pickled."""
    return _built(kind, _loaded(data))


def _packed(value: Any) -> Any:
    if isinstance(value, core.Expr):
        if value.has_own_values():
            fact = f"pickle of a lazy frame: `{value.show()}` holds a Series or a function"
            hint = "add the Series to a frame first, or name the columns with `alias`"
            raise ArgumentError(fact, hint=hint, what="pickle")
        return _Text(value.show())
    if isinstance(value, core.Frame):
        return _mydf().DataFrame._from_core(value)
    if isinstance(value, (list, tuple)):
        return type(value)(_packed(each) for each in value)
    return value


class _Text:
    """The text of an expression, which is Python that makes it again."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __reduce__(self) -> tuple[Any, ...]:
        return (_Text, (self.text,))


def _loaded(value: Any) -> Any:
    if isinstance(value, _Text):
        return _expression(value.text)
    if isinstance(value, _mydf().DataFrame):
        return value._core
    if isinstance(value, (list, tuple)):
        return type(value)(_loaded(each) for each in value)
    return value


def _mydf() -> Any:
    """Return the package, which has imported this module."""
    import sys

    return sys.modules["mydf"]


def _expression(text: str) -> core.Expr:
    import datetime as dt
    import zoneinfo

    mydf = _mydf()
    names = {name: getattr(mydf, name) for name in mydf.__all__}
    scope = {**names, "mydf": mydf, "datetime": dt, "zoneinfo": zoneinfo}
    scope["ZoneInfo"] = zoneinfo.ZoneInfo
    return eval(text, scope)._core  # type: ignore[no-any-return]


def _built(kind: type[LazyFrame], recipe: Recipe) -> LazyFrame:
    verb, inputs, args = recipe
    parts = [_built(kind, each) for each in inputs]
    if verb == "concat":
        inner = core.Plan.concat([part._core for part in parts])
    elif verb == "part":
        found = parts[0]._core.split()
        inner = parts[0]._core if found is None else found[0]
    elif not parts:
        inner = getattr(core.Plan, verb)(*args)
    else:
        first, *others = (part._core for part in parts)
        inner = getattr(first, verb)(*others, *args)
    return kind._made(inner, (verb, tuple(part._recipe for part in parts), args))


def split(
    lazy: LazyFrame,
) -> tuple[list[LazyFrame], Callable[[Iterable[DataFrame]], DataFrame]]:
    """Return plans for parts of the files, and a function that joins their results."""
    found = lazy._core.split()
    scans = _scans(lazy._recipe)
    if found is None or len(scans) != 1:
        return [lazy], _joined
    files, keys, columns = scans[0]
    pieces = core.Plan.scan_parquet(files, keys, columns).row_groups() or []
    recipes = [
        _with_file(lazy._recipe, (path, [number]), keys.slice(row, 1))
        for row, ((path, _), groups) in enumerate(zip(files, pieces, strict=True))
        for number, _ in groups
    ]
    if not recipes:
        return [lazy], _joined
    rest = found[1]

    def join(results: Iterable[DataFrame]) -> DataFrame:
        rows = _joined(results)
        plan = rest.over(rows._core)
        return rows._from_core(plan.collect())

    return [_built(type(lazy), ("part", (recipe,), ())) for recipe in recipes], join


def _joined(results: Iterable[DataFrame]) -> DataFrame:
    frames = [*results]
    return frames[0]._from_core(core.Frame.concat_rows([frame._core for frame in frames]))


def _scans(recipe: Recipe) -> list[tuple[Any, ...]]:
    verb, inputs, args = recipe
    own = [args] if verb == "scan_parquet" else []
    return own + [scan for each in inputs for scan in _scans(each)]


def _with_file(recipe: Recipe, file: File, keys: core.Frame) -> Recipe:
    verb, inputs, args = recipe
    if verb == "scan_parquet":
        return (verb, (), ([file], keys, args[2]))
    return (verb, tuple(_with_file(each, file, keys) for each in inputs), args)


def files(
    source: object, suffixes: tuple[str, ...], hive: bool | None
) -> tuple[list[File], core.Frame]:
    """Return the files of a table, and the values of the keys in their paths, a row for each."""
    from mydf import _discovery

    found = _discovery.files(source, suffixes=suffixes, hive=hive)
    for file in found:
        if file.remote is not None:
            hint = "download it first, or use `read_parquet`, which reads the whole file"
            fact = f"source: `{file.path}` is a URL, and a scan reads files of this machine"
            raise ArgumentError(fact, hint=hint, what="source")
    return [(file.path, None) for file in found], _discovery.key_values(found)
