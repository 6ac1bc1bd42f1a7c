"""The default sandbox: Monty, a Python interpreter made for code that models write."""
