from backstay.domains.sales.documents import *  # noqa: F403
