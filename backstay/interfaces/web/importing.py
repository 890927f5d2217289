"""Import on the screen: a file, a look at it, which column is which field, a check of all rows, the run."""

from __future__ import annotations

import csv
import io
import mimetypes
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods

from backstay.base.errors import NotFound, Refusal
from backstay.interfaces.cells import defuse
from backstay.interfaces.imports import declared, giving, jobs, profile
from backstay.interfaces.imports.kinds import FieldSpec, Kind
from backstay.interfaces.imports.mapping import Bad
from backstay.interfaces.imports.reading import Kept, Row
from backstay.interfaces.imports.run import SHOWN
from backstay.interfaces.web import acts
from backstay.interfaces.web.fields import day_text, number_text, word_of
from backstay.interfaces.web.frame import frame
from backstay.interfaces.web.resource import ctx_of, names, whole
from backstay.interfaces.web.sign import signed_in
from backstay.interfaces.web.working import GOING, seen
from backstay.platform import access, files, seeing, work
from backstay.platform.context import Ctx
from backstay.platform.models import Import, Work
from backstay.platform.resources import Resource

HOLDS = {
    "empty": gettext_noop("nothing"), "whole": gettext_noop("whole numbers"), "number": gettext_noop("figures"), "date": gettext_noop("dates"),
    "yes": gettext_noop("yes or no"), "mail": gettext_noop("mail addresses"), "text": gettext_noop("text"),
}  # fmt: skip
MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked(request: HttpRequest, path: str) -> tuple[Any, Ctx]:
    resource, ctx = declared.brought(path), ctx_of(request)
    if isinstance(resource, Resource):
        resource = seeing.seen(ctx, resource)
    if not declared.importable(resource):
        raise NotFound(
            "import.kind", f"{resource.names[1]} are not imported", "They come from other documents."
        )
    if "change" not in declared.ways(ctx, resource):
        access.require(ctx, f"{resource.kind}.create")
    return resource, ctx


@signed_in
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, path: str) -> HttpResponse:
    """Choose a file, or go on with one."""
    resource, ctx = _asked(request, path)
    if request.method == "POST":
        return redirect(f"/{path}/import/{_take(request, resource, ctx)}")
    found = Import.objects.filter(path=path).select_related("done", "checked").order_by("-id")
    before = list(found.defer("done__result", "checked__result")[:10])
    told = [
        {"id": i.pk, "name": i.name, "rows": i.profile.get("rows", 0), "when": day_text(i.created_at, ctx.today.year),
         "state": i.done.state if i.done else "checked" if i.checked else "draft"} for i in before
    ]  # fmt: skip
    spec = declared.kind_of(ctx, path, "leave" not in declared.ways(ctx, resource))
    context = {**names(resource), "before": told, "fields": _fields(spec), "limit": files.LIMIT // 1024 // 1024, "most": profile.MOST_ROWS}  # fmt: skip
    return render(request, "backstay/import.html", frame(request, path, **context))


def _take(request: HttpRequest, resource: Any, ctx: Ctx) -> int:
    """Keep the file, look at it, guess which column is which field; the id of the import."""
    sent = request.FILES.get("file")
    if sent is None:
        raise Refusal("import.file", _("no file was chosen"), _("Choose a CSV or XLSX file."), "file")
    if (sent.size or 0) > files.LIMIT:
        raise Refusal(
            "files.size", _("%(name)s is too large") % {"name": sent.name}, _("At most 50 MiB are taken.")
        )
    name, content = str(sent.name or "file")[-200:], sent.read()
    looked = profile.profile(Kept(name, content))
    mime = mimetypes.guess_type(name)[0] or "application/octet-stream"
    stored = files.store(ctx, name, content, mime)
    ways = declared.ways(ctx, resource)
    spec = declared.kind_of(ctx, resource.path, "leave" not in ways)
    told_ = _guessed(spec, looked) | {"how": ways[0], "empties": False}
    made = Import.objects.create(
        company_id=ctx.company, path=resource.path, file_id=stored, name=name, told=told_,
        profile=looked.json(), created_by=ctx.actor,
    )  # fmt: skip
    return int(made.pk)


def _guessed(spec: Kind, looked: profile.Profile) -> dict[str, Any]:
    columns = profile.guess(spec, looked.columns)
    same = {n: s.default for n, s in spec.fields.items() if s.default and n not in columns}
    file = {"header": looked.header}
    file |= (
        {"sheet": looked.sheet}
        if looked.sheets
        else {"encoding": looked.encoding, "delimiter": looked.delimiter}
    )
    return {"file": file, "columns": columns, "same": same, "forms": {}}


@signed_in
@require_http_methods(["GET", "POST"])
def mapping(request: HttpRequest, path: str, ident: int) -> HttpResponse:
    """The look at a file, its mapping, the first rows as they would be read, the check and the run."""
    resource, ctx = _asked(request, path)
    kept = _kept(path, ident)
    spec = declared.kind_of(ctx, path, kept.told.get("how") == "change")
    if request.method == "POST":
        return _posted(request, ctx, spec, kept)
    context = {**names(resource), "kept": kept, "ways": declared.ways(ctx, resource), **_running(ctx, kept)}
    if request.GET.get("part") == "run" and request.headers.get("HX-Request"):
        return render(request, "backstay/_import_run.html", context)
    context |= _mapped(ctx, spec, kept)
    return render(request, "backstay/mapping.html", frame(request, path, **context))


@signed_in
@require_GET
def changes(request: HttpRequest, path: str, ident: int) -> HttpResponse:
    """All that an import would change, old and new, as a table."""
    _resource, ctx = _asked(request, path)
    found, file = jobs.opened(ctx, _kept(path, ident).pk)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("Row"), _("What"), _("Field"), _("Is now"), _("Will be")])
    writer.writerows([row, *map(defuse, cells)] for row, *cells in jobs.changes(ctx, found, file))
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{ident}-changes.csv"'
    return response


