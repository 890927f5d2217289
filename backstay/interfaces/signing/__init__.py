"""Signing in: what is ours around django-allauth (docs/adr, "sign-in")."""
