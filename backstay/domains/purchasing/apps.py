from django.apps import AppConfig


class PurchasingConfig(AppConfig):
    name = "backstay.domains.purchasing"
    label = "purchasing"

    def ready(self) -> None:
        """Register what this domain answers to."""
        from backstay.domains.purchasing import reactions  # noqa: F401
