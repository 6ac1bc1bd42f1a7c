"""The live side of runs: what no checkpoint can hold, and where it is found again."""
