"""The environment variables of mydf, in one list: the command line and the documentation show it.

The loader and the core read them, each once; this module only names them.
"""

from __future__ import annotations

#: Each variable with its values and what it does. The documentation has the same text.
VARIABLES = {
    "MYDF_RUNTIME": (
        "`rt32`, `rt64`, `rtcompat` or `auto`",
        "the runtime to load; `auto`, as if unset, takes the best one for this CPU",
    ),
    "MYDF_RUNTIME_UNSAFE": (
        "`0` or `1`",
        "with `1`, the loader does not check the CPU; the check in the extension module remains",
    ),
    "MYDF_THREADS": (
        "1 to 1024",
        "the number of threads; unset, it is the number of processors that the process may use",
    ),
    "NO_COLOR": (
        "any text",
        "if it is not empty, `python -m mydf` writes no colors",
    ),
}


def lines() -> list[str]:
    """Return plain text about each variable, in lines of at most 80 characters."""
    import textwrap

    width = max(map(len, VARIABLES))
    return [
        line
        for name, (values, text) in VARIABLES.items()
        for line in textwrap.wrap(
            f"{name:<{width}}  {values}: {text}".replace("`", ""),
            width=80,
            initial_indent="  ",
            subsequent_indent=" " * (width + 4),
        )
    ]
