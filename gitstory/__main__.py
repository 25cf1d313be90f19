"""`python -m gitstory`: the same as `git story`, for where the script directory is not on PATH."""

import sys

from gitstory.cli.main import run

if __name__ == "__main__":
    sys.exit(run())