def _kept(path: str, ident: int) -> Import:
    kept = Import.objects.filter(pk=ident, path=path).select_related("checked", "done").first()
    if kept is None:
        raise NotFound("import.not_found", f"there is no import {ident}", "Choose the file again.")
    return kept


def _posted(request: HttpRequest, ctx: Ctx, spec: Kind, kept: Import) -> HttpResponse:
    here, do = f"/{kept.path}/import/{kept.pk}", request.POST.get("do", "map")
    if kept.done is not None and kept.done.state in (*GOING, "done"):
        return redirect(here)
    if do == "look":
        _found, file = jobs.opened(ctx, kept.pk)
        looked = profile.profile(file, _file_told(request))
        same = {name: kept.told[name] for name in ("how", "empties") if name in kept.told}
        kept.profile, kept.told, kept.checked = looked.json(), _guessed(spec, looked) | same, None
        kept.save(update_fields=["profile", "told", "checked"])
    elif do in ("map", "check"):
        told = _told(request, ctx, spec, kept)
        if told != kept.told:
            kept.told, kept.checked = told, None
        if do == "check" and (kept.checked is None or kept.checked.state not in GOING):
            jobs.map_of(ctx.company, ctx.actor, kept)
            kept.checked_id = _start(ctx, kept, "import.check", _("Check of %(name)s"), _("Checking"))
        kept.save(update_fields=["told", "checked"])
        here += "#run" if do == "check" else ""
    elif do in ("whole", "rows"):
        key = request.POST.get("once", "")
        if acts.once(ctx, key) is None:
            mine = kept.checked is not None and (
                kept.told.get("how") != "change" or kept.checked.actor == ctx.actor
            )
            if kept.checked is None or kept.checked.state != "done" or not mine:  # who changes has seen what
                raise Refusal("import.unchecked", _("the rows have not been checked"), _("Check them first."))
            kept.done_id = _start(ctx, kept, f"import.{do}", _("Import of %(name)s"), _("Importing"))
            kept.save(update_fields=["done"])
            acts.led_to(ctx, key, here)
        here += "#run"
    return redirect(here)


def _start(ctx: Ctx, kept: Import, task: str, title: str, phase: str) -> int:
    args = {
        "import": kept.pk,
        "path": kept.path,
        "href": f"/{kept.path}/import/{kept.pk}",
        "phase": phase,
        "rows": kept.profile["rows"],
        "how": kept.told.get("how", "leave"),
    }
    return work.start(ctx, task, title % {"name": kept.name}, args, kept.profile["rows"])


def _file_told(request: HttpRequest) -> dict[str, Any]:
    told: dict[str, Any] = {"header": whole(request.POST.get("header"))}
    if request.POST.get("encoding") in profile.ENCODINGS:
        told["encoding"] = request.POST["encoding"]
    if request.POST.get("delimiter") in profile.DELIMITERS:
        told["delimiter"] = request.POST["delimiter"]
    if request.POST.get("sheet"):
        told["sheet"] = request.POST["sheet"][:100]
    return {k: v for k, v in told.items() if v is not None}


