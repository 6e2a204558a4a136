"""Columns from numpy's arrays and scalars."""

from __future__ import annotations

from mydf._native import core
from mydf.errors import ArgumentTypeError, CastError, MixedTypeError, UnsupportedTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

# numpy's dtypes with the same memory layout as in mydf.
_SAME = {
    "b1": "Bool", "i1": "Int8", "i2": "Int16", "i4": "Int32", "i8": "Int64", "u1": "UInt8",
    "u2": "UInt16", "u4": "UInt32", "u8": "UInt64", "f4": "Float32", "f8": "Float64",
}  # fmt: skip

# Units of datetime64 that count days or more, with a bound far beyond the dates that mydf holds, so
# that numpy's conversion to days does not overflow.
_DAYS = {"Y": 6_000_000, "M": 72_000_000, "W": 400_000_000, "D": 2**31}
# Microseconds in each finer unit, as a fraction.
_MICROS = {
    "h": (3_600_000_000, 1), "m": (60_000_000, 1), "s": (1_000_000, 1), "ms": (1000, 1),
    "us": (1, 1), "ns": (1, 10**3), "ps": (1, 10**6), "fs": (1, 10**9), "as": (1, 10**12),
}  # fmt: skip
# Also those of durations, without years and months, which have no fixed length.
_LENGTHS = {"W": (604_800_000_000, 1), "D": (86_400_000_000, 1), **_MICROS}
_NAT = -(2**63)

# What to do with arrays for which mydf has no dtype, by numpy's letter for the kind.
_HINTS = {
    "m": "give it a unit with a fixed length, e.g. `array.astype('timedelta64[s]')`",
    "c": "pass `array.real` and `array.imag` as two columns",
    "S": "decode the bytes, e.g. `numpy.char.decode(array, 'utf-8')`",
    "V": "pass one column for each field: `{name: array[name] for name in array.dtype.names}`",
}


def is_array(values: object) -> bool:
    """Return whether values are an array of numpy, or convert to one at once."""
    return hasattr(values, "dtype") and hasattr(values, "tobytes")


def listed(name: str, values: list[Any]) -> core.Series:
    """Return a column of the values of a list, which may be scalars of numpy.

    Raises:
        MixedTypeError: If a value has no dtype, or none with the values before it.
    """
    try:
        return core.Series.from_values(name, values)
    except (CastError, UnsupportedTypeError) as error:
        row = next(row for row, value in enumerate(values) if _is_refused(value))
        fact = f"values of column `{name}`, row {row}: {error.fact}"
        raise MixedTypeError(fact, hint=error.hint, column=name, row=row) from None


def _is_refused(value: Any) -> bool:
    value = getattr(value, "asm8", value)
    convert = {"m": duration, "M": moment}.get(getattr(getattr(value, "dtype", None), "kind", ""))
    try:
        if convert is not None:
            convert(value)
    except (CastError, UnsupportedTypeError):
        return True
    return False


def check_frame(data: Any) -> None:
    """Refuse an array as the data of a whole frame, with the way to pass its columns.

    Raises:
        ArgumentTypeError: If the data is an array.
    """
    if not is_array(data) or not hasattr(data, "ndim"):
        return
    if getattr(data.dtype, "names", None):
        fact, hint = "a structured numpy array", _HINTS["V"]
    else:
        fact = f"a numpy array of {_dimensions(data.ndim)}, whose columns have no names"
        hint = "pass a dict of columns, e.g. `{'a': array[:, 0], 'b': array[:, 1]}`"
    raise ArgumentTypeError(f"DataFrame: {fact}", hint=hint, what="data")


