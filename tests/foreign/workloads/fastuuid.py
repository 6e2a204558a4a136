"""Parse, print and make UUIDs."""

import fastuuid


def prepare():
    return [str(fastuuid.uuid5(fastuuid.NAMESPACE_DNS, str(n))) for n in range(4000)]


def work(texts):
    for text in texts:
        assert str(fastuuid.UUID(text)) == text
        fastuuid.uuid5(fastuuid.NAMESPACE_DNS, text)
    fastuuid.uuid4_bulk(4000)
