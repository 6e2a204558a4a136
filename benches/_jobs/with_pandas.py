# ruff: noqa: ARG001 - all jobs have the same parameters
"""The jobs in pandas."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd

from .tables import MESSY


def job_01(t: Any) -> Any:
    frame = pd.read_csv(io.StringIO(MESSY))
    frame.columns = frame.columns.str.strip().str.lower().str.replace(" ", "_")
    return frame.isna().sum().to_frame().T


def job_02(t: Any) -> Any:
    frame = pd.read_csv(t.path, na_values="NA", parse_dates=["time"])
    return pd.DataFrame({"time": [frame["time"].max()], "nulls": [frame["delay"].isna().sum()]})


def job_03(t: Any) -> Any:
    return t.stocks.assign(date=pd.to_datetime(t.stocks["date"], format="%b %d %Y"))


def job_04(t: Any) -> Any:
    return t.flights[["id"]].assign(date=pd.to_datetime(t.flights[["year", "month", "day"]]))


def job_05(t: Any) -> Any:
    median = t.birds.groupby(["species", "island"])["mass"].transform("median")
    return t.birds.assign(mass=t.birds["mass"].fillna(median))


def job_06(t: Any) -> Any:
    return t.flights[["id"]].assign(delay=t.flights.groupby("plane")["delay"].ffill())


def job_07(t: Any) -> Any:
    joined = t.flights.merge(t.airlines, on="carrier", how="left").merge(t.planes, on="plane")
    groups = joined.groupby(["name", "origin"], dropna=False)
    return groups.agg(seats=("seats", "sum"), delay=("delay", "mean")).reset_index()


def job_08(t: Any) -> Any:
    ordered = t.flights.sort_values(["distance", "id"], ascending=[False, True])
    return ordered.groupby("carrier").head(3)[["carrier", "id", "distance"]]


def job_09(t: Any) -> Any:
    daily = t.flights.groupby(["origin", "month", "day"]).size().reset_index(name="n")
    mean = daily.groupby("origin")["n"].rolling(7).mean().reset_index(drop=True)
    return daily.assign(mean=mean)


def job_10(t: Any) -> Any:
    planes = t.flights.groupby("plane")
    return t.flights[["id"]].assign(before=planes["time"].shift(1), change=planes["delay"].diff())


def job_11(t: Any) -> Any:
    rank = t.flights.groupby("carrier")["distance"].rank("dense", ascending=False)
    return t.flights[["id"]].assign(rank=rank.astype(int))


def job_12(t: Any) -> Any:
    return t.flights.pivot_table("id", "carrier", "month", aggfunc="count").reset_index()


def job_13(t: Any) -> Any:
    return t.flights.head(1000).melt("id", ["distance", "delay"])


def job_14(t: Any) -> Any:
    shares = t.flights.groupby("carrier")["distance"].quantile([0.1, 0.5, 0.9]).unstack()
    return shares.reset_index()


def job_15(t: Any) -> Any:
    bounds, names = [0, 500, 1500, 3000, 10**9], ["short", "medium", "long", "far"]
    bins = pd.cut(t.flights["distance"], bounds, labels=names).astype(object)
    return t.flights[["id"]].assign(bin=bins)


def job_16(t: Any) -> Any:
    size = t.codes["code"].str.extract("([0-9]+)")[0].astype(int)
    return pd.DataFrame(
        {"size": size, "kind": t.codes["code"].str.replace("^.*/ ", "", regex=True)}
    )


def job_17(t: Any) -> Any:
    local = t.flights["time"].dt.tz_localize("UTC").dt.tz_convert("America/New_York")
    return t.flights.groupby(local.dt.hour.rename("hour")).size().reset_index()


def job_18(t: Any) -> Any:
    return t.flights.resample("MS", on="time")["delay"].mean().reset_index()


def job_19(t: Any) -> Any:
    return t.flights.drop_duplicates("plane", keep="last")[["plane", "id"]]


def job_20(t: Any) -> Any:
    return t.flights[["id"]].assign(total=t.flights.groupby("plane")["distance"].cumsum())


def job_21(t: Any) -> Any:
    return pd.DataFrame({"n": [len(t.flights.sample(frac=0.01, random_state=1))]})


def job_22(t: Any) -> Any:
    found = t.flights[["distance", "delay"]].describe().loc[["count", "mean", "min", "max"]]
    return found.reset_index()


def job_23(t: Any) -> Any:
    return pd.get_dummies(t.birds["species"])[["Adelie", "Gentoo"]].astype(int)


def job_24(t: Any) -> Any:
    t.birds.to_csv(t.folder / "birds.csv", index=False)
    t.birds.to_parquet(t.folder / "birds.parquet")
    return pd.read_parquet(t.folder / "birds.parquet")


def job_25(t: Any) -> Any:
    return t.flights["carrier"].value_counts(normalize=True).reset_index()


def job_26(t: Any) -> Any:
    left = t.flights[["id", "time"]]
    return pd.merge_asof(left, t.ticks, on="time", tolerance=pd.Timedelta("1h"))
