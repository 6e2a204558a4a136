"""Load and dump a document of 400 tables."""

import rtoml


def prepare():
    return "\n".join(
        f'[table-{n}]\nname = "value {n}"\nnumbers = [1, 2, {n}]\nratio = {n}.5\nyes = true\n'
        for n in range(400)
    )


def work(text):
    assert rtoml.dumps(rtoml.loads(text))
