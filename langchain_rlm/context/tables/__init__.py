"""Tables as a context: copied into a DuckDB file of the run's, and asked in a process of their own."""
