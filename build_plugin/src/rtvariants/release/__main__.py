"""`python -m rtvariants.release`: rehearse the release of a project, whole, on this machine."""

import sys

from rtvariants.cli import main

if __name__ == "__main__":
    sys.exit(main(["release", "rehearse", *sys.argv[1:]]))