def series(name: str, values: Any) -> core.Series:
    """Return a column of the values of an array; masked values and NaT become nulls.

    Raises:
        ArgumentTypeError: If the array does not have one dimension.
        UnsupportedTypeError: If mydf has no dtype for the array's dtype.
        CastError: If a date or datetime is outside the range of mydf's.
    """
    import numpy as np

    if values.ndim != 1:
        fact = f"values of column `{name}`: an array of {_dimensions(values.ndim)}"
        hint = "pass an array of one dimension for each column"
        raise ArgumentTypeError(fact, hint=hint, what=name)
    array, nulls = np.asarray(values), _mask(values)
    kind = array.dtype.kind
    if kind == "M":
        return _datetimes(name, array, nulls)
    if kind == "m":
        return _durations(name, array, nulls)
    if kind == "f" and array.dtype.itemsize == 2:
        array = array.astype("f4")
    if kind in "biufU":
        array = array.astype(array.dtype.newbyteorder("="), copy=False)
    known = _SAME.get(array.dtype.str[1:])
    if known is not None:
        data = None if nulls is None else nulls.tobytes()
        return core.Series.from_bytes(name, known, array.tobytes(), data)
    if kind not in "OUT":
        _refuse(name, array.dtype)
    objects = array.tolist()
    if kind == "T":
        # A missing text is an object that the dtype names, such as None or NaN.
        objects = [each if isinstance(each, str) else None for each in objects]
    if nulls is not None:
        objects = [None if null else each for each, null in zip(objects, nulls, strict=True)]
    return listed(name, objects)


def moment(value: Any) -> tuple[bool, int] | None:
    """Return whether a `numpy.datetime64` is a date, and its days or microseconds since 1970.

    NaT gives None. A unit finer than microseconds is rounded down.
    """
    import numpy as np

    unit, count = np.datetime_data(value.dtype)
    raw = int(value.astype("int64"))
    if raw == _NAT:
        return None
    if unit in _MICROS:
        up, down = _MICROS[unit]
        return False, raw * count * up // down
    if unit not in _DAYS:
        raise UnsupportedTypeError(
            "value: a numpy `datetime64` without a unit",
            hint="give it one, e.g. `numpy.datetime64('2024-01-01', 's')`",
            column="",
            arrow_type=str(value.dtype),
        )
    if abs(raw * count) > _DAYS[unit]:
        # So far away that no date of mydf reaches it, in whatever unit.
        return True, raw * count * 2**31
    return True, int(value.astype("datetime64[D]").astype("int64"))


def duration(value: Any) -> int | None:
    """Return the microseconds of a `numpy.timedelta64`; NaT gives None.

    Raises:
        UnsupportedTypeError: If its unit has no fixed length.
        CastError: If it is no whole number of microseconds.
    """
    import numpy as np

    unit, count = np.datetime_data(value.dtype)
    raw = int(value.astype("int64"))
    if raw == _NAT:
        return None
    if unit not in _LENGTHS:
        _refuse("", value.dtype)
    up, down = _LENGTHS[unit]
    micros, rest = divmod(raw * count * up, down)
    if rest:
        raise _inexact("value", str(value), str(value.dtype), None)
    return micros


def _inexact(what: str, value: str, source: str, row: int | None) -> CastError:
    place = what if row is None else f"values of column `{what}`, row {row}"
    return CastError(
        f"{place}: `{value}` of numpy's `{source}` is no whole number of microseconds",
        hint="round it first, e.g. `array.astype('timedelta64[us]')`, which cuts the rest off",
        what=what,
        from_dtype=source,
        to_dtype="Duration",
        value=value,
        row=row or 0,
    )


def _dimensions(number: int) -> str:
    return "1 dimension" if number == 1 else f"{number} dimensions"


def _mask(values: Any) -> Any:
    """Return which values of a masked array are masked, or None if it has no mask."""
    mask = getattr(values, "mask", None)
    if mask is None or not hasattr(values, "fill_value"):
        return None
    import numpy as np

    return np.ma.getmaskarray(values)


def _refuse(name: str, dtype: Any) -> NoReturn:
    plain = dtype.kind == "V" and dtype.names is None
    convert = "convert the array, e.g. `array.astype('float64')`"
    raise UnsupportedTypeError(
        f"values of column `{name}`: no dtype for numpy's `{dtype}`",
        hint=convert if plain else _HINTS.get(dtype.kind, convert),
        column=name,
        arrow_type=str(dtype),
    )


