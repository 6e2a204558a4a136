"""Writes `python/mydf/_delegated.pyi`: the types of what a Series takes from `Expr`.

`python tests/support/series_stub.py` writes it; a test fails where it is stale.
"""

import ast
import inspect
import subprocess
import sys
from importlib import import_module
from pathlib import Path

PLACE = Path(__file__).parents[2] / "python" / "mydf" / "_delegated.pyi"
# What a method gives as a Python value instead of a Series.
VALUES = {
    **dict.fromkeys(("sum", "min", "max", "first", "last", "product", "mean", "std", "dot"), "Any"),
    **dict.fromkeys(("median", "var", "quantile", "skew", "kurtosis", "entropy"), "float | None"),
    **dict.fromkeys(("count", "len", "n_unique", "null_count"), "int"),
    **dict.fromkeys(("any", "all", "has_nulls"), "bool | None"),
    **dict.fromkeys(("arg_min", "arg_max", "index_of"), "int | None"),
    "implode": "list[Any]",
}
HEADER = (
    "# What a Series takes from `Expr`, written by `python tests/support/series_stub.py`.\n"
    "# ruff: noqa: A002\n"
)


def stub():
    """Return the text of the stub."""
    from mydf._delegated import ONLY_EXPR, OPERATORS, members
    from mydf.expr import Expr
    from mydf.series import Series

    spaces, methods, operators, classes = [], [], [], []
    for name, known in members(Expr).items():
        if name in OPERATORS:
            operators.append(signature(name, known, "Any" if len(params(known)) > 1 else "Series"))
        elif name.startswith("_") or name in ONLY_EXPR or name in vars(Series):
            continue
        elif isinstance(known, property):
            owner = known.fget.__annotations__["return"]
            space = f"Series{owner}"
            spaces.append(f"    @property\n    def {name}(self) -> {space}: ...\n")
            inner = getattr(import_module(module_of(Expr, owner)), owner)
            lines = [
                signature(each, method, "Series")
                for each, method in members(inner).items()
                if not each.startswith("_")
            ]
            classes.append((inner, f"@final\nclass {space}:\n" + "".join(lines)))
        else:
            methods.append(signature(name, known, VALUES.get(name, "Series")))
    known = "def members(cls: type) -> dict[str, Any]: ...\n\n"
    body = (
        "OPERATORS: frozenset[str]\nONLY_EXPR: frozenset[str]\n\n"
        + known
        + (
            "class Delegated(Guided):\n"
            "    def _own(self) -> Expr: ...\n    def _leaf(self) -> Expr: ...\n"
            "    def _evaluated(self, expr: Expr) -> Any: ...\n"
            + "".join([*operators, *methods, *spaces])
            + "\n"
            + "\n".join(text for _, text in classes)
        )
    )
    return formatted(HEADER + imports(body, [Expr, *(each for each, _ in classes)]) + "\n" + body)


def params(method):
    return list(inspect.signature(method).parameters.values())


def module_of(cls, name):
    """Return the module of a class that another one's annotation names."""
    known = sys.modules[cls.__module__]
    if hasattr(known, name):
        return cls.__module__
    return sources(known)[name]


def signature(name, method, result):
    found = inspect.signature(method)
    shown = str(found.replace(return_annotation=inspect.Signature.empty)).replace("'", "")
    defaults = [repr(p.default) for p in params(method) if isinstance(p.default, str)]
    for default in defaults:
        shown = shown.replace(f"= {default[1:-1]}", f"= {default}", 1)
    if name in ("__eq__", "__ne__"):
        shown = "(self, other: object)"
    return f"    def {name}{shown} -> {result}: ...\n"


def sources(module):
    """Return the modules of the names that a module imports or defines, also for type checkers."""
    found = {}
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.ImportFrom) and node.module != "__future__":
            found |= {alias.asname or alias.name: node.module for alias in node.names}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = module.__name__
    return found


def imports(body, classes):
    used = {node.id for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)}
    known = {"final": "typing", "Any": "typing", "Guided": "mydf._guided", "Expr": "mydf.expr"}
    known["Series"] = "mydf.series"
    for cls in {base for each in classes for base in each.__mro__ if base is not object}:
        known |= sources(sys.modules[cls.__module__])
    lines = sorted(f"from {known[name]} import {name}" for name in used if name in known)
    return "\n".join(lines) + "\n"


def formatted(text):
    ruff = Path(sys.executable).with_name("ruff")
    for options in (["check", "-q", "--fix-only", "--select=I,PYI054"], ["format", "-q"]):
        command = [ruff, *options, f"--stdin-filename={PLACE}", "-"]
        text = subprocess.run(
            command, input=text, capture_output=True, text=True, check=True
        ).stdout
    return text


if __name__ == "__main__":
    PLACE.write_text(stub())
