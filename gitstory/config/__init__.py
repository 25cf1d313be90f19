"""Settings: the table of keys, the files and git settings they come from, and careful changes to those files."""

from gitstory.config.key import ConfigError, Key
from gitstory.config.keys import KEYS, find_key
from gitstory.config.load import Config, Loaded, load, person_file, read_all, team_file

__all__ = [
    "KEYS",
    "Config",
    "ConfigError",
    "Key",
    "Loaded",
    "find_key",
    "load",
    "person_file",
    "read_all",
    "team_file",
]
