"""A company or parts of it leave and come in: files that other programs and other installations read and write."""
