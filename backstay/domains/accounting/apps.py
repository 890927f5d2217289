from django.apps import AppConfig


class AccountingConfig(AppConfig):
    name = "backstay.domains.accounting"
    label = "accounting"