def _datetimes(name: str, array: Any, nulls: Any) -> core.Series:
    import numpy as np

    unit, count = np.datetime_data(array.dtype)
    nulls = np.isnat(array) if nulls is None else nulls | np.isnat(array)
    if unit == "generic":
        # Only NaT has no unit, unless somebody makes such values from bytes.
        if not nulls.all():
            _refuse(name, array.dtype)
        unit, array = "us", np.zeros(len(array), "datetime64[us]")
    array = np.where(nulls, np.array(0, array.dtype), array)
    raw = array.astype("int64")
    dtype, numbers, fit = _days(array, raw, unit, count) or _micros(raw, unit, count)
    if not fit.all():
        row = int(np.argmin(fit))
        value, source = str(array[row]), str(array.dtype)
        raise CastError(
            f"values of column `{name}`, row {row}: `{value}` of numpy's `{source}` does not fit "
            f"into {dtype}",
            hint="replace such values by NaT",
            what=name,
            from_dtype=source,
            to_dtype=dtype,
            value=value,
            row=row,
        )
    return core.Series.from_bytes(name, dtype, numbers.tobytes(), nulls.tobytes())


def _durations(name: str, array: Any, nulls: Any) -> core.Series:
    import numpy as np

    unit, count = np.datetime_data(array.dtype)
    nulls = np.isnat(array) if nulls is None else nulls | np.isnat(array)
    if unit not in _LENGTHS:
        # Only NaT has no unit.
        if unit != "generic" or not nulls.all():
            _refuse(name, array.dtype)
        unit, array = "us", np.zeros(len(array), "timedelta64[us]")
    raw = np.where(nulls, 0, array.astype("int64"))
    up, down = _LENGTHS[unit]
    factor = up * count
    if down > 1 or factor >= 2**62:
        # Python's integers, since a product may take more than 64 bits.
        parts = [divmod(each * factor, down) for each in raw.tolist()]
        inexact = np.array([rest != 0 for _, rest in parts], bool)
        fit = np.array([-(2**63) < each < 2**63 for each, _ in parts], bool)
        micros = np.array(
            [each if ok else 0 for (each, _), ok in zip(parts, fit, strict=True)], "i8"
        )
        if inexact.any():
            row = int(np.argmax(inexact))
            raise _inexact(name, str(array[row]), str(array.dtype), row)
    else:
        fit = (raw > -(2**63) // factor) & (raw <= (2**63 - 1) // factor)
        micros = np.where(fit, raw, 0) * factor
    if not fit.all():
        row = int(np.argmin(fit))
        value, source = str(array[row]), str(array.dtype)
        raise CastError(
            f"values of column `{name}`, row {row}: `{value}` of numpy's `{source}` does not fit "
            "into Duration",
            hint="replace such values by NaT",
            what=name,
            from_dtype=source,
            to_dtype="Duration",
            value=value,
            row=row,
        )
    return core.Series.from_bytes(name, "Duration", micros.tobytes(), nulls.tobytes())


def _days(array: Any, raw: Any, unit: str, count: int) -> tuple[str, Any, Any] | None:
    """Return the days of dates, and which rows fit; None for a finer unit."""
    import numpy as np

    if unit not in _DAYS:
        return None
    bound = _DAYS[unit] // count
    fit = (raw >= -bound) & (raw <= bound)
    days = np.where(fit, array, np.array(0, array.dtype)).astype("datetime64[D]").astype("int64")
    fit &= (days >= -(2**31)) & (days < 2**31)
    return "Date", days.astype("int32"), fit


def _micros(raw: Any, unit: str, count: int) -> tuple[str, Any, Any]:
    """Return the microseconds of datetimes, rounded down, and which rows fit."""
    import math

    import numpy as np

    up, down = _MICROS[unit]
    common = math.gcd(up * count, down)
    up, down = up * count // common, down // common
    if up == 1 or down == 1:
        fit = (raw >= -(2**63 // up)) & (raw <= (2**63 - 1) // up)
        return "Datetime", np.where(fit, raw, 0) * up // down, fit
    # An odd multiple of a fine unit, such as 3 ns, whose product may take more than 64 bits.
    exact = [each * up // down for each in raw.tolist()]
    fit = np.array([-(2**63) <= each < 2**63 for each in exact], bool)
    micros = [each if ok else 0 for each, ok in zip(exact, fit, strict=True)]
    return "Datetime", np.array(micros, "i8"), fit
