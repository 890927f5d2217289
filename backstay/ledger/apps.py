from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "backstay.ledger"
    label = "ledger"
