from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "backstay.interfaces.web"
    label = "web"

    def ready(self) -> None:
        """Whoever signs in gets a session of ours, the first one of a process too."""
        from backstay.interfaces.signing import sessions

        sessions.listen()
