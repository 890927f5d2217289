from django.apps import AppConfig


class InventoryConfig(AppConfig):
    name = "backstay.domains.inventory"
    label = "inventory"

    def ready(self) -> None:
        """Register what this domain answers to."""
        from backstay.domains.inventory import reactions  # noqa: F401
