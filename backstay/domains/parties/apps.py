from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "backstay.domains.parties"
    label = "parties"