def _told(request: HttpRequest, ctx: Ctx, spec: Kind, kept: Import) -> dict[str, Any]:
    """The mapping as it was chosen: a field for each column, the same for all rows, forms of dates and figures; what
    happens to what is here already."""
    how = request.POST.get("how") or kept.told.get("how", "leave")
    if how not in declared.ways(ctx, declared.brought(kept.path)):
        raise access.denied(
            ctx, f"{declared.brought(kept.path).kind}.{'change' if how == 'change' else 'create'}"
        )
    places = {*spec.fields, *(f"l.{n}" for n in spec.lines)}
    columns: dict[str, str] = {}
    forms: dict[str, str] = {}
    for n, column in enumerate(kept.profile["columns"]):
        place = request.POST.get(f"to.{n}", "")
        if place in places:
            if place in columns:
                label = _spec_of(spec, place).label
                raise Refusal("import.mapping", _("two columns go to %(field)s") % {"field": label}, _("Leave one of them out."), place)  # fmt: skip
            columns[place] = column["name"]
        if (form := request.POST.get(f"form.{n}", "")) in (*profile.DATES, ".", ","):
            forms[column["name"]] = form
    same = {p: t.strip()[:200] for p in places if (t := request.POST.get(f"same.{p}", "")).strip()}
    if how != kept.told.get("how", "leave"):  # a column may go where it could not before
        other = declared.kind_of(ctx, kept.path, how == "change")
        known = {*other.fields, *(f"l.{n}" for n in other.lines)}
        columns = {place: name for place, name in columns.items() if place in known}
        guessed = profile.guess(other, [profile.Column(**c) for c in kept.profile["columns"]])
        columns |= {p: c for p, c in guessed.items() if p not in places and c not in columns.values()}
    empties = how == "change" and "empties" in request.POST
    return {
        "file": kept.told["file"],
        "columns": columns,
        "same": same,
        "forms": forms,
        "how": how,
        "empties": empties,
    }


def _spec_of(spec: Kind, place: str) -> FieldSpec:
    return spec.lines[place[2:]] if place.startswith("l.") else spec.fields[place]


def _fields(spec: Kind) -> list[dict[str, Any]]:
    told = [(n, s) for n, s in spec.fields.items()] + [(f"l.{n}", s) for n, s in spec.lines.items()]
    return [
        {"place": place, "label": s.label, "help": s.help, "required": s.required, "line": place.startswith("l."), "type": s.type,
         "words": [(w, word_of(w)) for w in dict.fromkeys(s.words.values())]} for place, s in told
    ]  # fmt: skip


def _mapped(ctx: Ctx, spec: Kind, kept: Import) -> dict[str, Any]:
    """Columns with their field, fields without a column, the first rows as they would be read."""
    told, looked = kept.told, kept.profile
    by_column = {column: place for place, column in told["columns"].items()}
    fields = _fields(spec)
    columns = []
    for n, c in enumerate(looked["columns"]):
        place = by_column.get(c["name"], "")
        kind = _spec_of(spec, place).type if place else ""
        form, holds = told["forms"].get(c["name"]) or c["form"], HOLDS[c["type"]]
        share = c["filled"] * 100 // looked["rows"] if looked["rows"] else 0
        columns.append(c | {
            "n": n, "place": place, "share": share, "form": form, "forms": profile.DATES if kind == "date" else ((".", ",") if kind == "number" else ()),
            "doubtful": bool(c["doubt"]) and kind in ("date", "number") and c["name"] not in told["forms"], "many": c["distinct"] >= profile.DISTINCT, "holds": _(holds),
        })  # fmt: skip
    free = [
        f | {"value": told["same"].get(f["place"], "")} for f in fields if f["place"] not in told["columns"]
    ]
    lacking = [f["label"] for f in free if f["required"] and not f["value"]]
    return {
        "columns": columns, "fields": fields, "free": free, "lacking": lacking, "preview": _preview(ctx, spec, kept, fields),
        "looked": looked, "encodings": profile.ENCODINGS, "delimiters": [(k, _(v) if v == "tab" else v) for k, v in profile.DELIMITERS.items()],
        "left_out": [c["name"] for c in columns if not c["place"]],
    }  # fmt: skip


