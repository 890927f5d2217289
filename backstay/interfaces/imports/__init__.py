"""Data comes in from CSV and XLSX by a mapping file, through the real processes, at its own dates."""
