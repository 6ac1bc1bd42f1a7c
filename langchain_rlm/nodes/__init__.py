"""The four nodes of the state machine, one a file."""
