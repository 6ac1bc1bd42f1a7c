"""Where model-written code runs: the session, the contract, lowering, replay."""
