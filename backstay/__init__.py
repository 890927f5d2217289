"""Backstay: a back office in one program."""

__version__ = "0.1.0"
