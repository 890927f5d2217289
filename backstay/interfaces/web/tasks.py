"""Long work of the screens, so that the worker knows it (found by the name of this module)."""

from backstay.interfaces import demo, practice
from backstay.interfaces.exchange import going
from backstay.interfaces.imports import jobs
from backstay.interfaces.web import bulk, closing

TASKS = (bulk, closing, demo, going, jobs, practice)
