from backstay.domains.tax.records import *  # noqa: F403
