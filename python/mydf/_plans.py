"""Recipes of lazy frames: their bytes, their parts, and the files that they read."""

from __future__ import annotations

from typing import NamedTuple

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
    return (verb, tuple(dumped(each) for each in inputs), packed(args))


def restored(kind: type[LazyFrame], data: tuple[Any, ...]) -> LazyFrame:
    """Return the lazy frame of a recipe that was pickled."""
    return built(kind, loaded(data))


def packed(value: Any) -> Any:
    """Return what can be pickled: expressions as text, frames as DataFrames."""
    if isinstance(value, core.Expr):
        if value.has_own_values():
            fact = f"pickle of a lazy frame: `{value.show()}` holds a Series or a function"
            hint = "add the Series to a frame first, or name the columns with `alias`"
            raise ArgumentError(fact, hint=hint, what="pickle")
        return _Text(value.show())
    if isinstance(value, core.Frame):
        return _mydf().DataFrame._from_core(value)
    if isinstance(value, (list, tuple)):
        return type(value)(packed(each) for each in value)
    return value


class _Text:
    """The text of an expression, which is Python that makes it again."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __reduce__(self) -> tuple[Any, ...]:
        return (_Text, (self.text,))


def loaded(value: Any) -> Any:
    """Return what `dumped` has packed, with expressions and frames of the binary."""
    if isinstance(value, _Text):
        return _expression(value.text)
    if isinstance(value, _mydf().DataFrame):
        return value._core
    if isinstance(value, (list, tuple)):
        return type(value)(loaded(each) for each in value)
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


def built(kind: type[LazyFrame], recipe: Recipe) -> LazyFrame:
    """Return the lazy frame of a recipe."""
    verb, inputs, args = recipe
    parts = [built(kind, each) for each in inputs]
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


class Scan(NamedTuple):
    """A scan of Parquet files in a recipe: they, the keys in their paths, and the columns."""

    files: list[File]
    keys: core.Frame
    columns: list[str] | None


def scans(recipe: Recipe) -> list[Scan]:
    """Return the scans of Parquet files in a recipe."""
    verb, inputs, args = recipe
    own = [Scan(*args)] if verb == "scan_parquet" else []
    return own + [scan for each in inputs for scan in scans(each)]


def with_scan(recipe: Recipe, scan: Scan) -> Recipe:
    """Return a recipe with another scan in the place of its own."""
    verb, inputs, args = recipe
    if verb == "scan_parquet":
        return (verb, (), tuple(scan))
    return (verb, tuple(with_scan(each, scan) for each in inputs), args)


def divided(scan: Scan) -> list[tuple[Scan, list[tuple[int, int]]]]:
    """Return a scan of each file, and the numbers and rows of its row groups.

    Each scan names its columns: those of the first file, in its order. Other files may have more.
    """
    table = core.Plan.scan_parquet(*scan)
    names = table.names()
    return [
        (Scan([file], scan.keys.slice(row, 1), names), groups)
        for row, (file, groups) in enumerate(zip(scan.files, table.row_groups() or [], strict=True))
    ]


def split(
    lazy: LazyFrame,
) -> tuple[list[LazyFrame], Callable[[Iterable[DataFrame]], DataFrame]]:
    """Return plans for parts of the files, and a function that joins their results."""
    found = lazy._core.split()
    own = scans(lazy._recipe)
    if found is None or len(own) != 1:
        return [lazy], _joined
    recipes = [
        with_scan(lazy._recipe, scan._replace(files=[(scan.files[0][0], [number])]))
        for scan, groups in divided(own[0])
        for number, _ in groups
    ]
    if not recipes:
        return [lazy], _joined
    rest = found[1]

    def join(results: Iterable[DataFrame]) -> DataFrame:
        rows = _joined(results)
        plan = rest.over(rows._core)
        return rows._from_core(plan.collect())

    return [built(type(lazy), ("part", (recipe,), ())) for recipe in recipes], join


def _joined(results: Iterable[DataFrame]) -> DataFrame:
    frames = [*results]
    return frames[0]._from_core(core.Frame.concat_rows([frame._core for frame in frames]))


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
