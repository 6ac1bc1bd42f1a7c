"""The ways in: each holds an `RLM` and adapts what goes in and comes out."""
