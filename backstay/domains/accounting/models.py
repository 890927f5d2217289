from backstay.domains.accounting.documents import *  # noqa: F403
