"""The first run: a link that is good once, the owner, the company, its steps; what others may not."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from backstay import ledger
from backstay.base import clock
from backstay.base.rights import Right
from backstay.domains.accounting import queries
from backstay.domains.accounting.processes import FoundingDraft, change_company, found_company
from backstay.domains.catalog.processes import (
    ItemDraft,
    PriceAgreementDraft,
    PriceDraft,
    PriceListDraft,
    create_items,
    create_price_agreements,
    create_price_lists,
    edit_price_lists,
)
from backstay.domains.parties.processes import PartyDraft, create_parties
from backstay.interfaces import duties, granting, users
from backstay.platform import rows, secrets
from backstay.platform.context import work
from backstay.platform.models import AuditEvent, Membership, User
from backstay.platform.roles import duties_of
from tests.scenario.test_web import PASSWORD

_n = itertools.count(1)


def png() -> bytes:
    """The smallest real picture: one petrol pixel."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)

    head = bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0])
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\x0d\x5f\x5d"))
        + chunk(b"IEND", b"")
    )


PNG = png()


@pytest.fixture
def nobody(database: str) -> Iterator[None]:
    """A system nobody can sign in to: users made by other tests are put away for the while."""
    kept = list(User.objects.values_list("pk", "email"))
    names = {pk: f"away-{pk}" for pk, _email in kept}
    assert len(names) == len(kept)
    with pytest.MonkeyPatch.context() as patch:
        known = {pk for pk, _email in kept}
        real = User.objects.exists
        patch.setattr(User.objects, "exists", lambda: real() and User.objects.exclude(pk__in=known).exists())
        yield


@pytest.fixture
def owner_client(database: str) -> tuple[Client, User]:
    """Somebody who owns a company: he may make another."""
    n = next(_n)
    user = User.objects.create_user(f"founder{n}@example.com", PASSWORD, name="Fay Founder")
    from backstay.domains.accounting.processes import create_company

    create_company(f"First {n}", actor="system:test", first_year=2026, user=user.pk)
    client = Client()
    client.force_login(user)
    return client, user


@pytest.fixture
def fresh(owner_client: tuple[Client, User]) -> tuple[Client, int]:
    """A company that was made on the screen a moment ago, and its owner's browser."""
    client, _user = owner_client
    name = f"Quay {next(_n)}"
    answer = client.post("/welcome/company", {"name": name, "country": "DE", "do": "found"})
    assert answer["Location"] == "/set-up", answer.content[:2000]
    return client, client.session["company"]


def owner_form(token: str, **more: str) -> dict[str, str]:
    n = next(_n)
    return {
        "token": token,
        "name": "Ann Owner",
        "email": f"ann{n}@example.com",
        "password": PASSWORD,
        "again": PASSWORD,
    } | more


def token_of(path: str | None) -> str:
    assert path is not None
    return path.partition("token=")[2]


def test_link_is_good_once(nobody: None) -> None:
    """The link opens the door, a wrong one does not; when the owner is made it is of no use any more."""
    token = token_of(users.set_up_path())
    client = Client()
    assert client.get("/welcome").status_code == 403
    assert client.get("/welcome?token=guess").status_code == 403
    assert client.get(f"/welcome?token={token}").status_code == 200
    assert token not in secrets.get(users.KEY), "only its hash is kept"
    form = owner_form(token)
    assert client.post("/welcome", form)["Location"] == "/welcome/company"
    made = User.objects.get(email=form["email"])
    assert int(client.session["_auth_user_id"]) == made.pk
    again = Client()
    assert again.get(f"/welcome?token={token}").status_code == 403
    assert again.post("/welcome", owner_form(token)).status_code == 403
    assert users.set_up_path() is None


def test_a_new_link_ends_the_old_one_and_time_ends_both(nobody: None) -> None:
    """Only the link printed last is good, for an hour."""
    old = token_of(users.set_up_path())
    new = token_of(users.set_up_path())
    assert not users.admitted(old)
    assert users.admitted(new)
    late = token_of(users.set_up_path(now=clock.now().timestamp() - 3601))
    assert not users.admitted(late)
    assert Client().get(f"/welcome?token={late}").status_code == 403


