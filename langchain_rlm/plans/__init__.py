"""Ready programs over the REPL's functions: one file each in `shipped/`, and how one is chosen."""
