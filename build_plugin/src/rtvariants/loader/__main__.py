"""Prints the decision with every reason: `python -m _sample_loader [--json]`.

The exit code is 0 when a runtime was loaded and 1 when none could be.
"""

import argparse
import sys

from . import decision, load
from .binding import survey
from .errors import RuntimeSelectionError
from .explain import report, text
from .facts import Request
from .table import TABLE


def main() -> int:
    """Load, and print what was decided and why."""
    parser = argparse.ArgumentParser(
        prog=f"python -m {__package__}",
        description=f"Shows which native runtime of {TABLE.package} this machine gets, and why.",
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    arguments = parser.parse_args()
    error = None
    try:
        load()
        made = decision()
    except RuntimeSelectionError as raised:
        error = str(raised)
        made = raised.decision or survey(TABLE, Request(name=None, origin="default"))
    facts = report(TABLE, made, error)
    if arguments.json:
        import json

        print(json.dumps(facts, indent=2))
    else:
        print(text(facts))
    return 0 if error is None else 1


if __name__ == "__main__":
    sys.exit(main())
