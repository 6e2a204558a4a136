"""The everyday jobs of `jobs.py`: the tables, and each job in every library."""
