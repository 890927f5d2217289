"""Files that other houses send and take: bank statements in, payment orders out."""
