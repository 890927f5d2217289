"""The WSGI application, served by gunicorn."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backstay.settings")
application = get_wsgi_application()

# What was read at the start lives as long as the process: the collector need not look at it with every page, and what
# a page makes is gone with it. Without this a full collection costs every few pages a tenth of a second.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 100)
