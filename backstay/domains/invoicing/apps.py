from django.apps import AppConfig


class InvoicingConfig(AppConfig):
    name = "backstay.domains.invoicing"
    label = "invoicing"
