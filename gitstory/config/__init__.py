"""Settings: the table of keys, the files and git settings they come from, and careful changes to those files."""

from gitstory.config.load import Config, Loaded, load, person_file, read_all, team_file
from gitstory.config.setting import ConfigError, Key
from gitstory.config.settings_table import KEYS, find_key

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
