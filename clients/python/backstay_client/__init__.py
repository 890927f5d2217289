"""A client for Backstay's API: typed, without any dependency. ``Client(address, token)``."""

from backstay_client.http import Refused
from backstay_client.resources import Client

__all__ = ["Client", "Refused"]
