"""A trading company of our own making that works through the real processes. Same seed, same books."""
