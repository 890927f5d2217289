from backstay.domains.invoicing.documents import *  # noqa: F403
