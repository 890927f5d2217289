from backstay.domains.catalog.records import *  # noqa: F403
