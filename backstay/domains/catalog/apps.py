from django.apps import AppConfig


class CatalogConfig(AppConfig):
    name = "backstay.domains.catalog"
    label = "catalog"
