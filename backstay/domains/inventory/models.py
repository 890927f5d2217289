from backstay.domains.inventory.documents import *  # noqa: F403
from backstay.domains.inventory.records import *  # noqa: F403
