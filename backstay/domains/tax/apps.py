from django.apps import AppConfig


class TaxConfig(AppConfig):
    name = "backstay.domains.tax"
    label = "tax"

    def ready(self) -> None:
        """Register what this domain answers to."""
        from backstay.domains.tax import reactions  # noqa: F401
