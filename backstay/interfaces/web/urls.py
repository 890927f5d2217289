"""Routes of the first page."""

from django.contrib.auth import views as auth
from django.urls import path

from backstay.interfaces.web import views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("sign-in", auth.LoginView.as_view(template_name="backstay/sign_in.html"), name="sign-in"),
    path("sign-out", auth.LogoutView.as_view(next_page="/sign-in"), name="sign-out"),
    path("company", views.choose_company, name="company"),
    path("reports/<slug:name>", views.report, name="report"),
    path("documents/<slug:kind>", views.documents, name="documents"),
    path("documents/<slug:kind>/<int:document>", views.document, name="document"),
    path("papers/<slug:kind>/<int:document>.pdf", views.paper, name="paper"),
]
