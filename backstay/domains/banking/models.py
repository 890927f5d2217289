from backstay.domains.banking.documents import *  # noqa: F403
from backstay.domains.banking.records import *  # noqa: F403
