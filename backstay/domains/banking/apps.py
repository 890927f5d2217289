from django.apps import AppConfig


class BankingConfig(AppConfig):
    name = "backstay.domains.banking"
    label = "banking"
