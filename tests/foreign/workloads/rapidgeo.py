"""Simplify a line of 20,000 points."""

import math

from rapidgeo import LngLat
from rapidgeo.simplify import douglas_peucker


def prepare():
    return [LngLat(n / 200 - 120, 40 + 5 * math.sin(n / 50) + (n % 7) / 50) for n in range(20000)]


def work(points):
    assert len(douglas_peucker(points, tolerance_m=2000.0)) > 2
