"""Full Python: cells run in CPython, as they are, with the packages that were chosen, inside a jail."""
