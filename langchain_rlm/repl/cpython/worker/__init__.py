"""What runs in the worker process: the standard library alone, on any Python from 3.9 on.

It is started with `START`, which keeps the package around it from being imported.
"""
