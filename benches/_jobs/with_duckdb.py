"""The jobs in duckdb: SQL over tables of its own."""

from __future__ import annotations

JOBS = {
    "01": """
        select count(*) - count(first_name) as first_name, count(*) - count(age) as age
        from read_csv('{folder}/messy.csv', normalize_names = true)""",
    "02": """
        select max(time) as time, count(*) - count(delay) as nulls
        from read_csv('{path}', nullstr = 'NA')""",
    "03": "select symbol, strptime(date, '%b %d %Y')::date as date, price from stocks",
    "04": "select id, make_date(year, month, day) as date from flights",
    "05": """
        select species, island,
            coalesce(mass, median(mass) over (partition by species, island)) as mass
        from birds""",
    "06": """
        select id, last_value(delay ignore nulls) over (
            partition by plane order by id rows unbounded preceding
        ) as delay
        from flights""",
    "07": """
        select name, origin, sum(seats)::bigint as seats, avg(delay) as delay
        from flights left join airlines using (carrier) join planes using (plane)
        group by all""",
    "08": """
        select carrier, id, distance from flights
        qualify row_number() over (partition by carrier order by distance desc, id) <= 3""",
    "09": """
        with daily as (
            select origin, month, day, count(*) as n from flights group by all
        )
        select *, case when count(*) over week = 7 then avg(n) over week end as mean from daily
        window week as (partition by origin order by month, day rows 6 preceding)""",
    "10": """
        select id, lag(time) over (partition by plane order by id) as before,
            delay - lag(delay) over (partition by plane order by id) as change
        from flights""",
    "11": """
        select id, dense_rank() over (partition by carrier order by distance desc) as rank
        from flights""",
    "12": """
        pivot flights on month in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
        using count(*) group by carrier""",
    "13": """
        from (select id, distance, delay from flights order by id limit 1000)
        unpivot include nulls (value for name in (distance, delay))""",
    "14": """
        select carrier, quantile_cont(distance, 0.1), quantile_cont(distance, 0.5),
            quantile_cont(distance, 0.9)
        from flights group by all""",
    "15": """
        select id, case when distance <= 500 then 'short' when distance <= 1500 then 'medium'
            when distance <= 3000 then 'long' else 'far' end as bin
        from flights""",
    "16": """
        select regexp_extract(code, '([0-9]+)', 1)::bigint as size,
            regexp_replace(code, '^.*/ ', '') as kind
        from codes""",
    "17": """
        select hour(time at time zone 'UTC' at time zone 'America/New_York') as hour, count(*) as n
        from flights group by all""",
    "18": """
        select date_trunc('month', time)::timestamp as time, avg(delay) as delay
        from flights group by all""",
    "19": """
        select plane, id from flights
        qualify row_number() over (partition by plane order by id desc) = 1""",
    "20": """
        select id, sum(distance) over (
            partition by plane order by id rows unbounded preceding
        )::bigint as total
        from flights""",
    "21": """
        select count(*) as n
        from (from flights using sample reservoir({sample} rows) repeatable (1))""",
    "22": """
        from (summarize select distance, delay from flights)
        select column_name, ({rows} * (1 - null_percentage / 100))::bigint::double, avg::double,
            min::double, max::double""",
    "23": """
        select (species = 'Adelie')::int as adelie, (species = 'Gentoo')::int as gentoo
        from birds""",
    "24": """
        copy birds to '{folder}/birds.csv'; copy birds to '{folder}/birds.parquet';
        from '{folder}/birds.parquet'""",
    "25": """
        select carrier, count(*) / sum(count(*)) over () as share
        from flights group by all order by share desc""",
    "26": """
        select id, flights.time, case when flights.time - ticks.time <= interval 1 hour
            then rain end as rain
        from flights asof left join ticks on flights.time >= ticks.time""",
}
