from backstay.domains.purchasing.documents import *  # noqa: F403
