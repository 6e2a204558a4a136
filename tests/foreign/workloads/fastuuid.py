"""Parse, print and make UUIDs."""

import uuid

import fastuuid

NAMESPACE = fastuuid.UUID(str(uuid.NAMESPACE_DNS))


def prepare():
    return [str(fastuuid.uuid5(NAMESPACE, str(n).encode())) for n in range(4000)]


def work(texts):
    for text in texts:
        assert str(fastuuid.UUID(text)) == text
        fastuuid.uuid5(NAMESPACE, text.encode())
    fastuuid.uuid4_bulk(4000)
