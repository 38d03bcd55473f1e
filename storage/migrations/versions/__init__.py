"""One file per step; each runs on SQLite and on PostgreSQL."""
