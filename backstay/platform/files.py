"""Files: content in the data folder under its SHA-256, once; name and owner in the database."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings

from backstay.base.context import Ctx
from backstay.base.errors import NotFound, Refusal
from backstay.platform import rows
from backstay.platform.models import Attachment, File

LIMIT = 50 * 1024 * 1024


def store(ctx: Ctx, name: str, content: bytes, mime: str) -> int:
    """Store ``content`` (at most 50 MiB) and return the file's id. Raises Refusal (``files.size``)."""
    if len(content) > LIMIT:
        raise Refusal("files.size", f"{name} has {len(content):,} bytes", f"At most {LIMIT:,} are taken.")
    digest = hashlib.sha256(content).hexdigest()
    _write_once(_path(digest), content)
    safe = Path(name.replace("\0", "").replace("\\", "/")).name[:255] or "file"
    columns = {
        "name": [safe],
        "mime": [mime],
        "size": [len(content)],
        "sha256": [digest],
        "created_by": [ctx.actor],
    }
    return rows.insert(File, columns)[0]


def attach(
    ctx: Ctx, kind: str, object_ids: Sequence[int], file_ids: Sequence[int], purpose: str = ""
) -> None:
    """Attach files to objects, pair by pair."""
    count = len(object_ids)
    rows.insert(
        Attachment,
        {"kind": [kind] * count, "object_id": object_ids, "file_id": file_ids, "purpose": [purpose] * count},
    )


def read(ctx: Ctx, file_id: int) -> tuple[File, bytes]:
    """Return the file's row and content. Raises NotFound; Refusal (``files.damaged``) when the hash differs."""
    stored = File.objects.filter(id=file_id).first()
    if stored is None:
        raise NotFound("files.not_found", f"no file with id {file_id}")
    try:
        content = _path(stored.sha256).read_bytes()
    except FileNotFoundError:
        raise NotFound(
            "files.missing", f"the content of {stored.name} is missing", "Restore it from a backup."
        ) from None
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        raise Refusal(
            "files.damaged", f"the content of {stored.name} has changed", "Restore it from a backup."
        )
    return stored, content


def _path(digest: str) -> Path:
    return Path(settings.BACKSTAY_HOME) / "files" / digest[:2] / digest


def _write_once(path: Path, content: bytes) -> None:
    """Write under a temporary name, then rename: a reader never sees half a file."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    os.replace(temporary, path)  # noqa: PTH105
