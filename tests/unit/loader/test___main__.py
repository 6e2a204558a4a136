"""`python -m _sample_loader`: the report of a package, where nothing can be loaded too."""

import json
import os
import shutil

from .conftest import HAS, LACKS


def test_the_report_names_every_runtime_and_reason(sample):
    sample.write(fast=(HAS, LACKS))
    done = sample.python("-m", "_sample_loader", "--json")
    facts = json.loads(done.stdout)
    assert (done.returncode, facts["chosen"], facts["error"]) == (0, "plain", None)
    verdicts = {each["name"]: (each["kind"], each["obstacle"]) for each in facts["runtimes"]}
    assert verdicts["plain"] == (None, None)
    assert verdicts["wide"] == ("explicit", None)
    assert verdicts["fast"][0] == "cpu"
    assert LACKS in verdicts["fast"][1]


def test_the_report_works_when_nothing_can_be_loaded(sample):
    shutil.rmtree(sample.folder / "_sample_plain")
    sample.write(fast=(LACKS,), plain=(LACKS,))
    done = sample.python("-m", "_sample_loader")
    assert done.returncode == 1
    assert done.stdout.startswith("sample 1.2.3: runtime (none)\n")
    assert "error: no runtime of `sample` 1.2.3 can run here" in done.stdout
    assert not done.stderr


def test_the_report_works_when_the_request_cannot_be_read(sample):
    done = sample.python("-m", "_sample_loader", SAMPLE_RUNTIME="fats")
    assert done.returncode == 1
    assert done.stdout.startswith("sample 1.2.3: runtime (none)\n  request: auto (in this report, ")
    assert "32-bit index, system: would be chosen\n" in done.stdout
    assert "did you mean `fast`?" in done.stdout
    assert not done.stderr


def test_the_report_refuses_an_argument_that_it_does_not_know(sample):
    done = sample.python("-m", "_sample_loader", "--jsn")
    assert done.returncode == 2
    assert "--jsn" in done.stderr


def test_the_report_ends_quietly_where_its_reader_has_gone(sample):
    reading, writing = os.pipe()
    os.close(reading)
    done = sample.python("-m", "_sample_loader", stdout=writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")
