"""Demangles the names that rustc gives to symbols: a path without generic arguments, and its crate.

Both schemes are read: the old one, `_ZN…17h…E`, which looks like C++, and `_R…` of Rust RFC 2603,
"v0". Generic arguments, lifetimes and constants are left out: a person looks for the function, and
a pattern in the configuration must not depend on them. No package on PyPI does this for every
Python that this one supports.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

_BASIC = {
    "a": "i8", "b": "bool", "c": "char", "d": "f64", "e": "str", "f": "f32", "h": "u8",
    "i": "isize", "j": "usize", "l": "i32", "m": "u32", "n": "i128", "o": "u128", "p": "_",
    "s": "i16", "t": "u16", "u": "()", "v": "...", "x": "i64", "y": "u64", "z": "!",
}  # fmt: skip
_ESCAPES = {"SP": "@", "BP": "*", "RF": "&", "LT": "<", "GT": ">", "LP": "(", "RP": ")", "C": ","}
_HASH = re.compile(r"h[0-9a-f]{16}")
_DEPTH = 200


@dataclass(frozen=True)
class Symbol:
    """A symbol as a person reads it; `crate` is empty where no Rust compiler named it."""

    name: str
    crate: str


@lru_cache(maxsize=1 << 16)
def read(symbol: str) -> Symbol:
    """Return the path and the crate of a symbol; any other name comes back as it is.

    Nine names of ten are in every runtime of a package.

    >>> read("_ZN4core3ptr4read17h0123456789abcdefE")
    Symbol(name='core::ptr::read', crate='core')
    >>> read("_RNvNtCs1234_7mycrate3fooe")
    Symbol(name='_RNvNtCs1234_7mycrate3fooe', crate='')
    >>> read("_RINvNtCs1234_7mycrate3foo3barhE")
    Symbol(name='mycrate::foo::bar', crate='mycrate')
    >>> read("ZSTD_compress")
    Symbol(name='ZSTD_compress', crate='')
    """
    # What linkers and LLVM append, such as `.llvm.123` and `.cold`, is not part of the name.
    plain = re.sub(r"\.(llvm|cold|part|constprop|isra|lto_priv)\b.*", "", symbol)
    found = None
    if plain.startswith("_ZN"):
        found = _legacy(plain[3:])
    elif plain.startswith("_R"):
        found = _V0(plain[2:]).read()
    return found or Symbol(symbol, "")


def _legacy(text: str) -> Symbol | None:
    parts = []
    at = 0
    while at < len(text) and text[at] != "E":
        number = re.compile(r"[1-9]\d*").match(text, at)
        if not number:
            return None
        at = number.end() + int(number[0])
        parts.append(text[number.end() : at])
    if len(parts) < 2 or not _HASH.fullmatch(parts.pop()):
        return None  # A C++ name.
    name = "::".join(_unescaped(part) for part in parts)
    return Symbol(_without_arguments(name), _legacy_crate(name))


def _unescaped(part: str) -> str:
    text = part[1:] if part.startswith("_$") else part

    def one(match: re.Match[str]) -> str:
        code = match[1]
        if code in _ESCAPES:
            return _ESCAPES[code]
        return chr(int(code[1:], 16)) if re.fullmatch("u[0-9a-f]{1,5}", code) else match[0]

    return re.sub(r"\$(\w+)\$", one, text).replace("..", "::")


def _without_arguments(name: str) -> str:
    """Drop `<…>` that follows a name; one at the front or after a blank is a type and stays."""
    out: list[str] = []
    depth = 0
    for i, char in enumerate(name):
        opens = char == "<" and i > 0 and (name[i - 1].isalnum() or name[i - 1] == "_")
        if depth or opens:
            # An arrow in a function type is not a bracket.
            depth += (char == "<") - (char == ">" and name[i - 1] != "-")
        else:
            out.append(char)
    return "".join(out)


def _legacy_crate(name: str) -> str:
    """Guess the crate of `<Type as Trait>::f` from the first of both that has one."""
    head = name.split("::", 1)[0]
    if re.fullmatch(r"\w+", head):
        return head
    found = re.search(r"\b([a-z_]\w*)::", name)
    return found[1] if found else ""


class _UnreadableError(Exception):
    pass


class _V0:
    """A reader of the grammar of RFC 2603; each method takes one rule from the text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.crate = ""

    def read(self) -> Symbol | None:
        try:
            name = self._path()
            if self.at < len(self.text) and self.text[self.at] not in ".$":
                # The crate that a generic function was made for follows its path.
                keep = self.crate
                self._path()
                self.crate = keep
            if self.at < len(self.text) and self.text[self.at] not in ".$":
                return None
        except (_UnreadableError, IndexError, ValueError, RecursionError):
            return None
        return Symbol(name, self.crate)

    def _next(self) -> str:
        self.at += 1
        return self.text[self.at - 1]

    def _take(self, char: str) -> bool:
        if self.at < len(self.text) and self.text[self.at] == char:
            self.at += 1
            return True
        return False

    def _path(self) -> str:
        tag = self._next()
        if tag == "C":
            self._disambiguator()
            name = self._identifier()
            self.crate = self.crate or name
            return name
        if tag == "M":
            self._impl()
            return f"<{self._type()}>"
        if tag in "XY":
            if tag == "X":
                self._impl()
            own = self._type()
            return f"<{own} as {self._path()}>"
        if tag == "N":
            return self._nested()
        if tag == "I":
            name = self._path()
            self._until_end(self._argument)
            return name
        if tag == "B":
            return self._back(self._path)
        raise _UnreadableError

    def _impl(self) -> None:
        self._disambiguator()
        self._path()  # The module of the `impl`, whose crate is the symbol's.

    def _nested(self) -> str:
        space = self._next()
        inner = self._path()
        number = self._disambiguator()
        name = self._identifier()
        if space.isupper():
            kind = {"C": "closure", "S": "shim"}.get(space, space)
            said = f"{kind}:{name}" if name else kind
            return f"{inner}::{{{said}#{number}}}"
        return f"{inner}::{name}" if name else inner

    def _disambiguator(self) -> int:
        return self._number62() + 1 if self._take("s") else 0

    def _number62(self) -> int:
        if self._take("_"):
            return 0
        value = 0
        while (char := self._next()) != "_":
            digit = int(char) if char.isdigit() else ord(char) - (87 if char.islower() else 29)
            value = value * 62 + digit
        return value + 1

    def _identifier(self) -> str:
        encoded = self._take("u")
        number = re.compile(r"0|[1-9]\d*").match(self.text, self.at)
        if not number:
            raise _UnreadableError
        self.at = number.end()
        self._take("_")
        start, self.at = self.at, self.at + int(number[0])
        if self.at > len(self.text):
            raise _UnreadableError
        name = self.text[start : self.at]
        # Punycode with `_` for `-`.
        return (
            name[::-1].replace("_", "-", 1)[::-1].encode().decode("punycode") if encoded else name
        )

    def _back(self, rule: Callable[[], str]) -> str:
        start = self.at - 1
        place = self._number62()
        self.depth += 1
        if place >= start or self.depth > _DEPTH:
            raise _UnreadableError
        here, self.at = self.at, place
        found = rule()
        self.at = here
        self.depth -= 1
        return found

    def _until_end(self, rule: Callable[[], str]) -> list[str]:
        found = []
        while not self._take("E"):
            found.append(rule())
        return found

    def _argument(self) -> str:
        if self._take("L"):
            self._number62()
            return "'_"
        return self._const() if self._take("K") else self._type()

    def _type(self) -> str:
        tag = self._next()
        if tag in _BASIC:
            return _BASIC[tag]
        rules: dict[str, Callable[[], str]] = {
            "A": self._array,
            "S": lambda: f"[{self._type()}]",
            "T": lambda: f"({', '.join(self._until_end(self._type))})",
            "R": lambda: "&" + self._borrowed(),
            "Q": lambda: "&mut " + self._borrowed(),
            "P": lambda: "*const " + self._type(),
            "O": lambda: "*mut " + self._type(),
            "F": self._function,
            "D": self._dyn,
            "B": lambda: self._back(self._type),
        }
        if tag in rules:
            return rules[tag]()
        self.at -= 1
        return self._path()

    def _array(self) -> str:
        item = self._type()
        return f"[{item}; {self._const()}]"

    def _borrowed(self) -> str:
        if self._take("L"):
            self._number62()
        return self._type()

    def _binder(self) -> None:
        if self._take("G"):
            self._number62()

    def _function(self) -> str:
        self._binder()
        self._take("U")
        if self._take("K") and not self._take("C"):
            self._identifier()
        arguments = ", ".join(self._until_end(self._type))
        result = self._type()
        return f"fn({arguments})" + ("" if result == "()" else f" -> {result}")

    def _dyn(self) -> str:
        self._binder()
        bounds = self._until_end(self._bound)
        if self._take("L"):
            self._number62()
        return "dyn " + " + ".join(bounds)

    def _bound(self) -> str:
        name = self._path()
        while self._take("p"):
            self._identifier()
            self._type()
        return name

    def _const(self) -> str:
        if self._take("p"):
            return "_"
        if self._take("B"):
            return self._back(self._const)
        kind = self._next()
        if kind not in _BASIC:
            raise _UnreadableError
        self._take("n")
        end = self.text.index("_", self.at)
        digits, self.at = self.text[self.at : end], end + 1
        return str(int(digits or "0", 16))
