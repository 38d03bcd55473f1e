"""The steps by which a database of one release becomes that of the next."""
