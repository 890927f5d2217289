from django.apps import AppConfig


class TaxConfig(AppConfig):
    name = "backstay.domains.tax"
    label = "tax"
