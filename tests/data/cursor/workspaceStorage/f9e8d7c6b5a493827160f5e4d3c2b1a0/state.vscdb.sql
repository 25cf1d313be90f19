-- A window nobody talked in.
PRAGMA page_size = 1024;
CREATE TABLE ItemTable (key TEXT UNIQUE ON CONFLICT REPLACE, value BLOB);
