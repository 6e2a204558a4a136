"""Parse a document of 4,000 objects."""

import json

import jiter


def prepare():
    rows = [
        {"id": n, "name": f"name {n} Jürgen", "tags": ["a", "b"], "ratio": n / 7, "none": None}
        for n in range(4000)
    ]
    return json.dumps(rows).encode()


def work(data):
    assert len(jiter.from_json(data)) == 4000
