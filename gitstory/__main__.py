"""`python -P -m gitstory`: the same as `git story`, for where the script directory is not on PATH.

Without -P Python has put the current directory first on its path, which may be anybody's work tree: nothing is
imported from there. What Python itself imports to get here is not ours to choose, so -P is the safe way.
"""

import sys

if __spec__ is not None and __spec__.parent == "gitstory" and not sys.flags.safe_path:
    del sys.path[0]

from gitstory.start import main

if __name__ == "__main__":
    sys.exit(main())
