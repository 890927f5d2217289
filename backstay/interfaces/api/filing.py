"""Files: those kept with an object, one more, one of them; and the paper of a document as PDF."""

from __future__ import annotations

import mimetypes
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Schema

from backstay.base.errors import Denied, NotFound
from backstay.base.rights import HIDDEN
from backstay.interfaces import papers
from backstay.interfaces.api.register import operation, respond
from backstay.interfaces.api.shapes import a, name_of
from backstay.interfaces.web import people
from backstay.interfaces.web.resource import PAPERS, found
from backstay.platform import access, files
from backstay.platform.context import Ctx
from backstay.platform.models import Attachment, File
from backstay.platform.resources import Resource

ANY = "application/octet-stream"


class FileTold(Schema):
    """A file that is kept; ``sha256``: of its content."""

    id: int
    name: str
    type: str
    size: int
    sha256: str
    created_at: str


class FilesTold(Schema):
    """The files of an object, the latest first."""

    data: list[FileTold]


def register(resource: Resource) -> None:
    """What is kept with an object; the paper where there is one."""
    path, tag, plain, kind = (
        f"/{resource.path}/{{int:id}}",
        resource.menu[1],
        name_of(resource),
        resource.kind,
    )
    one = resource.names[0].lower()
    operation("GET", f"{path}/files", list_, f"list{plain}Files", f"{kind}.read", answers={200: FilesTold}, summary=f"List the files of {a(one)}", tag=tag, path_=resource.path)  # fmt: skip
    operation(
        "POST", f"{path}/files", upload, f"upload{plain}File", f"{kind}.comment", answers={201: FileTold}, summary=f"Keep a file with {a(one)}",
        tag=tag, says="As multipart/form-data, at most 50 MiB.", upload=True, path_=resource.path,
    )  # fmt: skip
    if kind in PAPERS:
        operation("GET", f"{path}/paper", paper, f"get{plain}Paper", f"{kind}.read", answers={200: None}, summary=f"The {one} as PDF/A", tag=tag, media=("application/pdf",), path_=resource.path)  # fmt: skip


def _of(ctx: Ctx, path: str, ident: int, *acts: str) -> Resource:
    resource = found(ctx, path)
    access.require(ctx, f"{resource.kind}.read", [ident])
    for act in acts:
        access.require(ctx, f"{resource.kind}.{act}")
    if not resource.of._default_manager.filter(pk=ident, company_id=ctx.company).exists():
        raise NotFound(
            "web.not_found", f"there is no {resource.names[0].lower()} {ident}", "Look in the list."
        )
    return resource


def told(file: File) -> dict[str, Any]:
    """A file as JSON."""
    return {
        "id": file.pk, "name": file.name, "type": file.mime, "size": file.size, "sha256": file.sha256, "created_at": file.created_at.isoformat(),
    }  # fmt: skip


def list_(ctx: Ctx, request: HttpRequest, path_: str, id: int) -> HttpResponse:
    """The files of an object."""
    resource = _of(ctx, path_, id)
    held = Attachment.objects.filter(company_id=ctx.company, kind=resource.kind, object_id=id)
    return respond({"data": [told(a.file) for a in held.select_related("file").order_by("-id")[:1000]]})


def upload(ctx: Ctx, request: HttpRequest, path_: str, id: int, file: Any) -> HttpResponse:
    """Keep a file with an object."""
    resource = _of(ctx, path_, id, "comment")
    name = str(file.name or "file")
    ident = files.store(ctx, name, file.read(), mimetypes.guess_type(name)[0] or ANY)
    files.attach(ctx, resource.kind, [id], [ident])
    return respond(told(File.objects.get(pk=ident)), 201, Location=f"/api/v1/files/{ident}")


def download(ctx: Ctx, request: HttpRequest, id: int) -> HttpResponse:
    """The content, for who may see an object it is kept with: never to be opened where it comes from."""
    held = list(
        Attachment.objects.filter(company_id=ctx.company, file_id=id).values_list("kind", "object_id")[:50]
    )
    scopes = request.holder  # type: ignore[attr-defined]
    if not any(scopes.reaches(f"{kind}.read") and access.may(ctx, f"{kind}.read", [of]) for kind, of in held):
        raise NotFound("files.not_found", f"no file with id {id}", "Look in the list of an object.")
    return people.content(ctx, id, inline=False)


def paper(ctx: Ctx, request: HttpRequest, path_: str, id: int) -> HttpResponse:
    """The paper of a document."""
    resource = _of(ctx, path_, id)
    if HIDDEN in access.fields(ctx, resource.kind).values():
        raise Denied("access.fields", "the paper shows what is hidden from you", "Read its fields.")
    name, content = papers.make(ctx, PAPERS[resource.kind], id)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


operation(
    "GET",
    "/files/{int:id}",
    download,
    "getFile",
    "",
    answers={200: None},
    summary="The content of a file",
    tag="Files",
    media=(ANY,),
)
