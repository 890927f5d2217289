"""Routes. What declarations give stands last: ``/<domain>/<resource>/…``."""

from django.urls import URLPattern, path, register_converter

from backstay.interfaces.api import entry
from backstay.interfaces.imports import opening
from backstay.interfaces.web import (
    apireference,
    auditing,
    bank,
    boards,
    bringing,
    calendars,
    counting,
    documents,
    duties,
    entering,
    exporting,
    feeds,
    finding,
    forms,
    importing,
    lists,
    openitems,
    payruns,
    people,
    periods,
    personal,
    picking,
    quick,
    receiving,
    reporting,
    rights,
    shipping,
    steps,
    tokens,
    views,
    webhooks,
    welcome,
    working,
    yourdata,
)
from backstay.platform.resources import PAGES, RESOURCES


class ImportPath:
    """What comes in from a table: a declared resource, or opening items."""

    regex = "[a-z]+/[a-z-]+"

    def to_python(self, value: str) -> str:
        """Its address, or no match."""
        if value not in RESOURCES and value != opening.ITEMS.path:
            raise ValueError(value)
        return value

    def to_url(self, value: str) -> str:
        return value


class ResourcePath:
    """The address of a declared resource, e.g. ``sales/orders``."""

    regex = "[a-z]+/[a-z-]+"

    def to_python(self, value: str) -> str:
        """A resource, or no match."""
        if value not in RESOURCES:
            raise ValueError(value)
        return value

    def to_url(self, value: str) -> str:
        return value


SCREENS = (
    bank,
    payruns,
    shipping,
    receiving,
    picking,
    counting,
    openitems,
    steps,
    reporting,
    periods,
    yourdata,
    personal,
    bringing,
    auditing,
    rights,
    webhooks,
    duties,
)  # they register their pages
# What strangers may ask, with what lies below the sign-in: everything else leads there. A test asks every address. Two more answer
# without a session, to whoever has their secret: the API (401 without), and the address of a calendar feed (404 where it is none).
PUBLIC = ("/sign-in", "/sign-out", "/healthz", "/sw.js", "/offline", "/welcome", "/language")
register_converter(ResourcePath, "res")
register_converter(ImportPath, "brought")
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("sw.js", views.service_worker, name="service-worker"),
    path("offline", views.offline, name="offline"),
    path("healthz", views.healthz, name="healthz"),
    *entering.urlpatterns,
    path("welcome", welcome.owner, name="welcome"),
    path("welcome/company", welcome.company, name="found"),
    path("welcome/usual", welcome.usual, name="usual"),
    path("company", views.choose_company, name="company"),
    path("language", views.language, name="language"),
    path("keys", views.keys, name="keys"),
    path("tokens", tokens.mine, name="tokens"),
    path("feeds", feeds.mine, name="feeds"),
    path("feeds/<str:secret>.ics", feeds.serve, name="feed"),
    path("api", apireference.reference, name="api-reference"),
    path("api/v1/<path:rest>", entry.serve, name="api"),
    path("api/<path:rest>", entry.elsewhere, name="api-elsewhere"),
    path("find", finding.find, name="find"),
    path("find/ref", finding.reference, name="reference"),
    path("notices", working.notices, name="notices"),
    path("notices/<int:ident>", working.opened, name="notice"),
    path("pulse", working.pulse, name="pulse"),
    path("progress/<int:ident>", working.progress, name="progress"),
    path("progress/<int:ident>/faults.csv", working.faults, name="faults"),
    path("reports/<slug:name>", reporting.report, name="report"),
    path("reports/<slug:name>.<slug:form>", reporting.export, name="report-file"),
    path("entries/<int:ident>", reporting.entry, name="entry"),
    path("papers/<slug:kind>/<int:document>.pdf", documents.paper, name="paper"),
    path("files/<int:ident>/<str:name>", people.file, name="file"),
    *[path(p.path, views.page, {"told": p.path}, name=f"page:{p.path}") for p in PAGES.values()],
    path("<res:path>", lists.list_, name="list"),
    path("<res:path>/new", forms.form, name="new"),
    path("<res:path>/drafts/<int:draft>", forms.form, name="draft"),
    path("<res:path>/board", boards.board, name="board"),
    path("<res:path>/move", boards.move, name="move"),
    path("<res:path>/calendar", calendars.calendar, name="calendar"),
    path("<res:path>/views", lists.save_view, name="save-view"),
    path("<res:path>/export.<slug:form>", exporting.export, name="export"),
    path("<brought:path>/import", importing.upload, name="import"),
    path("<brought:path>/import/template.<slug:form>", importing.template, name="import-template"),
    path("<brought:path>/import/<int:ident>", importing.mapping, name="mapping"),
    path("<brought:path>/import/<int:ident>/changes.csv", importing.changes, name="import-changes"),
    path("<res:path>/act/<slug:act>", documents.act, name="act"),
    path("<res:path>/<int:ident>", documents.detail, name="detail"),
    path("<res:path>/<int:ident>/edit", forms.form, name="edit"),
    path("<res:path>/<int:ident>/quick", quick.quick, name="quick"),
    path("<res:path>/<int:ident>/preview/<slug:act>", documents.preview, name="preview"),
    path("<res:path>/<int:ident>/comment", people.comment, name="comment"),
    path("<res:path>/<int:ident>/files", people.attach, name="attach"),
    path("<res:path>/<int:ident>/mail", people.send, name="mail"),
]
