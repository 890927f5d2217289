from backstay.domains.parties.records import *  # noqa: F403
