# ruff: noqa: ARG001 - all jobs have the same parameters
"""The jobs in mydf and polars, whose calls are nearly the same: `md` is either of them."""

from __future__ import annotations

from typing import Any

from .tables import MESSY


def job_01(md: Any, t: Any) -> Any:
    frame = md.read_csv(MESSY.encode())
    frame = frame.rename({name: name.strip().lower().replace(" ", "_") for name in frame.columns})
    return frame.null_count()


def job_02(md: Any, t: Any) -> Any:
    frame = md.read_csv(t.path, null_values="NA", **t.dates)
    return frame.select(md.col("time").max(), md.col("delay").null_count().alias("nulls"))


def job_03(md: Any, t: Any) -> Any:
    return t.stocks.with_columns(md.col("date").str.to_date("%b %d %Y"))


def job_04(md: Any, t: Any) -> Any:
    return t.flights.select("id", date=md.date("year", "month", "day"))


def job_05(md: Any, t: Any) -> Any:
    median = md.col("mass").median().over("species", "island")
    return t.birds.with_columns(md.col("mass").fill_null(median))


def job_06(md: Any, t: Any) -> Any:
    return t.flights.select("id", md.col("delay").forward_fill().over("plane"))


def job_07(md: Any, t: Any) -> Any:
    joined = t.flights.join(t.airlines, on="carrier", how="left").join(t.planes, on="plane")
    return joined.group_by("name", "origin").agg(md.col("seats").sum(), md.col("delay").mean())


def job_08(md: Any, t: Any) -> Any:
    ordered = t.flights.sort("distance", "id", descending=[True, False])
    return ordered.group_by("carrier").head(3).select("carrier", "id", "distance")


def job_09(md: Any, t: Any) -> Any:
    daily = t.flights.group_by("origin", "month", "day").agg(n=md.len().cast(md.Int64))
    daily = daily.sort("origin", "month", "day")
    return daily.with_columns(mean=md.col("n").rolling_mean(7).over("origin"))


def job_10(md: Any, t: Any) -> Any:
    before = md.col("time").shift(1).over("plane")
    change = md.col("delay").diff().over("plane")
    return t.flights.select("id", before=before, change=change)


def job_11(md: Any, t: Any) -> Any:
    rank = md.col("distance").rank("dense", descending=True).over("carrier")
    return t.flights.select("id", rank=rank.cast(md.Int64))


def job_12(md: Any, t: Any) -> Any:
    counts = t.flights.group_by("carrier", "month").agg(n=md.len().cast(md.Int64))
    wide = counts.sort("month").pivot("month", index="carrier", values="n")
    return wide.select("carrier", *map(str, range(1, 13)))


def job_13(md: Any, t: Any) -> Any:
    return t.flights.head(1000).unpivot(["distance", "delay"], index="id")


def job_14(md: Any, t: Any) -> Any:
    shares = [md.col("distance").quantile(q, "linear").alias(f"q{q}") for q in (0.1, 0.5, 0.9)]
    return t.flights.group_by("carrier").agg(*shares)


def job_15(md: Any, t: Any) -> Any:
    bins = md.col("distance").cut([500, 1500, 3000], labels=["short", "medium", "long", "far"])
    return t.flights.select("id", bin=bins.cast(md.String))


def job_16(md: Any, t: Any) -> Any:
    size = md.col("code").str.extract("([0-9]+)", 1).cast(md.Int64)
    return t.codes.select(size=size, kind=md.col("code").str.replace("^.*/ ", ""))


def job_17(md: Any, t: Any) -> Any:
    local = md.col("time").dt.replace_time_zone("UTC").dt.convert_time_zone("America/New_York")
    return t.flights.group_by(hour=local.dt.hour().cast(md.Int64)).agg(n=md.len().cast(md.Int64))


def job_18(md: Any, t: Any) -> Any:
    months = t.flights.group_by_dynamic("time", every="1mo")
    return months.agg(md.col("delay").mean())


def job_19(md: Any, t: Any) -> Any:
    return t.flights.unique("plane", keep="last", maintain_order=True).select("plane", "id")


def job_20(md: Any, t: Any) -> Any:
    return t.flights.select("id", total=md.col("distance").cum_sum().over("plane"))


def job_21(md: Any, t: Any) -> Any:
    return t.flights.sample(fraction=0.01, seed=1).select(n=md.len().cast(md.Int64))


def job_22(md: Any, t: Any) -> Any:
    found = t.flights.select("distance", "delay").describe(percentiles=[0.5])
    return found.filter(md.col("statistic").is_in(["count", "mean", "min", "max"]))


def job_23(md: Any, t: Any) -> Any:
    return t.birds.select("species").to_dummies().select("species_Adelie", "species_Gentoo")


def job_24(md: Any, t: Any) -> Any:
    t.birds.write_csv(t.folder / "birds.csv")
    t.birds.write_parquet(t.folder / "birds.parquet")
    return md.read_parquet(t.folder / "birds.parquet")


def job_25(md: Any, t: Any) -> Any:
    counts = t.flights["carrier"].value_counts(normalize=True, name="share")
    return counts.sort("share", descending=True)


def job_26(md: Any, t: Any) -> Any:
    return t.flights.select("id", "time").join_asof(t.ticks, on="time", tolerance="1h")
