"""The record of a run: what is in it, how it is read, how it is kept in files."""
