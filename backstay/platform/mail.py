"""Mail out: put into the outbox with its cause, sent by the worker through Django's mail back end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.mail import EmailMessage

from backstay.base.context import Ctx
from backstay.platform import files, outbox


def send(ctx: Ctx, messages: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> None:
    """Queue mails: to (list), subject, body, optional files (ids). The key makes a repeat one mail."""
    outbox.put(ctx, "mail", messages, keys)


@outbox.deliver("mail")
def _deliver(ctx: Ctx, key: str, payload: Mapping[str, Any]) -> None:
    message = EmailMessage(
        subject=" ".join(str(payload["subject"]).split()),
        body=payload["body"],
        from_email=payload.get("sender") or ctx.settings.get("mail_from") or None,
        to=payload["to"],
        headers={"Message-ID": f"<{key}.{ctx.company}@backstay.invalid>"},
    )
    for file_id in payload.get("files", ()):
        stored, content = files.read(ctx, file_id)
        message.attach(stored.name, content, stored.mime)
    message.send(fail_silently=False)
