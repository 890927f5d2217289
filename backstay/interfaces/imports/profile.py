"""A look at a table before anything is mapped: how it is written, what its columns hold, which field each may be."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from backstay.base.errors import Refusal
from backstay.interfaces.imports.kinds import FieldSpec, Kind
from backstay.interfaces.imports.mapping import NO, YES
from backstay.interfaces.imports.reading import Source, column_name, read_rows, sheets

ENCODINGS = ("utf-8", "utf-16", "cp1252", "iso-8859-15", "cp850")
DELIMITERS = {",": ",", ";": ";", "\t": "tab", "|": "|"}
DATES = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d/%m/%y", "%m/%d/%y", "%Y%m%d", "%Y/%m/%d", "%d %b %Y", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")  # fmt: skip
MOST_ROWS = 100_000
DISTINCT = 1_000  # counted no further
LOOKED_AT = 200  # rows a header is looked for in, and columns at most

# What columns are called, beside a field's own name and label; without accents, blanks and signs.
WORDS: dict[str, tuple[str, ...]] = {
    "name": ("name", "name1", "firma", "firmenname", "company", "companyname", "bezeichnung", "artikelbezeichnung", "productname", "itemname", "artikel", "kunde", "lieferant", "kundenname", "description"),
    "code": ("code", "number", "nr", "no", "nummer", "kundennummer", "kundennr", "kdnr", "debitor", "debitorennummer", "lieferantennummer", "kreditor", "customerid", "customerno", "customernumber", "suppliernumber", "id", "konto"),
    "sku": ("sku", "artikelnummer", "artikelnr", "artnr", "itemno", "itemnumber", "itemcode", "productid", "productcode", "partnumber", "materialnummer"),
    "key": ("key", "number", "nr", "no", "nummer", "belegnummer", "belegnr", "document", "documentnumber", "orderid", "orderno", "auftragsnummer", "auftragsnr", "rechnungsnummer", "invoiceno", "invoicenumber", "voucher"),
    "email": ("email", "mail", "emailaddress", "mailadresse", "emailadresse"),
    "phone": ("phone", "telefon", "tel", "telephone", "phonenumber", "telefonnummer"),
    "tax_id": ("taxid", "vatid", "vatnumber", "vat", "ustid", "ustidnr", "umsatzsteuerid", "steuernummer", "taxnumber"),
    "payment_days": ("paymentdays", "zahlungsziel", "ziel", "terms", "paymentterms", "nettotage", "days"),
    "credit_limit": ("creditlimit", "kreditlimit"),
    "roles": ("roles", "role", "itis", "type", "art", "typ", "rolle"),
    "street": ("street", "address", "address1", "strasse", "adresse", "anschrift", "line1"),
    "postal_code": ("postalcode", "zip", "zipcode", "postcode", "plz", "postleitzahl"),
    "city": ("city", "town", "ort", "stadt"),
    "country": ("country", "land", "laenderkennzeichen", "countrycode"),
    "category": ("category", "categoryname", "kategorie", "gruppe", "warengruppe", "artikelgruppe", "itemgroup", "productgroup"),
    "uom": ("unit", "einheit", "me", "mengeneinheit", "uom", "unitofmeasure"),
    "sales_price": ("salesprice", "price", "preis", "vk", "vkpreis", "verkaufspreis", "listprice", "unitprice", "standardrate"),
    "purchase_price": ("purchaseprice", "cost", "ek", "ekpreis", "einkaufspreis", "einstandspreis", "costprice", "standardcost", "buyprice"),
    "barcode": ("barcode", "ean", "gtin", "ean13", "upc"),
    "scale": ("decimals", "dezimalen", "nachkommastellen"),
    "tax_class": ("taxclass", "steuerklasse", "steuersatz", "mwst", "taxrate"),
    "item": ("item", "sku", "artikel", "artikelnummer", "artnr", "product", "productid", "itemcode", "productcode"),
    "quantity": ("quantity", "qty", "menge", "anzahl", "stueck"),
    "counted": ("counted", "gezaehlt", "bestand", "stock", "onhand", "istmenge", "menge", "quantity", "qty", "lagerbestand"),
    "unit_price": ("unitprice", "price", "preis", "einzelpreis", "rate"),
    "discount": ("discount", "rabatt", "disc", "nachlass"),
    "party": ("party", "customer", "kunde", "supplier", "lieferant", "customerid", "kundennummer", "debitor", "kreditor", "partner", "vendor"),
    "ordered_on": ("orderdate", "orderedon", "auftragsdatum", "bestelldatum", "date", "datum"),
    "required_on": ("requireddate", "deliveron", "lieferdatum", "wunschtermin", "deliverydate"),
    "expected_on": ("expected", "expectedon", "liefertermin", "eta"),
    "issued_on": ("date", "invoicedate", "rechnungsdatum", "belegdatum", "datum", "issuedon"),
    "entered_on": ("date", "datum", "buchungsdatum", "postingdate", "belegdatum"),
    "due_on": ("due", "duedate", "faellig", "faelligkeit", "faelligam"),
    "on": ("date", "datum", "day", "tag", "stichtag", "on"),
    "place": ("place", "warehouse", "lager", "lagerort", "location", "ort"),
    "reference": ("reference", "referenz", "theirreference", "bestellnummer", "ponumber", "ref"),
    "account": ("account", "konto", "accountnumber", "kontonummer", "sachkonto"),
    "debit": ("debit", "soll"),
    "credit": ("credit", "haben"),
    "amount": ("amount", "betrag", "summe", "offen", "offenerbetrag", "openamount", "outstanding", "restbetrag", "saldo"),
    "number": ("number", "nr", "no", "nummer", "belegnummer", "belegnr", "rechnungsnummer", "rechnungsnr", "invoiceno", "invoicenumber", "billno", "document", "documentnumber", "beleg", "rechnung", "invoice"),
    "side": ("side", "seite", "type", "typ", "art", "role", "rolle", "ledger"),
    "total": ("total", "gross", "brutto", "rechnungsbetrag", "gesamt"),
    "text": ("text", "buchungstext", "description", "beschreibung", "verwendungszweck", "memo", "remark"),
    "note": ("note", "notes", "bemerkung", "anmerkung", "notiz", "kommentar"),
    "supplier_number": ("theirnumber", "suppliernumber", "rechnungsnummer", "invoiceno", "billno", "belegnummer"),
    "iban": ("iban", "kontonummeriban"),
    "bic": ("bic", "swift", "swiftbic"),
    "holder": ("holder", "accountholder", "kontoinhaber", "inhaber"),
}  # fmt: skip


@dataclass(slots=True)
class Column:
    """What a column holds. ``type``: empty, whole, number, date, yes, mail, text; ``form``: of its dates, or the decimal
    sign; ``doubt``: another form that fits as well."""

    name: str
    filled: int = 0
    distinct: int = 0
    longest: int = 0
    examples: list[str] = field(default_factory=list)
    type: str = "empty"
    form: str = ""
    doubt: str = ""


@dataclass(slots=True)
class Profile:
    """How a table is written, and its columns."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str | None = None
    sheets: list[str] = field(default_factory=list)
    header: int = 1
    rows: int = 0
    ragged: int = 0
    columns: list[Column] = field(default_factory=list)
    sample: list[list[str]] = field(default_factory=list)

    def json(self) -> dict[str, Any]:
        """As it is kept."""
        return asdict(self)


