"""`python -m mydf runtime [--json]`: which runtime this machine uses, and why.

It works even if no runtime can be loaded, and then exits with status 1.
"""

from __future__ import annotations

import sys

from mydf._native import report

USAGE = "usage: python -m mydf runtime [--json]"


def main(arguments: list[str]) -> int:
    """Run the command line."""
    if not arguments or arguments[0] != "runtime":
        print(USAGE, file=sys.stderr)
        return 2
    return report(arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
