from django.apps import AppConfig


class BankingConfig(AppConfig):
    name = "backstay.domains.banking"
    label = "banking"

    def ready(self) -> None:
        """Register what this domain answers to."""
        from backstay.domains.banking import reactions  # noqa: F401
