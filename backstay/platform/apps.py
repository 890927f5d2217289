import importlib
import importlib.util

from django.apps import AppConfig, apps
from django.core.checks import Error, register

from backstay.platform import plugins

PARTS = ("views", "pages", "reactions", "reports")  # what a domain registers when it is read


class PlatformConfig(AppConfig):
    name = "backstay.platform"
    label = "platform"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Read what domains and plugins declare and what they answer to, and check it."""
        ours = [a.name for a in apps.get_app_configs() if a.name.startswith("backstay.domains.")]
        for app in (*ours, *plugins.apps()):
            for part in PARTS:
                if importlib.util.find_spec(f"{app}.{part}"):
                    importlib.import_module(f"{app}.{part}")
        importlib.import_module("backstay.platform.webhooks")  # hears every event, in whichever process
        register(declarations)


def declarations(app_configs: object, **_: object) -> list[Error]:
    """Django's system check of every declaration."""
    from backstay.platform.resources import check_all

    return [Error(line, id="backstay.E001") for line in check_all()]
