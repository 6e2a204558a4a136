"""Load and dump a document of 4,000 objects."""

import orjson


def prepare():
    rows = [
        {"id": n, "name": f"name {n} Jürgen", "tags": ["a", "b"], "ratio": n / 7, "none": None}
        for n in range(4000)
    ]
    return orjson.dumps(rows)


def work(data):
    assert orjson.dumps(orjson.loads(data)) == data
