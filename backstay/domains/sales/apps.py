from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "backstay.domains.sales"
    label = "sales"

    def ready(self) -> None:
        """Register what this domain answers to."""
        from backstay.domains.sales import reactions  # noqa: F401
