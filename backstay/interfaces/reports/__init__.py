"""Every report once, for the command line, the screen and files: columns, lines, figures and what they are made of."""

from backstay.interfaces.reports import statements, trial, ledgers, parties, goods, trade, rights  # isort: skip
from backstay.interfaces.reports.shape import REPORTS, Asked, Column, Line, Report, link, make, today

__all__ = ["MODULES", "REPORTS", "Asked", "Column", "Line", "Report", "link", "make", "today"]
MODULES = (statements, trial, ledgers, parties, goods, trade, rights)  # they register their reports
