"""The dtypes of mydf."""

from __future__ import annotations

from mydf.errors import ArgumentError, ArgumentTypeError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias


class DType:
    """The type of a column's values.

    Dtypes are compared by value and can be keys of a dict. A comparison with a text or a Python
    type is an error.

    Examples:
        >>> import mydf
        >>> mydf.Series("a", [1, 2]).dtype == mydf.Int64
        True
    """

    __slots__ = ("_text",)

    _text: str

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_text", text)

    def __setattr__(self, name: str, value: object) -> None:
        message = f"dtype: `{self!r}` can't be changed"
        raise AttributeError(message)

    def __repr__(self) -> str:
        return self._text

    def __eq__(self, other: object) -> bool:
        if other is Datetime:
            other = Datetime()
        elif isinstance(other, str) or (isinstance(other, type) and _of_python(other)):
            # An int column must not be unequal to `int` without notice.
            fact = f"comparison of a dtype with {other!r}"
            hint = "compare with a dtype, e.g. `dtype == mydf.Int64`"
            raise ArgumentTypeError(fact, hint=hint, what="dtype")
        return self._text == other._text if isinstance(other, DType) else NotImplemented

    def __hash__(self) -> int:
        # Unlike that of the text, which is no dtype.
        return hash((DType, self._text))

    def __reduce__(self) -> tuple[object, ...]:
        return (DType._from_core, (self._text,))

    @staticmethod
    def _from_core(text: str) -> DType:
        """Return the dtype with this name in the core."""
        plain = _PLAIN.get(text)
        if plain is not None:
            return plain
        name, _, inside = text[:-1].partition("(")
        if name == "List":
            return List(DType._from_core(inside))
        if name == "Decimal":
            return Decimal(*(int(number) for number in inside.split(", ")))
        return Datetime(inside)

    @staticmethod
    def _to_core(dtype: DTypeLike) -> str:
        """Return the core's name of a dtype, which may be given as a Python type."""
        if isinstance(dtype, DType):
            return repr(dtype)
        if isinstance(dtype, type):
            if dtype is Datetime:
                return "Datetime"
            known = _of_python(dtype)
            if known is not None:
                return repr(known)
            if dtype is Decimal:
                return repr(Decimal())
            if dtype is List:
                hint = "name the dtype of the items, e.g. `mydf.List(mydf.Int64)`"
                raise ArgumentTypeError("dtype: a List of what", hint=hint, what="dtype")
        hint = "e.g. `mydf.Int64`, `mydf.String`, `mydf.Datetime('UTC')`, `float`"
        raise ArgumentTypeError(f"dtype: `{dtype!r}` is not a dtype", hint=hint, what="dtype")

    @property
    def is_numeric(self) -> bool:
        """Whether the values are integers or floats.

        Examples:
            >>> import mydf
            >>> mydf.Int64.is_numeric, mydf.Bool.is_numeric
            (True, False)
        """
        return self.is_integer or self.is_float

    @property
    def is_integer(self) -> bool:
        """Whether the values are integers.

        Examples:
            >>> import mydf
            >>> mydf.UInt8.is_integer, mydf.Float64.is_integer
            (True, False)
        """
        return self._text.startswith(("Int", "UInt"))

    @property
    def is_float(self) -> bool:
        """Whether the values are floats.

        Examples:
            >>> import mydf
            >>> mydf.Float32.is_float, mydf.Int8.is_float
            (True, False)
        """
        return self._text.startswith("Float")

    @property
    def is_temporal(self) -> bool:
        """Whether the values are dates, datetimes, durations or times of day.

        Examples:
            >>> import mydf
            >>> mydf.Date.is_temporal, mydf.String.is_temporal
            (True, False)
        """
        return self._text.startswith(("Date", "Duration", "Time"))


class _WithoutZone(type):
    """The class `Datetime` stands for `Datetime()`, also in comparisons and as a key."""

    def __eq__(cls, other: object) -> bool:
        return cls is other or (isinstance(other, DType) and other == cls())

    def __hash__(cls) -> int:
        return hash(cls())

    is_numeric = property(lambda cls: cls().is_numeric)
    is_integer = property(lambda cls: cls().is_integer)
    is_float = property(lambda cls: cls().is_float)
    is_temporal = property(lambda cls: cls().is_temporal)
    zone = property(lambda cls: cls().zone)


