"""A pytest plugin that writes down how each test ends, and which extension modules were loaded.

It runs in the environment of another project, so it imports nothing of ours. `OUTCOMES` names the
file, which gets one line of JSON for each test as soon as that has ended.
"""

import json
import os

SEEN = {}


def _write(**facts):
    with open(os.environ["OUTCOMES"], "a", encoding="utf-8") as file:
        file.write(json.dumps(facts) + "\n")


def pytest_runtest_logreport(report):
    word = report.outcome
    if hasattr(report, "wasxfail"):
        word = "xfailed" if report.skipped else "xpassed"
    if report.failed and report.when != "call":
        word = "error"
    # What a setup or a teardown says counts only if it is not "passed".
    if report.when == "call" or word != "passed":
        SEEN[report.nodeid] = word
    if report.when == "teardown":
        _write(test=report.nodeid, outcome=SEEN.pop(report.nodeid, "nothing"))


def pytest_collectreport(report):
    if report.failed or (report.skipped and report.nodeid):
        _write(test=report.nodeid, outcome="error" if report.failed else "skipped")


def pytest_sessionfinish(session):
    with open("/proc/self/maps", encoding="utf-8") as maps:
        files = {line.split(maxsplit=5)[-1].strip() for line in maps if "/" in line}
    _write(loaded=sorted(file for file in files if ".so" in file))
