"""Says hello from the best native runtime for your CPU."""

from ._native import native

greet = native.greet
most = native.most
stamp = native.stamp
