"""Prints the decision with every reason: `python -m _sample_loader [--json]`.

The exit code is 0 if a runtime was loaded, and 1 if none could be.
"""

import argparse
import os
import sys

from .explain import of_process, text
from .table import TABLE


def main() -> int:
    """Load a runtime, and print the decision and its reasons."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {__package__}",
        description=f"Shows which native runtime of {TABLE.package} this machine gets, and why.",
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument(
        "--no-load", action="store_true", help="load nothing; only the guard's answer is missing"
    )
    arguments = parser.parse_args()
    if hasattr(sys.stdout, "reconfigure"):
        # A path may have characters that the terminal's encoding lacks.
        sys.stdout.reconfigure(errors="backslashreplace")
    facts = of_process(native=not arguments.no_load)
    if arguments.json:
        import json

        print(json.dumps(facts, indent=2))
    else:
        print(text(facts))
    return 0 if facts["error"] is None else 1


def _printed() -> int:
    try:
        status = main()
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # The reader of the output, such as `head`, has closed it. Python would complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(_printed())
