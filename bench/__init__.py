"""Measurements: each module is one command, `python -m bench.NAME`, and prints its n."""