def test_set_up_answers_its_own_machine_only(nobody: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not from elsewhere, not through a proxy, unless told otherwise."""
    token = token_of(users.set_up_path())
    client = Client()
    assert client.get(f"/welcome?token={token}", REMOTE_ADDR="192.0.2.7").status_code == 403
    assert client.get(f"/welcome?token={token}", HTTP_X_FORWARDED_FOR="192.0.2.7").status_code == 403
    monkeypatch.setenv("BACKSTAY_SETUP_FROM", "any")
    assert client.get(f"/welcome?token={token}", REMOTE_ADDR="192.0.2.7").status_code == 200


@pytest.mark.parametrize(
    ("field", "text", "where"),
    [
        ("password", "short", "n-password"),
        ("password", "password1234", "n-password"),
        ("again", "something else here", "n-again"),
        ("email", "nobody", "n-email"),
        ("name", " ", "n-name"),
    ],
)
def test_what_the_owner_typed_wrong_stays_and_is_named(
    nobody: None, field: str, text: str, where: str
) -> None:
    """A weak password, a wrong address: named beside the field, the rest as typed, nobody made."""
    token = token_of(users.set_up_path())
    form = owner_form(token, **{field: text})
    if field == "password":
        form["again"] = text
    before = User.objects.count()
    answer = Client().post("/welcome", form)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert f'id="{where}" role="alert"' in html
    assert PASSWORD not in html, "a password is never sent back"
    assert User.objects.count() == before
    assert users.admitted(token), "the link is still good"


def test_companies_of_nobody_become_the_first_owners(nobody: None) -> None:
    """`backstay init --company` without a user: the first owner finds the company there."""
    from backstay.domains.accounting.processes import create_company

    name = f"Console {next(_n)}"
    company = create_company(name, actor="system:test", first_year=2026)
    user = users.make_owner(token_of(users.set_up_path()), f"first{next(_n)}@example.com", "Fay", PASSWORD)
    with work(company, f"user:{user}") as ctx:
        assert ctx.rights.roles == ("owner",)


def test_country_decides(owner_client: tuple[Client, User]) -> None:
    """Currency, language, sheet, tax codes and fiscal year come from the country; an unknown rate is said."""
    client, user = owner_client
    for country, currency, scale, language, paper in (
        ("DE", "EUR", 2, "de", "a4"),
        ("US", "USD", 2, "en", "us-letter"),
        ("JP", "JPY", 0, "ja", "a4"),
    ):
        company = found_company(user.pk, FoundingDraft(f"In {country} {next(_n)}", country))
        with work(company, f"user:{user.pk}") as ctx:
            assert (ctx.currency_code, ctx.scale, ctx.settings["language"], ctx.settings["paper"]) == (
                currency,
                scale,
                language,
                paper,
            )
            taxes = rows.execute("SELECT count(*) FROM tax_taxcode WHERE company_id = %s", [company])[0][0]
            assert bool(taxes) == (country == "DE")
            first = min(p.starts for p in ledger.list_periods(ctx) if p.kind == "regular")
            assert first.month == (4 if country == "JP" else 1)
            assert first <= ctx.today
    assert "19 %" in client.get("/welcome/usual?country=DE").content.decode()
    assert "none that we know" in client.get("/welcome/usual?country=US").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"country": "ZZ"},
        {"country": ""},
        {"currency": "EURO"},
        {"currency": "€1x"},
        {"first_month": "13"},
    ],
)
def test_a_company_typed_wrong_is_not_made(owner_client: tuple[Client, User], wrong: dict[str, str]) -> None:
    """The field is named, what was typed stays, and there is no company more."""
    client, user = owner_client
    before = rows.execute("SELECT count(*) FROM companies_of(%s, %s)", [user.pk, clock.today()])
    typed = {"name": "Typed Wrong", "country": "NL", "currency": "", "first_month": "", "do": "found"} | wrong
    answer = client.post("/welcome/company", typed)
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert rows.execute("SELECT count(*) FROM companies_of(%s, %s)", [user.pk, clock.today()]) == before


def test_a_second_click_makes_no_second_company(owner_client: tuple[Client, User]) -> None:
    """accounting.company_once"""
    client, user = owner_client
    typed = {"name": f"Twice {next(_n)}", "country": "NL", "do": "found"}
    assert client.post("/welcome/company", typed).status_code == 302
    answer = client.post("/welcome/company", typed)
    assert "already" in answer.content.decode()
    names = [n for _i, n in rows.execute("SELECT * FROM companies_of(%s, %s)", [user.pk, clock.today()])]
    assert names.count(typed["name"]) == 1


def test_strangers_make_no_company(owner_client: tuple[Client, User]) -> None:
    """access.denied: while there are companies, only an owner makes another."""
    stranger = User.objects.create_user(f"stranger{next(_n)}@example.com", PASSWORD, name="Sid")
    client = Client()
    client.force_login(stranger)
    assert client.get("/welcome/company").status_code == 403
    assert client.post("/welcome/company", {"name": "X", "country": "NL"}).status_code == 403
    assert Client().get("/welcome/company")["Location"].startswith("/sign-in")


def test_only_owners_change_the_company(world: Any) -> None:
    """A member without the owner's role sees neither settings nor set-up."""
    clerk = User.objects.create_user(f"clerk{next(_n)}@example.com", PASSWORD, name="Cleo Clerk")
    with world.work() as ctx:
        rows.insert(Membership, {"user_id": [clerk.pk], "role": ["clerk"], "since_on": [ctx.today]})
    client = Client()
    client.force_login(clerk)
    for path in ("/settings", "/set-up", "/set-up/details", "/set-up/opening"):
        assert client.get(path).status_code == 403
        assert client.post(path, {"section": "details", "name": "Mine"}).status_code == 403
    with world.work() as ctx:
        assert ctx.settings["name"] != "Mine"


def test_steps_are_done_skipped_and_counted(fresh: tuple[Client, int]) -> None:
    """The list on the first page counts what is done; a skipped step can be taken up again; hidden is hidden."""
    client, company = fresh
    assert "0 of 7 done" in client.get("/").content.decode()
    assert client.get("/set-up")["Location"] == "/set-up/details"
    answer = client.post(
        "/set-up/details",
        {"name": "Quay & Sons", "address": "1 Quay\r\n20457 Hamburg", "tax_id": "DE811907980", "do": "save"},
    )
    assert answer["Location"] == "/set-up/logo"
    assert client.post("/set-up/logo", {"do": "skip"})["Location"] == "/set-up/bank"
    answer = client.post(
        "/set-up/bank", {"bank_name": "Main", "iban": "DE89 3704 0044 0532 0130 00", "bic": "", "do": "save"}
    )
    assert answer["Location"] == "/set-up/opening"
    html = client.get("/").content.decode()
    assert "2 of 7 done" in html
    assert "Quay &amp; Sons" in html
    assert client.get("/set-up")["Location"] == "/set-up/opening"
    with work(company, "system:test") as ctx:
        assert ctx.settings["address"] == ["1 Quay", "20457 Hamburg"]
        assert rows.execute("SELECT iban FROM banking_bankaccount WHERE kind = 'bank'") == [
            ("DE89370400440532013000",)
        ]
        event = AuditEvent.objects.filter(kind="accounting.company", event="update").order_by("id")[0]
        assert event.changes["tax_id"] == [None, "DE811907980"]
    assert client.post("/set-up")["Location"] == "/"
    assert "of 7 done" not in client.get("/").content.decode()


def test_a_wrong_iban_is_refused_beside_its_field(fresh: tuple[Client, int]) -> None:
    """banking.iban: the check digits are looked at; what was typed stays."""
    client, company = fresh
    answer = client.post(
        "/set-up/bank", {"bank_name": "Main", "iban": "DE89 3704 0044 0532 0130 01", "bic": "", "do": "save"}
    )
    html = answer.content.decode()
    assert 'id="n-iban" role="alert"' in html
    assert "0130 01" in html
    with work(company, "system:test"):
        assert rows.execute("SELECT iban FROM banking_bankaccount WHERE kind = 'bank'") == [("",)]


def grid(client: Client) -> dict[str, str]:
    """Keys of the opening grid by the account's name."""
    import re

    html = client.get("/set-up/opening").content.decode()
    return {
        name: key for key, name in re.findall(r'name="d\.([^"]+)"[^>]*aria-label="Debit of ([^"]+)"', html)
    }


def test_opening_balances_agree_with_the_trial_balance(fresh: tuple[Client, int]) -> None:
    """Accounts, open items and stock become the opening entry; the trial balance says what was typed, to the cent."""
    client, company = fresh
    with work(company, "system:test") as ctx:
        create_parties(
            ctx, [PartyDraft("Harbour Café", ("customer",), code="C1"), PartyDraft("Roaster", ("supplier",))]
        )
        create_items(ctx, [ItemDraft("BEAN", "Beans")])
    keys = grid(client)
    typed = {
        f"d.{keys['Current account']}": "12,500.40", f"c.{keys['Issued capital']}": "10000", f"d.{keys['Equipment at cost']}": "3 000",
        "i0.side": "receivable", "i0.party": "c1", "i0.reference": "2025-77", "i0.amount": "238.00",
        "i1.side": "payable", "i1.party": "roaster", "i1.reference": "R 9", "i1.amount": "1190", "once": "o1",
    }  # fmt: skip
    checked = client.post("/set-up/opening", typed | {"do": "check"}).content.decode()
    assert "15,738.40" in checked
    assert "4,548.40" in checked
    assert "3090 Opening balance" in checked
    assert client.post("/set-up/opening", typed | {"do": "later"}).status_code == 302
    assert "12,500.40" in client.get("/set-up/opening").content.decode(), "what was typed is kept"
    assert client.post("/set-up/opening", typed | {"do": "post"}).status_code == 302
    assert client.post("/set-up/opening", typed | {"do": "post"}).status_code == 302, "a second click"
    stock = {"s0.item": "bean", "s0.quantity": "100", "s0.value": "650.00", "once": "s1", "do": "post"}
    assert client.post("/set-up/stock", stock).status_code == 302
    with work(company, "system:test") as ctx:
        found = {r.account: r.balance for r in queries.trial_balance(ctx, date(2030, 1, 1)).rows}
        assert found == {
            "1010": 1250040,
            "1110": 23800,
            "1210": 65000,
            "1410": 300000,
            "2010": -119000,
            "3010": -1000000,
            "3090": -519840,
        }
        posted = rows.execute(
            "SELECT count(*) FROM accounting_journalentry WHERE company_id = %s", [company]
        )[0][0]
        assert posted == 2
        opened = rows.execute(
            "SELECT entered_on FROM accounting_journalentry WHERE company_id = %s", [company]
        )[0][0]
        assert (opened.month, opened.day) == (12, 31)


def test_a_difference_goes_where_it_is_said(fresh: tuple[Client, int]) -> None:
    """Retained earnings take the difference, and the opening balance account stays empty."""
    client, company = fresh
    keys = grid(client)
    with work(company, "system:test") as ctx:
        retained = ctx.accounts["retained"]
    typed = {f"d.{keys['Cash box']}": "100", "difference": str(retained), "do": "post", "once": "d1"}
    assert client.post("/set-up/opening", typed).status_code == 302
    with work(company, "system:test") as ctx:
        assert {r.account: r.balance for r in queries.trial_balance(ctx, date(2030, 1, 1)).rows} == {
            "1020": 10000,
            "3020": -10000,
        }


@pytest.mark.parametrize(
    "typed",
    [
        {"d.{}": "1.2.3"}, {"d.{}": "-5"}, {"d.{}": "5", "c.{}": "5"}, {"d.{}": "1.001"}, {"d.{}": "99999999999999999"},
        {"i0.party": "ghost", "i0.amount": "5"}, {"i0.party": "C1"}, {"i0.amount": "5"},
    ],
)  # fmt: skip
def test_bad_openings_post_nothing_and_lose_nothing(fresh: tuple[Client, int], typed: dict[str, str]) -> None:
    """Every cell that cannot be read is named; nothing is posted; all stands as it was typed."""
    client, company = fresh
    with work(company, "system:test") as ctx:
        create_parties(ctx, [PartyDraft("Café", ("customer",), code="C1")])
    key = grid(client)["Current account"]
    told = {name.format(key): text for name, text in typed.items()}
    answer = client.post("/set-up/opening", told | {"do": "post", "once": "b"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert 'class="msg"' in html
    assert all(f'value="{text}"' in html for text in told.values())
    with work(company, "system:test"):
        assert rows.execute("SELECT count(*) FROM entry WHERE company_id = %s", [company])[0][0] == 0


def test_logo_is_a_picture(fresh: tuple[Client, int]) -> None:
    """PNG and JPEG are taken and shown to members; drawings, cut-off and large files are not."""
    client, company = fresh
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
    for name, content in (
        ("a.svg", svg),
        ("a.png", svg),
        ("b.png", PNG[:40]),
        ("c.png", PNG + b"x" * 600_000),
        ("d.jpg", b"\xff\xd8\xff\xe0"),
    ):
        answer = client.post("/set-up/logo", {"logo": SimpleUploadedFile(name, content), "do": "save"})
        assert answer.status_code == 200, name
        assert 'id="n-logo" role="alert"' in answer.content.decode()
    assert (
        client.post("/set-up/logo", {"logo": SimpleUploadedFile("logo.png", PNG), "do": "save"}).status_code
        == 302
    )
    with work(company, "system:test") as ctx:
        logo = ctx.settings["logo"]
    shown = client.get(f"/files/{logo['id']}/{logo['name']}")
    assert shown["Content-Type"] == "image/png"
    assert f"/files/{logo['id']}/" in client.get("/").content.decode()


def test_settings_are_kept_checked_and_audited(fresh: tuple[Client, int]) -> None:
    """Each section is saved by itself; what cannot be kept is named and changes nothing; the page tells who changed what."""
    client, company = fresh
    rules = {"section": "rules", "rounding": "line", "reversals": "plain", "match_price": "2,5", "match_quantity": "", "match_receipt": "0",
             "bill_rounding": "0.05", "payment_difference": "1", "hold_days": "14"}  # fmt: skip
    assert client.post("/settings", rules)["Location"] == "/settings#rules"
    for name, text in (
        ("match_price", "101"),
        ("match_price", "much"),
        ("hold_days", "1.5"),
        ("rounding", "never"),
        ("payment_difference", "-1"),
    ):
        answer = client.post("/settings", rules | {"hold_days": "3", name: text})
        assert f'id="n-{name}" role="alert"' in answer.content.decode()
    with work(company, "system:test") as ctx:
        assert (ctx.settings["rounding"], ctx.settings["match_price"], ctx.settings["hold_days"]) == (
            "line",
            "2.5",
            14,
        )
        assert "match_quantity" not in ctx.settings
    html = client.get("/settings").content.decode()
    assert "— → 2.5" in html
    assert client.post("/settings", {"section": "nonsense"}).status_code == 409


def test_prefixes_of_numbers(fresh: tuple[Client, int]) -> None:
    """A company's own prefix counts from the next number on; two series never share one."""
    client, company = fresh
    from backstay.platform import numbering

    typed = {f"prefix.{code}": usual for code, usual in numbering.PREFIXES.items()} | {"section": "numbers"}
    today = clock.today()
    with work(company, "system:test") as ctx:
        assert numbering.draw(ctx, "invoicing.invoice", [today]) == [f"INV-{today.year}-00001"]
    assert client.post("/settings", typed | {"prefix.invoicing.invoice": "re"}).status_code == 302
    with work(company, "system:test") as ctx:
        later = today.replace(year=today.year + 1, day=1)
        assert numbering.draw(ctx, "invoicing.invoice", [today, later]) == [
            f"RE-{today.year}-00002",
            f"RE-{later.year}-00001",
        ]
    for bad in ("CN", "", "1A", "A-B", "ABCDEFGHIJK"):
        answer = client.post("/settings", typed | {"prefix.invoicing.invoice": bad})
        assert answer.status_code == 200, bad
        assert 'role="alert"' in answer.content.decode()


def test_unknown_settings_are_refused(work: Any) -> None:
    """accounting.setting: a setting nobody knows is not kept."""
    from backstay.base.errors import Refusal

    with work() as ctx, pytest.raises(Refusal) as refused:
        change_company(ctx, {"practice": False})
    assert refused.value.code == "accounting.setting"


def test_demo_company_trades_in_the_background(owner_client: tuple[Client, User]) -> None:
    """A click makes an empty practice company at once; the worker fills it; taken up again it does nothing twice."""
    from backstay.interfaces import demo
    from backstay.platform import work as works

    client, user = owner_client
    answer = client.post("/welcome/company", {"do": "demo"})
    ident, company = int(answer["Location"].rpartition("/")[2]), client.session["company"]
    assert client.get(answer["Location"]).status_code == 200
    assert works.run(company, ident) == "done"
    assert works.run(company, ident) == ""
    with work(company, f"user:{user.pk}") as ctx:
        assert ctx.settings["practice"]
        assert (
            rows.execute("SELECT count(*) FROM sales_order WHERE company_id = %s", [company])[0][0]
            >= demo.ORDERS
        )
        assert (
            rows.execute("SELECT count(*) FROM banking_statementline WHERE company_id = %s", [company])[0][0]
            > 0
        )
        assert rows.execute("SELECT done, total FROM platform_work WHERE id = %s", [ident]) == [
            (demo.ORDERS, demo.ORDERS)
        ]
    assert "Practice" in client.get("/").content.decode()


def test_practice_company_has_the_lists_and_none_of_the_books(world: Any) -> None:
    """Accounts, parties, items, taxes, places and banks are there, set by set; not one posting; what is done there
    stays there; begun afresh, the old one is gone from sight."""
    from backstay.domains.sales import processes as sales
    from backstay.platform import work as works

    user = User.objects.create_user(f"owner{next(_n)}@example.com", PASSWORD, name="Olga Owner")
    with world.work() as ctx:
        rows.insert(Membership, {"user_id": [user.pk], "role": ["owner"], "since_on": [ctx.today]})
        world.receive(ctx, "A", 10, 6000)
        change_company(ctx, {"match_price": "3", "address": "1 Quay"})
        granting.save_role(ctx, "sales", "Sellers", [Right("sales.order", ("read",), "own")])
        duties.keep_apart(ctx, "sales.order.create", "sales.order.confirm", "Four eyes.")
        granting.save_role(ctx, "north", "North", [Right("parties.party", ("read",), hidden=("phone",))])
        roles = granting.roles(ctx)
        price = PriceDraft(world.items["SRV"], Decimal(450))
        upper = create_price_lists(
            ctx, [PriceListDraft("UPPER", "Upper"), PriceListDraft("BASE", "Base", prices=(price,))]
        )
        edit_price_lists(ctx, {upper[0]: PriceListDraft("UPPER", "Upper", parent=upper[1])})
        create_price_agreements(ctx, [PriceAgreementDraft(world.parties["C1"], upper[0], ctx.today)])
        counted = {t: _count(ctx, t) for t in COPIED}
    client = Client()
    client.force_login(user)
    assert "Make a practice company" in client.get("/settings").content.decode()
    first = _made(client, world.company, works)
    with work(first, f"user:{user.pk}") as ctx:
        assert {t: _count(ctx, t) for t in COPIED} == counted
        assert _count(ctx, "posting") == 0
        assert ctx.settings["practice"]
        assert ctx.settings["match_price"] == "3"
        assert granting.roles(ctx) == roles, "its own roles are copied"
        assert [d.why for d in duties_of(ctx.settings) if d.own] == ["Four eyes."]
        parties = dict(rows.execute("SELECT code, id FROM parties_party WHERE company_id = %s", [first]))
        items = dict(rows.execute("SELECT sku, id FROM catalog_item WHERE company_id = %s", [first]))
        draft = sales.QuotationDraft(parties["C1"], ctx.today, (sales.OrderLineDraft(items["SRV"], 1),))  # type: ignore[arg-type]
        sales.confirm_orders(ctx, sales.create_quotations(ctx, [draft]))
        sold = "SELECT unit_price FROM sales_orderline WHERE company_id = %s"
        assert rows.execute(sold, [first]) == [(450,)], "its customers pay what they pay in the real one"
    with world.work() as ctx:
        assert _count(ctx, "sales_order") == 0
        assert _count(ctx, "posting") > 0
    second = _made(client, world.company, works)
    assert second != first
    mine = dict(rows.execute("SELECT * FROM companies_of(%s, %s)", [user.pk, clock.today()]))
    assert set(mine) == {world.company, second}
    with work(second, f"user:{user.pk}") as ctx:
        assert _count(ctx, "sales_order") == 0


COPIED = ("account", "parties_party", "parties_partyrole", "catalog_item", "catalog_pricelist", "catalog_price", "catalog_priceagreement", "tax_taxcode", "tax_taxrule", "inventory_place", "banking_bankaccount")  # fmt: skip


def _count(ctx: Any, table: str) -> int:
    return int(rows.execute(f"SELECT count(*) FROM {table} WHERE company_id = %s", [ctx.company])[0][0])


def _made(client: Client, company: int, works: Any) -> int:
    """A practice company made by the page and its work; the work taken up again makes no other."""
    answer = client.post("/settings", {"section": "practice"})
    ident = int(answer["Location"].rpartition("/")[2])
    assert works.run(company, ident) == "done", rows.execute(
        "SELECT error FROM platform_work WHERE id = %s", [ident]
    )
    with work(company, "system:test") as ctx:
        return int(ctx.settings["practice_company"])


def test_nothing_leaves_a_practice_company(owner_client: tuple[Client, User]) -> None:
    """Mail is written down and held, and says so; a real company's goes out."""
    from backstay.domains.accounting.processes import create_company
    from backstay.platform import mail, outbox

    _client, user = owner_client
    practice = create_company(
        f"Try {next(_n)}", actor="system:test", first_year=2026, user=user.pk, settings={"practice": True}
    )
    real = create_company(f"Real {next(_n)}", actor="system:test", first_year=2026, user=user.pk)
    for company, sent in ((practice, 0), (real, 1)):
        with work(company, "system:test") as ctx:
            mail.send(ctx, [{"to": ["ann@example.com"], "subject": "s", "body": "b"}], [f"held{company}"])
        assert outbox.send_due(company) == sent
        with work(company, "system:test"):
            error, delivered = rows.execute("SELECT error, delivered_at IS NOT NULL FROM platform_outbox")[0]
            assert ("held" in error, delivered) == (not sent, bool(sent))
    assert (practice,) not in rows.execute("SELECT companies_with_outbox()")


def test_papers_show_logo_and_practice(world: Any) -> None:
    """The logo and the bank account stand on an invoice; a practice company's says so across the sheet."""
    from backstay.domains.sales import processes as sales
    from backstay.interfaces import papers
    from backstay.platform import files
    from tests.trade import D

    with world.work() as ctx:
        order = world.order(ctx, {"SRV": 1})
        sales.confirm_orders(ctx, [order])
        invoice = sales.invoice_orders(ctx, [sales.OrderInvoiceDraft(order, D)])[0].id
        _name, plain = papers.make(ctx, "invoices", invoice)
        stored = files.store(ctx, "logo.png", PNG, "image/png")
        change_company(ctx, {"logo": {"id": stored, "name": "logo.png"}})
    with world.work() as ctx:
        _name, with_logo = papers.make(ctx, "invoices", invoice)
        _template, data, _at = papers.invoice(ctx, invoice)
        assert data["company"]["logo"]["bytes"] == list(PNG)
        assert not data["practice"]
    assert b"/Subtype/Image" in with_logo.replace(b"/Subtype /Image", b"/Subtype/Image")
    assert b"/Subtype/Image" not in plain.replace(b"/Subtype /Image", b"/Subtype/Image")
    marked = papers.sheets.render("invoice", data | {"practice": True}, 0)
    assert len(marked) > len(with_logo), "one word more, across the sheet"


def test_account(owner_client: tuple[Client, User]) -> None:
    """Name and password are changed by oneself alone; a new password ends the sessions elsewhere; looks are a cookie."""
    client, user = owner_client
    other = Client()
    assert other.post("/sign-in", {"login": user.email, "password": PASSWORD}).status_code == 302
    assert client.post("/account", {"section": "name", "name": " "}).status_code == 200
    assert client.post("/account", {"section": "name", "name": "Fay  Finch"}).status_code == 302
    fresh = "four words that differ"
    typed = {"section": "password", "old": PASSWORD, "password": fresh, "again": fresh}
    for wrong, where in (
        ({"old": "x"}, "n-old"),
        ({"again": "x"}, "n-again"),
        ({"password": "short", "again": "short"}, "n-password"),
    ):
        html = client.post("/account", typed | wrong).content.decode()
        assert f'id="{where}" role="alert"' in html
    assert client.post("/account", typed).status_code == 302
    user.refresh_from_db()
    assert user.name == "Fay Finch"
    assert user.check_password(fresh)
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 302, "signed out there"
    assert (
        client.post("/account", {"section": "look", "theme": "dark", "density": "compact"}).status_code == 302
    )
    html = client.get("/account").content.decode()
    assert 'data-bs-theme="dark" data-density="compact"' in html
    assert (
        client.post("/account", {"section": "look", "theme": "pink", "density": "compact"}).status_code == 200
    )
    assert client.post("/account", {"section": "else"}).status_code == 409


def test_empty_lists_say_what_to_do(fresh: tuple[Client, int]) -> None:
    """Every list of a new company names what fills it and offers the way; a search that finds nothing says that instead."""
    from backstay.platform.resources import RESOURCES

    client, company = fresh
    for path in RESOURCES:
        if path == "banking/accounts":  # a new company has two
            continue
        html = client.get(f"/{path}").content.decode()
        assert "Nothing fits" not in html, path
        assert " yet</h2>" in html, path
    with work(company, "system:test") as ctx:
        create_parties(ctx, [PartyDraft("Café", ("customer",))])
    assert "Nothing fits" in client.get("/parties/parties?q=zzz").content.decode()
    assert "No sales orders yet" in client.get("/sales/orders?q=zzz").content.decode()


def test_the_first_invoice_is_filled_from_the_item(fresh: tuple[Client, int]) -> None:
    """Choosing an item brings its name and price into a line of an invoice that no order made."""
    client, company = fresh
    with work(company, "system:test") as ctx:
        create_items(ctx, [ItemDraft("COURSE", "Barista course", kind="service", sales_price=Decimal(120))])
    told = client.get("/find/ref?kind=catalog.item&q=Barista&for=invoicing/invoices").json()["options"]
    assert told[0]["fill"] == {"text": "Barista course", "unit_price": "120.00"}
    bill = client.get("/find/ref?kind=catalog.item&q=Barista&for=invoicing/bills").json()["options"]
    assert "unit_price" not in bill[0].get("fill", {}), "what we sell it for is not what we pay"