def profile(source: Source, told: Mapping[str, Any] | None = None) -> Profile:
    """Look at a table; ``told``: encoding, delimiter, sheet and header where a person said so. Refusal for what is none."""
    told = told or {}
    made = Profile()
    made.sheets = sheets(source)
    made.sheet = told.get("sheet") or (made.sheets[0] if made.sheets else None)
    if not made.sheets:
        raw = source.read_bytes()
        if not raw.strip():
            raise Refusal("import.file", f"{source.name} is empty", "It needs a header row.")
        made.encoding = told.get("encoding") or encoding_of(raw)
        made.delimiter = told.get("delimiter") or delimiter_of(raw, made.encoding)
    lines = (cells for _n, cells in read_rows(source, made.encoding, made.delimiter or ",", made.sheet))
    first = list(islice(lines, LOOKED_AT))
    header = told.get("header")
    made.header = header_of(first) if header is None else int(header)
    names = names_of(first, made.header)
    if not any(names):
        raise Refusal(
            "import.header",
            f"row {made.header} of {source.name} is empty",
            "Say in which row the columns are named.",
        )
    _columns(made, names, _data(first[made.header :], lines), source.name)
    return made


def _data(first: Sequence[list[str]], rest: Iterator[list[str]]) -> Iterator[list[str]]:
    yield from first
    yield from rest


def names_of(first: Sequence[Sequence[str]], header: int) -> list[str]:
    """The names of columns; A, B, C where the table names none, or names one twice."""
    if header == 0:
        return [column_name(n) for n in range(max((len(r) for r in first), default=0))]
    row = [c.strip() for c in first[header - 1]] if header <= len(first) else []
    while row and not row[-1]:
        row.pop()
    return row


