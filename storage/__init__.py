"""What the program remembers: tables, the unit of work, the outbox and the leases, on SQLite and PostgreSQL alike."""
