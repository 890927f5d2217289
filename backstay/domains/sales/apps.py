from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "backstay.domains.sales"
    label = "sales"
