"""Frames in another shape: long and wide, stacked, and cut into groups."""

from __future__ import annotations

from mydf._native import core
from mydf.errors import ArgumentError, DTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_COLUMN = core.Expr.column


def literal(value: object, dtype: str | None = None) -> core.Expr:
    """Return a value as an expression, in a dtype of the core."""
    made = core.Expr.literal(value)
    return made if dtype is None else made.cast(dtype, True)


def same_rows(key: str, value: object) -> core.Expr:
    """Return whether a column has a value, which may be null."""
    if value is None:
        return _COLUMN(key).unary("is_null")
    return _COLUMN(key).binary("==", literal(value))


# -------------------------------------------------------------------------- one dtype for all


def common_dtype(what: str, dtypes: Sequence[str]) -> str:
    """Return the dtype that holds the values of several others.

    Raises:
        DTypeError: If there is none.
    """
    found = "Null"
    for dtype in dict.fromkeys(dtypes):
        if dtype in (found, "Null"):
            continue
        empty = core.Series.from_values("a", []).cast(found, True)
        other = core.Series.from_values("b", []).cast(dtype, True)
        # The rules of `when` are those of the plan.
        either = core.Expr.when(literal(True), _COLUMN("a"), _COLUMN("b"))
        try:
            found = core.Frame([empty, other]).select([either]).dtypes()[0]
        except DTypeError:
            fact = f"{what}: {found} and {dtype} have no common dtype"
            hint = "convert one of them first, e.g. `.cast(mydf.String)`"
            attributes = {"operation": what, "what": what, "expected": found, "actual": dtype}
            raise DTypeError(fact, hint=hint, **attributes) from None
    return found


# ------------------------------------------------------------------------------ long and wide


def unpivot(
    frame: core.Frame, on: list[str] | None, index: list[str], variable: str, value: str
) -> core.Frame:
    """Return one row for each row and column of `on`."""
    if on is None:
        on = [name for name in frame.names() if name not in index]
    columns = [frame.column(name) for name in on]
    dtype = common_dtype("unpivot", [column.dtype() for column in columns])
    kept = [frame.column(name) for name in index]
    if not columns:
        names = [core.Series.from_values(variable, []).cast("String", True)]
        empty = core.Frame(kept).slice(0, 0).columns()
        return core.Frame([*empty, *names, core.Series.from_values(value, [])])
    parts = []
    for column in columns:
        values = column if column.dtype() == dtype else column.exact(dtype)
        rows = core.Frame([*kept, values.renamed(value)])
        if len(rows.names()) == len(index) + 1:
            label = [literal(column.name(), "String").alias(variable)]
            order = [*index, variable, value]
            rows = rows.with_columns(label).select([_COLUMN(name) for name in order])
        parts.append(rows)
    return core.Frame.concat_rows(parts)


def pivot(  # noqa: PLR0917 - the options of the method
    frame: core.Frame,
    on: list[str],
    index: list[str] | None,
    values: list[str] | None,
    aggregate: str | None,
    separator: str,
    sort_columns: bool,
) -> core.Frame:
    """Return one row for each value of `index` and one column for each value of `on`."""
    index, values = _sides(frame, on, index, values)
    cells = _cells(frame, [*index, *on], values, aggregate)
    wide = _combinations(cells, on, separator, sort_columns)
    made = []
    for value in values:
        for label, condition in wide:
            name = label if len(values) == 1 else f"{value}{separator}{label}"
            # There is one such cell or none.
            chosen = core.Expr.when(condition, _COLUMN(value), literal(None))
            made.append(chosen.agg("max").alias(name))
    if not index:
        return cells.select(made)
    if not made:
        return cells.unique(index, "first").select([_COLUMN(name) for name in index])
    return cells.group_by([_COLUMN(name) for name in index], made)


