from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "backstay.domains.inventory"
    label = "inventory"