def encoding_of(raw: bytes) -> str:
    """UTF-8 or UTF-16 where it is so, else the Windows code page that European files come in."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    try:
        raw.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError:
        pass
    # In code page 850 the German umlauts stand where Windows has control signs and rare ones.
    old = sum(raw.count(bytes([b])) for b in (0x81, 0x84, 0x94, 0x8E, 0x99, 0x9A, 0xE1))
    new = sum(raw.count(bytes([b])) for b in (0xE4, 0xF6, 0xFC, 0xC4, 0xD6, 0xDC, 0xDF, 0xE9, 0xE8, 0x80))
    return "cp850" if old > 2 * new else "cp1252"


def delimiter_of(raw: bytes, encoding: str) -> str:
    """The sign that cuts most of the first lines into equally many cells, more than one."""
    text = raw[:200_000].decode(encoding, errors="replace")
    lines = [line for line in re.sub(r'"[^"]*"', '""', text).splitlines()[:100] if line.strip()]
    best, sign = (0, 0), ","
    for each in DELIMITERS:
        width, times = Counter(line.count(each) for line in lines).most_common(1)[0] if lines else (0, 0)
        score = (times if width else 0, width)
        if score > best:
            best, sign = score, each
    return sign


def header_of(first: Sequence[Sequence[str]]) -> int:
    """The row that names the columns: filled, all different, words rather than figures; 0 where the first row is data."""
    width = max((sum(bool(c.strip()) for c in r) for r in first[:50]), default=0)
    for n, row in enumerate(first[:30], 1):
        cells = [c.strip() for c in row if c.strip()]
        if len(cells) < max(1, (width + 1) // 2):
            continue  # a title above the table
        plain = len(set(cells)) == len(cells) and not any(
            _figure(c, ".") or _figure(c, ",") or _dates(c) or "@" in c for c in cells
        )
        return n if plain else 0 if n == 1 else n
    return 1


def _columns(made: Profile, names: Sequence[str], data: Iterator[list[str]], file: str) -> None:
    columns = [Column(n) for n in names]
    values: list[Counter[str]] = [Counter() for _n in names]
    looks = [_Look() for _n in names]
    for number, cells in enumerate(data):
        if not any(c.strip() for c in cells) or (number == 0 and cells[0].startswith("# ")):
            continue
        made.rows += 1
        if made.rows > MOST_ROWS:
            raise Refusal(
                "import.size", f"{file} has more than {MOST_ROWS:,} rows", "Split it into several files."
            )
        made.ragged += len(cells) < len(names) or any(c.strip() for c in cells[len(names) :])
        if len(made.sample) < 8:
            made.sample.append([c.strip() for c in cells[: len(names)]])
        for column, told, look, cell in zip(columns, values, looks, cells):
            text = cell.strip()
            if not text:
                continue
            column.filled += 1
            column.longest = max(column.longest, len(text))
            if text not in told:
                if len(told) < DISTINCT:
                    told[text] = 1
                look.at(text)
    # A figure that fits both ways is read as the others of the table surely are.
    european = sum(k.comma_sure and k.comma for k in looks) - sum(k.point_sure and k.point for k in looks)
    european = european or (1 if made.delimiter == ";" else -1)
    for column, told, look in zip(columns, values, looks):
        column.distinct = len(told)
        column.examples = [t[:60] for t in islice(told, 3)]
        column.type, column.form, column.doubt = (
            look.told(european > 0) if column.filled else ("empty", "", "")
        )
    made.columns = columns


class _Look:
    """What every different text of a column allows."""

    def __init__(self) -> None:
        self.dates = set(DATES)
        self.point = self.comma = self.whole = self.yes = self.mail = True
        self.point_sure = self.comma_sure = False

    def at(self, text: str) -> None:
        """One more text."""
        if self.dates:
            self.dates &= _dates(text, self.dates)
        if self.yes:
            self.yes = text.casefold() in YES or text.casefold() in NO
        if self.mail:
            self.mail = bool(re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", text))
        if self.whole:
            self.whole = bool(re.fullmatch(r"-?(0|[1-9]\d{0,14})", text))
        if self.point:
            self.point = bool(_figure(text, "."))
            self.point_sure |= self.point and not _figure(text, ",")
        if self.comma:
            self.comma = bool(_figure(text, ","))
            self.comma_sure |= self.comma and not _figure(text, ".")

    def told(self, european: bool) -> tuple[str, str, str]:
        """(type, form, another form that fits)."""
        fitting = [d for d in DATES if d in self.dates]
        if fitting and not (self.whole and fitting == ["%Y%m%d"]):
            doubt = next((d for d in fitting[1:] if {fitting[0][1], d[1]} == {"d", "m"}), "")
            return "date", fitting[0], doubt
        if self.yes and not self.whole:
            return "yes", "", ""
        if self.whole:
            return "whole", ".", ""
        if self.point or self.comma:
            if self.point and self.comma and not (self.point_sure or self.comma_sure):
                return "number", "," if european else ".", "." if european else ","
            return "number", "." if self.point else ",", ""
        return ("mail" if self.mail else "text"), "", ""


def _figure(text: str, decimal: str) -> bool:
    """Whether a text is a figure written with this decimal sign, groups of three and a sign of currency allowed."""
    plain = re.sub(r"[\s€$£'\N{RIGHT SINGLE QUOTATION MARK}]", "", text.replace("\N{MINUS SIGN}", "-"))
    group = re.escape("," if decimal == "." else ".")
    return bool(
        re.fullmatch(
            rf"[+-]?(\d{{1,15}}|\d{{1,3}}({group}\d{{3}})+)({re.escape(decimal)}\d{{1,9}})?-?", plain
        )
    )


def _dates(text: str, forms: Iterable[str] = DATES) -> set[str]:
    """Those of the forms that a text is a date of."""
    if not 6 <= len(text) <= 19 or sum(c.isdigit() for c in text) < 4:
        return set()
    found = set()
    for form in forms:
        try:
            if 1900 <= datetime.strptime(text, form).year <= 2100:  # noqa: DTZ007
                found.add(form)
        except ValueError:
            continue
    return found


# ---- which column is which field ----


def plain(text: str) -> str:
    """A name without case, accents, blanks and signs."""
    told = text.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    told = unicodedata.normalize("NFKD", told)
    return "".join(c for c in told if c.isalnum())


def guess(kind: Kind, columns: Sequence[Column]) -> dict[str, str]:
    """Field → column, by names: ``name`` of the header, ``l.name`` of the lines. A column may fill two fields (a code that
    is also the item's), but no field of the header twice."""
    by_plain: dict[str, str] = {}
    for column in columns:
        by_plain.setdefault(plain(column.name), column.name)
    found: dict[str, str] = {}
    taken: set[str] = set()
    wanted = [(n, s, n) for n, s in kind.fields.items()] + [(f"l.{n}", s, n) for n, s in kind.lines.items()]
    for round_ in (_own, _known):
        for place, spec, name in wanted:
            if place in found:
                continue
            if name == "key" != kind.key and round_ is _known:
                continue  # a number is the record's own there
            for word in round_(name, spec):
                if (column_ := by_plain.get(word)) and column_ not in taken:
                    found[place] = column_
                    taken.add(column_)
                    break
    return found


def _own(name: str, spec: FieldSpec) -> list[str]:
    return [plain(spec.label), plain(name)]


def _known(name: str, spec: FieldSpec) -> tuple[str, ...]:
    return WORDS.get(name, ())


def content_of(
    told: Mapping[str, Any], kind: Kind, columns: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """A mapping's content, as a mapping file has it, from what was chosen: ``columns`` and ``same`` by field (``l.`` for
    lines), ``forms`` by column."""
    parts: dict[str, dict[str, Any]] = {"": {}, "l.": {}}
    for prefix, specs in (("", kind.fields), ("l.", kind.lines)):
        for name, spec in specs.items():
            column, same = told["columns"].get(prefix + name, ""), told["same"].get(prefix + name, "")
            if column:
                parts[prefix][name] = {"column": column} | _form(
                    spec, told["forms"].get(column, ""), columns.get(column, {})
                )
                if same:
                    parts[prefix][name]["default"] = same
            elif same:
                parts[prefix][name] = {"constant": same}
    made: dict[str, Any] = {"file": told["file"], "fields": parts[""]}
    if parts["l."] or kind.needs_lines:
        made["lines"] = {"fields": parts["l."]}
    return made


def _form(spec: FieldSpec, chosen: str, column: Mapping[str, Any]) -> dict[str, Any]:
    form = chosen or column.get("form", "")
    if spec.type == "date":
        return {"date": form if form in DATES else DATES[0]}
    if spec.type == "number":
        return {"decimal": ",", "group": "."} if form == "," else {"decimal": ".", "group": ","}
    return {}
