"""The tables of the jobs, made from a seed: departures of a year, and small ones with gaps."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

START = dt.datetime(2013, 1, 1)  # noqa: DTZ001 - a wall-clock time
MESSY = " First Name ,AGE\nAda,36\n,41\nCharles,\n"


def made(rows: int) -> dict[str, dict[str, list[Any]]]:
    """Return the columns of each table."""
    chance = random.Random(13)
    moments = sorted(
        START + dt.timedelta(minutes=chance.randrange(365 * 1440)) for _ in range(rows)
    )
    flights = {
        "id": list(range(rows)),
        "year": [moment.year for moment in moments],
        "month": [moment.month for moment in moments],
        "day": [moment.day for moment in moments],
        "time": moments,
        "carrier": [chance.choice(["UA", "AA", "DL", "B6", "EV"]) for _ in moments],
        "plane": [f"N{chance.randrange(400):03}" for _ in moments],
        "origin": [chance.choice(["JFK", "LGA", "EWR"]) for _ in moments],
        "distance": [chance.randrange(80, 5000) for _ in moments],
        "delay": [None if chance.random() < 0.03 else chance.randrange(-20, 300) for _ in moments],
    }
    airlines = {
        "carrier": ["UA", "AA", "DL", "B6"],
        "name": ["United", "American", "Delta", "JetBlue"],
    }
    planes = {
        "plane": [f"N{at:03}" for at in range(400)],
        "seats": [50 + at % 300 for at in range(400)],
    }
    birds = {
        "species": [chance.choice(["Adelie", "Gentoo", "Chinstrap"]) for _ in range(300)],
        "island": [chance.choice(["Biscoe", "Dream"]) for _ in range(300)],
        "mass": [
            None if chance.random() < 0.1 else 3000.0 + chance.randrange(3000) for _ in range(300)
        ],
    }
    stocks = {
        "symbol": [symbol for symbol in ("AAPL", "IBM", "MSFT") for _ in range(60)],
        "date": [
            (dt.date(2000, 1, 1) + dt.timedelta(days=31 * at)).strftime("%b %d %Y")
            for _ in range(3)
            for at in range(60)
        ],
        "price": [round(20 + chance.random() * 80, 2) for _ in range(180)],
    }
    codes = {"code": [f"size {chance.randrange(99)} / {chance.choice('abc')}" for _ in range(500)]}
    ticks = {
        "time": sorted(
            {START + dt.timedelta(minutes=7 * chance.randrange(75000)) for _ in range(20000)}
        )
    }
    ticks["rain"] = [at % 17 for at in range(len(ticks["time"]))]
    return {
        "flights": flights, "airlines": airlines, "planes": planes, "birds": birds,
        "stocks": stocks, "codes": codes, "ticks": ticks,
    }  # fmt: skip
