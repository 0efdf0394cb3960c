"""What the product costs: `python -m benchmarks` prints one table per database, with a bare app beside it.

The load comes from a process of its own; the figure that noise moves least is the CPU time that all server
and database processes spend per request. How to read the tables stands in README.md.
"""