def _preview(ctx: Ctx, spec: Kind, kept: Import, fields: list[dict[str, Any]]) -> dict[str, Any]:
    """The first rows, each cell as it would be read or with what is wrong."""
    columns = {c["name"]: c for c in kept.profile["columns"]}
    content = profile.content_of(kept.told, spec, columns)
    cells = {n: (spec.fields[n], v) for n, v in content["fields"].items()}
    cells |= {f"l.{n}": (spec.lines[n], v) for n, v in content.get("lines", {"fields": {}})["fields"].items()}
    names_ = [c["name"] for c in kept.profile["columns"]]
    made = []
    for row in kept.profile["sample"]:
        told = dict(zip(names_, row)) | dict.fromkeys(names_[len(row) :], "")
        made.append([_cell(ctx, s, v, Row(0, told)) for s, v in cells.values()])
    heads = [{"label": s.label, "figure": s.type == "number"} for s, _v in cells.values()]
    return {"heads": heads, "rows": made}


def _cell(ctx: Ctx, spec: FieldSpec, value: Any, row: Row) -> dict[str, str]:
    from backstay.interfaces.imports.mapping import cell_of

    try:
        read = cell_of("", "", value, spec, "").read(row.cells)
    except Bad as exc:
        return {"text": row.cells.get(value.get("column", ""), ""), "wrong": str(exc), "figure": ""}
    if read is None:
        return {"text": "", "wrong": "", "figure": ""}
    if spec.type == "date":
        return {"text": day_text(read, 0), "wrong": "", "figure": ""}
    if spec.type == "number":
        return {"text": number_text(read), "wrong": "", "figure": "1"}
    if spec.type in ("choice", "choices"):
        words = (read,) if isinstance(read, str) else read
        return {"text": ", ".join(word_of(w) for w in words), "wrong": "", "figure": ""}
    return {
        "text": (_("Yes") if read else _("No")) if spec.type == "yes" else str(read),
        "wrong": "",
        "figure": "",
    }


def _running(ctx: Ctx, kept: Import) -> dict[str, Any]:
    """Where the check and the import stand."""
    current: Work | None = kept.done or kept.checked
    done = kept.checked if kept.checked and kept.checked.state == "done" else None
    check = dict((done and done.result) or {})
    check["todo"] = check.get("made", 0) + check.get("changed", 0)
    check["shown_all"] = len(check.get("changes", ())) < SHOWN
    if done is not None and done.actor != ctx.actor:
        check["changes"] = []  # seen by who checked: others may see less
    told: dict[str, Any] = {
        "check": check if done else {},
        "checked": done is not None,
        "stage": "done" if kept.done else "check" if kept.checked else "",
    }
    if current is not None:
        told |= seen(ctx, current)
        told["finished"] = kept.done is not None and current.state == "done"
        told["settled"] = kept.done is not None and current.state in (*GOING, "done")
    return told


# ---- templates ----


@signed_in
@require_GET
def template(request: HttpRequest, path: str, form: str) -> HttpResponse:
    """An empty table with the columns an import knows, each explained."""
    resource, ctx = _asked(request, path)
    spec = declared.kind_of(ctx, path, "leave" not in declared.ways(ctx, resource))
    heads, notes = giving.labels(spec), giving.explanations(spec)
    name = f"{resource.path.replace('/', '-')}-template.{form}"
    if form == "csv":
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(heads)
        writer.writerow([("# " if n == 0 else "") + note for n, note in enumerate(notes)])
        response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(_book(heads, notes, [s.required for s in (*spec.fields.values(), *spec.lines.values())]), content_type=MIME)  # fmt: skip
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _book(heads: list[str], notes: list[str], needed: list[bool]) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    strong, plain = book.add_format({"bold": True, "bottom": 1}), book.add_format({"bottom": 1})
    sheet, told = book.add_worksheet(_("Rows")[:31]), book.add_worksheet(_("Explanation")[:31])
    sheet.freeze_panes(1, 0)
    told.set_column(0, 0, 28)
    told.set_column(1, 1, 90)
    for n, (head, note) in enumerate(zip(heads, notes, strict=True)):
        sheet.write_string(0, n, head, strong if needed[n] else plain)
        sheet.write_comment(0, n, note)
        sheet.set_column(n, n, max(12, len(head) + 2))
        told.write_string(n, 0, head, strong if needed[n] else None)
        told.write_string(n, 1, note)
    book.close()
    return buffer.getvalue()
