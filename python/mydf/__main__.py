"""`python -m mydf`: look at files, convert them, and report the runtime of this machine.

`runtime` works even if no runtime can be loaded, and then exits with status 1.
"""

from __future__ import annotations

import sys

from mydf._native import failure, report


def main(arguments: list[str]) -> int:
    """Run the command line; return its exit status."""
    # The report needs no core, and has options of its own.
    if arguments[:1] == ["runtime"]:
        return report(arguments[1:])
    if failure is not None:
        sys.stderr.write(f"error: {failure}\n")
        return 1
    from mydf._command_line import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