class Datetime(DType, metaclass=_WithoutZone):
    """A point in time with a resolution of microseconds, in a time zone or without one.

    The class itself stands for `Datetime()`, wherever a dtype is meant.

    Args:
        zone: The name of a time zone, e.g. `"Europe/Berlin"`, `"UTC"` or `"+02:00"`.

    Examples:
        >>> import mydf
        >>> mydf.Datetime("UTC")
        Datetime(UTC)
        >>> mydf.Datetime() == mydf.Datetime("UTC"), mydf.Datetime() == mydf.Datetime
        (False, True)
    """

    __slots__ = ()

    def __init__(self, zone: str | None = None) -> None:
        if zone in ("s", "ms", "us", "ns"):
            fact = f"Datetime: `{zone}` is a unit of time, not a time zone"
            hint = "leave it out, as the unit is always microseconds: `mydf.Datetime()`"
            raise ArgumentError(fact, hint=hint, what="zone")
        if not (zone is None or isinstance(zone, str) or hasattr(zone, "utcoffset")):
            fact = f"Datetime: {zone!r}, of type `{type(zone).__name__}`"
            raise ArgumentTypeError(fact, hint="pass the name of a time zone", what="zone")
        super().__init__(f"Datetime({zone})" if zone else "Datetime")

    @property
    def zone(self) -> str | None:
        """The name of the time zone, or None.

        Examples:
            >>> import mydf
            >>> mydf.Datetime("Europe/Berlin").zone
            'Europe/Berlin'
        """
        return self._text[len("Datetime(") : -1] or None


class Decimal(DType):
    """Exact decimal numbers, such as amounts of money.

    They come from Python's `decimal.Decimal`, from Arrow and from files, and go out as they are.
    They can be compared, sorted, grouped and joined. For arithmetic, `.cast(mydf.Float64)` makes
    the nearest floats.

    Args:
        precision: How many digits there are, at most 38.
        scale: How many of them are after the point.

    Examples:
        >>> import mydf
        >>> from decimal import Decimal
        >>> mydf.Series("price", [Decimal("19.90"), Decimal("5")]).to_list()
        [Decimal('19.90'), Decimal('5.00')]
    """

    __slots__ = ()

    def __init__(self, precision: int = 38, scale: int = 0) -> None:
        for name, number in (("precision", precision), ("scale", scale)):
            if not isinstance(number, int) or isinstance(number, bool):
                fact = f"Decimal: {name} of type `{type(number).__name__}`"
                raise ArgumentTypeError(fact, hint="pass an integer", what=name)
        if not (1 <= precision <= 38 and 0 <= scale <= precision):
            fact = f"Decimal: {precision} digits, {scale} of them after the point"
            hint = "use at most 38 digits, e.g. `mydf.Decimal(38, 2)`"
            raise ArgumentError(fact, hint=hint, what="precision")
        super().__init__(f"Decimal({precision}, {scale})")

    @property
    def scale(self) -> int:
        """The number of digits after the point.

        Examples:
            >>> import mydf
            >>> mydf.Decimal(9, 2).scale
            2
        """
        return int(self._text[:-1].partition(", ")[2])

    @property
    def precision(self) -> int:
        """The number of digits.

        Examples:
            >>> import mydf
            >>> mydf.Decimal(9, 2).precision
            9
        """
        return int(self._text[len("Decimal(") :].partition(",")[0])


class List(DType):
    """Lists of values of one dtype, each with its own length.

    Args:
        inner: The dtype of the items.

    Examples:
        >>> import mydf
        >>> mydf.Series("a", [[1, 2], []]).dtype == mydf.List(mydf.Int64)
        True
    """

    __slots__ = ()

    def __init__(self, inner: DTypeLike) -> None:
        text = DType._to_core(inner)
        if text == "Categorical":
            hint = "use `mydf.List(mydf.String)`: categories belong to a column"
            raise ArgumentTypeError("dtype: a List of categories", hint=hint, what="dtype")
        super().__init__(f"List({text})")

    @property
    def inner(self) -> DType:
        """The dtype of the items.

        Examples:
            >>> import mydf
            >>> mydf.List(mydf.String).inner
            String
        """
        return DType._from_core(self._text[len("List(") : -1])


Null = DType("Null")
Bool = DType("Bool")
Int8 = DType("Int8")
Int16 = DType("Int16")
Int32 = DType("Int32")
Int64 = DType("Int64")
UInt8 = DType("UInt8")
UInt16 = DType("UInt16")
UInt32 = DType("UInt32")
UInt64 = DType("UInt64")
Float32 = DType("Float32")
Float64 = DType("Float64")
String = DType("String")
Categorical = DType("Categorical")
Date = DType("Date")
Duration = DType("Duration")
Time = DType("Time")
Binary = DType("Binary")

_PLAIN = {
    repr(dtype): dtype
    for dtype in (
        Null, Bool, Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64, Float32, Float64,
        String, Categorical, Date, Duration, Time, Binary,
    )
}  # fmt: skip
# By name, since importing `datetime` for two types would slow down `import mydf`.
_PYTHON = {
    "builtins.bool": Bool,
    "builtins.int": Int64,
    "builtins.float": Float64,
    "builtins.str": String,
    "datetime.date": Date,
    "datetime.datetime": Datetime(),
    "datetime.timedelta": Duration,
    "datetime.time": Time,
    "builtins.bytes": Binary,
    "decimal.Decimal": Decimal(),
}


def _of_python(kind: type[object]) -> DType | None:
    """Return the dtype for values of a Python type."""
    return _PYTHON.get(f"{kind.__module__}.{kind.__qualname__}")


if TYPE_CHECKING:
    # `bool`, `int`, `float`, `str`, `date`, `datetime` and `timedelta` are accepted as dtypes too.
    DTypeLike: TypeAlias = DType | type[object]