def _sides(
    frame: core.Frame, on: list[str], index: list[str] | None, values: list[str] | None
) -> tuple[list[str], list[str]]:
    for name in [*on, *(index or []), *(values or [])]:
        frame.column(name)
    if index is None and values is None:
        hint = "pass `index`, `values` or both"
        raise ArgumentError("pivot: neither rows nor values", hint=hint, what="index")
    rest = [name for name in frame.names() if name not in on]
    if index is None:
        return [name for name in rest if name not in (values or [])], values or []
    return index, [name for name in rest if name not in index] if values is None else values


def _cells(
    frame: core.Frame, keys: list[str], values: list[str], aggregate: str | None
) -> core.Frame:
    """Return one row for each combination of keys."""
    columns = [_COLUMN(key) for key in keys]
    if aggregate is None:
        distinct = frame.unique(keys, "first")
        if distinct.height() != frame.height():
            fact = f"pivot: {frame.height()} rows for {distinct.height()} cells"
            hint = 'say what to do with several values, e.g. `aggregate_function="sum"`'
            raise ArgumentError(fact, hint=hint, what="aggregate_function")
        aggregate = "first"
    made = [_COLUMN(name).agg(aggregate) for name in values]
    if aggregate == "len":
        made = [core.Expr.rows().alias(name) for name in values]
    return frame.group_by(columns, made)


def _combinations(
    cells: core.Frame, on: list[str], separator: str, sort_columns: bool
) -> list[tuple[str, core.Expr]]:
    """Return the name of each new column, and the condition of its cells."""
    found = cells.unique(on, "first").select([_COLUMN(name) for name in on])
    if sort_columns:
        flags = [False] * len(on)
        found = found.sort([_COLUMN(name) for name in on], flags, flags)
    texts = [labels(column) for column in found.columns()]
    rows = zip(*(column.to_list() for column in found.columns()), strict=True)
    made = []
    for label, row in zip(zip(*texts, strict=True), rows, strict=True):
        condition = same_rows(on[0], row[0])
        for name, value in zip(on[1:], row[1:], strict=True):
            condition = condition.binary("&", same_rows(name, value))
        made.append((separator.join(label), condition))
    return made


#: Each row becomes a column.
MOST_ROWS = 10_000


def transposed(frame: core.Frame, names: list[str], header: str | None) -> core.Frame:
    """Return the columns of a frame as rows, below the given names."""
    if frame.height() > MOST_ROWS:
        fact = f"transpose: {frame.height()} rows would be as many columns"
        hint = f"choose at most {MOST_ROWS:,} rows first, e.g. with `head`"
        raise ArgumentError(fact, hint=hint, what="transpose")
    if len(names) != frame.height():
        fact = f"column_names: {len(names)} names for {frame.height()} rows"
        raise ArgumentError(fact, hint="pass one name for each row", what="column_names")
    dtype = common_dtype("transpose", frame.dtypes())
    columns = [column.exact(dtype) for column in frame.columns()]
    made = [core.Series.from_values(header, frame.names()).cast("String", True)] if header else []
    below = [core.Frame([column.renamed("")]) for column in columns]
    values = core.Frame.concat_rows(below).columns()[0] if below else None
    for row, name in enumerate(names):
        if values is not None:
            places = [row + at * len(names) for at in range(len(columns))]
            made.append(values.gather(core.Series.from_values("", places)).renamed(name))
    return core.Frame(made)


def labels(column: core.Series) -> list[str]:
    """Return values as the names of columns."""
    texts = column.cast("String", True).to_list()
    return ["null" if text is None else text for text in texts]


def dummies(frame: core.Frame, names: list[str], separator: str, drop_first: bool) -> core.Frame:
    """Return a column of 0 and 1 for each value of each of these columns."""
    made: list[core.Series] = []
    for column in frame.columns():
        name = column.name()
        if name not in names:
            made.append(column)
            continue
        single = core.Frame([column])
        values = single.unique(None, "first").sort([_COLUMN(name)], [False], [True]).columns()[0]
        pairs = list(zip(labels(values), values.to_list(), strict=True))[int(drop_first) :]
        for label, value in pairs:
            # A row that is null has no other value.
            flag = same_rows(name, value).fill_null(literal(False)).cast("UInt8", True)
            made += single.select([flag.alias(f"{name}{separator}{label}")]).columns()
    return core.Frame(made)


