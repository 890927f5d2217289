from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "backstay.interfaces.web"
    label = "web"
