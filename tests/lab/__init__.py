"""The whole path with nothing pretended but the model: the agents' real programs, real hooks, real repositories.

Opt-in: `GITSTORY_LAB=1 pytest -m lab tests/lab` installs the programs from npm by name (once, into `GITSTORY_LAB_DIR`)
and lets them talk to `tests.lab.model`, a server on this machine that answers from a fixed plan.
"""
