"""Invitations: a link that is good once, for the person it was sent to, and no way around it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client

from backstay.base import clock
from backstay.base.errors import Denied, Refusal
from backstay.interfaces import inviting
from backstay.interfaces.cli.main import cli
from backstay.platform import context, rows
from backstay.platform.models import Invitation, Membership, User
from tests.scenario.test_sign_in import PASSWORD, mails, sign_in
from tests.trade import World


@pytest.fixture
def owner_of(world: World) -> User:
    made = User.objects.create_user(f"olga{world.company}@example.com", PASSWORD, name="Olga Owner")
    with world.work() as ctx:
        rows.insert(Membership, {"user_id": [made.pk], "role": ["owner"], "since_on": [ctx.today]})
    return made


@pytest.fixture
def client(owner_of: User) -> Client:
    client = Client()
    sign_in(client, owner_of.email)
    return client


def invite(client: Client, world: World, email: str, **more: str) -> str:
    """The path in the mail."""
    answer = client.post("/access/invitations", {"email": email, "role": "accountant", **more})
    assert answer.status_code == 302, answer.content
    told = mails(world)[-1]
    assert told["to"] == [email.lower()] and told["subject"].startswith("Invitation to")
    found = re.search(r"http://testserver(/sign-in/join\?token=\S+)", told["body"])
    assert found
    return found[1]


def taken(client: Client, link: str, **more: str) -> Any:
    return client.post("/sign-in/join", {"token": link.partition("=")[2], **more})


WREN = {"name": "Wren Waterline", "password": "four unlikely words stay", "again": "four unlikely words stay"}


def test_who_is_invited_sets_name_and_password_and_works_here(
    client: Client, world: World, owner: Any
) -> None:
    email = f"wren{world.company}@example.com"
    link = invite(client, world, email.upper(), until=(clock.today() + timedelta(days=30)).isoformat())
    assert email in client.get("/access/invitations").content.decode()
    kept = owner.execute(
        "SELECT digest FROM platform_invitation WHERE company_id = %s", [world.company]
    ).fetchall()
    assert link.partition("=")[2] not in str(kept)  # only the hash is kept
    guest = Client()
    page = guest.get(link)
    assert page.status_code == 200 and email in page.content.decode()
    assert b"too short" in taken(guest, link, **WREN | {"password": "short", "again": "short"}).content
    assert b"differ" in taken(guest, link, **WREN | {"again": "other"}).content
    assert taken(guest, link, **WREN)["Location"] == "/"
    assert guest.get("/").status_code == 200 and guest.get("/invoicing/invoices").status_code == 200
    with world.work():
        mine = Membership.objects.get(user__email=email)
        assert (mine.role, mine.until_on) == ("accountant", clock.today() + timedelta(days=30))
    assert (
        guest.get(link).status_code == 403 and taken(Client(), link, **WREN).status_code == 403
    )  # good once
    assert email not in client.get("/access/invitations").content.decode()
    assert sign_in(Client(), email, WREN["password"]).status_code == 302


def test_a_link_ends_after_a_week_or_when_it_is_withdrawn(client: Client, world: World, owner: Any) -> None:
    link = invite(client, world, "late@example.com")
    owner.execute(
        "UPDATE platform_invitation SET ends_at = now() - interval '1 second' WHERE company_id = %s",
        [world.company],
    )
    assert Client().get(link).status_code == 403
    again = invite(client, world, "late@example.com")
    other = invite(client, world, "late@example.com")  # a new one ends the one before
    assert Client().get(again).status_code == 403 and Client().get(other).status_code == 200
    with world.work():
        ident = Invitation.objects.get(withdrawn_at=None, ends_at__gt=clock.now()).pk
    client.post("/access/invitations", {"withdraw": ident})
    assert Client().get(other).status_code == 403 and taken(Client(), other, **WREN).status_code == 403
    assert client.post("/access/invitations", {"withdraw": ident}).status_code in (404, 200)
    assert Client().get("/sign-in/join").status_code == 403
    assert Client().get("/sign-in/join?token=guessed").status_code == 403


def test_who_has_an_account_signs_in_and_joins(client: Client, world: World) -> None:
    known = User.objects.create_user(f"known{world.company}@example.com", PASSWORD, name="Kit Known")
    link = invite(client, world, known.email)
    theirs = Client()
    assert b"You have an account" in theirs.get(link).content
    assert (
        taken(theirs, link, **WREN).status_code == 403
    )  # a stranger with the link cannot set a new password
    assert User.objects.get(pk=known.pk).check_password(PASSWORD)
    assert sign_in(theirs, known.email, next=link)["Location"] == link
    assert taken(theirs, link)["Location"] == "/" and theirs.get("/invoicing/invoices").status_code == 200


def test_another_account_cannot_take_it(client: Client, world: World) -> None:
    link = invite(client, world, "meant@example.com")
    assert client.get(link).status_code == 403 and taken(client, link, **WREN).status_code == 403
    with world.work():
        assert Invitation.objects.get(email="meant@example.com").accepted_at is None


def test_nobody_invites_without_the_right_or_to_more_than_he_holds(world: World, owner_of: User) -> None:
    clerk = User.objects.create_user(f"clerk{world.company}@example.com", PASSWORD, name="Cy Clerk")
    with world.work() as ctx:
        rows.insert(Membership, {"user_id": [clerk.pk], "role": ["sales"], "since_on": [ctx.today]})
    with pytest.raises(Denied), context.work(world.company, f"user:{clerk.pk}") as ctx:
        inviting.invite(ctx, "friend@example.com", ["owner"], None, "")
    with pytest.raises(Denied), context.work(world.company, f"user:{clerk.pk}") as ctx:
        inviting.withdraw(ctx, 1)
    with pytest.raises(Refusal), context.work(world.company, f"user:{owner_of.pk}") as ctx:
        inviting.invite(ctx, "no address", ["sales"], None, "")
    with pytest.raises(Refusal), context.work(world.company, f"user:{owner_of.pk}") as ctx:
        inviting.invite(ctx, clerk.email, ["sales"], None, "")


def test_who_invited_and_may_no_longer_lets_nobody_in(
    client: Client, world: World, owner_of: User, owner: Any
) -> None:
    """The roles are given in his name when the link is taken."""
    link = invite(client, world, "hopeful@example.com")
    User.objects.filter(pk=owner_of.pk).update(is_active=False)
    guest = Client()
    assert taken(guest, link, **WREN).status_code == 403
    assert guest.get("/").status_code == 302
    assert not User.objects.filter(email="hopeful@example.com").exists()


def test_an_invitation_from_the_console(world: World) -> None:
    answer = CliRunner().invoke(
        cli,
        ["user", "invite", "first@example.com", "--role", "owner", "--company", str(world.company)],
        catch_exceptions=False,
    )
    assert answer.exit_code == 0
    guest = Client()
    assert taken(guest, answer.output.strip(), **WREN)["Location"] == "/"
    assert guest.get("/settings").status_code == 200