# ------------------------------------------------------------------------------------- stacked


def stacked(parts: list[core.Frame], *, diagonal: bool, relaxed: bool) -> core.Frame:
    """Return frames one below the other, with the columns of all of them or in one dtype."""
    dtypes: dict[str, list[str]] = {}
    for part in parts:
        for name, dtype in zip(part.names(), part.dtypes(), strict=True):
            dtypes.setdefault(name, []).append(dtype)
    wanted = {
        name: common_dtype(f"concat of column `{name}`", found) if relaxed else ""
        for name, found in dtypes.items()
    }
    if diagonal:
        # A frame without columns has no rows that could become nulls.
        parts = [part for part in parts if part.width()] or parts[:1]
    found = []
    for part in parts:
        columns = []
        for name in wanted if diagonal else part.names():
            known = name in part.names()
            column = _COLUMN(name) if known else literal(None).alias(name)
            if known and relaxed and wanted[name] != part.column(name).dtype():
                column = core.Expr.series(part.column(name).exact(wanted[name]))
            columns.append(column)
        found.append(part.select(columns) if part.width() else part)
    return core.Frame.concat_rows(found)


# -------------------------------------------------------------------------------------- groups


def groups(
    frame: core.Frame, keys: list[core.Expr]
) -> tuple[core.Frame, core.Series, list[tuple[int, int]], core.Frame]:
    """Return the rows so that those of a group are next to each other.

    Groups are in the order of their first rows, and rows keep their order in each group.

    Returns:
        The rows, their numbers in the frame, the first row and the number of rows of each group,
        and the keys of the groups.
    """
    flags = [False] * len(keys)
    order = frame.arg_sort(keys, flags, flags)
    rows = frame.gather(order)
    counted = rows.group_by(keys, [core.Expr.rows().alias(_unused(frame, keys))])
    sizes = counted.columns()[-1].to_list()
    starts, place = [], 0
    for size in sizes:
        starts.append(place)
        place += size
    firsts = order.gather(core.Series.from_values("", starts).cast("Int64", True))
    ranks = firsts.arg_sort(False, False)
    found = [(starts[rank], sizes[rank]) for rank in ranks.to_list()]
    names = counted.names()[:-1]
    return rows, order, found, counted.gather(ranks).select([_COLUMN(name) for name in names])


def _unused(frame: core.Frame, keys: list[core.Expr]) -> str:
    known = {*frame.names(), *(key.name() for key in keys)}
    name = "len"
    while name in known:
        name += "_"
    return name


def partitions(
    frame: core.Frame, keys: list[core.Expr]
) -> Iterator[tuple[tuple[object, ...], core.Frame]]:
    """Yield the key and the rows of each group."""
    rows, _, places, found = groups(frame, keys)
    values = zip(*(column.to_list() for column in found.columns()), strict=True)
    for key, (start, size) in zip(values, places, strict=True):
        yield key, rows.slice(start, size)


def some_of_each(frame: core.Frame, keys: list[core.Expr], n: int, *, last: bool) -> core.Frame:
    """Return the keys and the first or last rows of each group; all but `-n` if n is negative."""
    rows, _, places, _ = groups(frame, keys)
    numbers: list[int] = []
    for start, size in places:
        kept = min(n, size) if n >= 0 else max(size + n, 0)
        begin = start + size - kept if last else start
        numbers += range(begin, begin + kept)
    chosen = rows.gather(core.Series.from_values("", numbers).cast("Int64", True))
    known = {key.name() for key in keys}
    # The keys are the same on all rows of a group, so they can be evaluated afterwards.
    rest = [_COLUMN(name) for name in frame.names() if name not in known]
    return chosen.select([*keys, *rest])
