from django.apps import AppConfig


class PurchasingConfig(AppConfig):
    name = "backstay.domains.purchasing"
    label = "purchasing"
