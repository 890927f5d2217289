"""What needs no database and no framework: exact numbers, dates, errors, the context."""
