"""Signing in as people do, in a real browser: an authenticator app, recovery codes, a passkey."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from backstay.platform import rows
from backstay.platform.models import Membership, User
from tests.browser.conftest import PASSWORD, Desk


def _code(key: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(key, int(time.time()) // 30 + steps))


def _person(world: Any) -> User:
    made = User.objects.create_user(f"wren{world.company}@example.com", PASSWORD, name="Wren Waterline")
    with world.work() as ctx:
        rows.insert(Membership, {"user_id": [made.pk], "role": ["owner"], "since_on": [ctx.today]})
    return made


def _sign_in(page: Page, email: str) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()


def _sign_out(page: Page) -> None:
    page.locator("details.menu-end summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def _authenticator(page: Page) -> Any:
    """A passkey store of the browser's own, as a laptop with a fingerprint reader has."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    told = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    return session, session.send("WebAuthn.addVirtualAuthenticator", {"options": told})["authenticatorId"]


def test_code_recovery_code_and_passkey(desks: Callable[..., Desk], world: Any) -> None:
    """Set up an app by typing its key, sign in with a code, with a recovery code, then with a passkey alone."""
    person = _person(world)
    desk = desks(None)
    desk.address = desk.address.replace("127.0.0.1", "localhost")  # passkeys want a name
    page = desk.go("/sign-in?next=/account/security")
    desk.access()
    _sign_in(page, person.email)
    expect(page.get_by_role("heading", name="Sign-in and devices")).to_be_visible()
    desk.access()
    page.get_by_role("link", name="Set up").click()
    desk.access()
    key = page.locator("#key").inner_text()
    expect(page.locator(".qr svg path")).to_have_count(1)
    page.get_by_label("Type the code it shows").fill(_code(key))
    page.get_by_role("button", name="Set up").click()
    expect(page.locator(".codes li")).to_have_count(10)
    desk.access()
    recovery = page.locator(".codes li").first.inner_text()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("10 are left.")).to_be_visible()

    _sign_out(page)
    _sign_in(page, person.email)
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    desk.access()
    page.get_by_label("Code of your authenticator app").fill(_code(key, 1))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Is this browser yours alone?")).to_be_visible()
    desk.access()
    page.get_by_role("button", name="No, ask every time").click()
    page.wait_for_url(re.compile(r"/$"))

    _sign_out(page)
    _sign_in(page, person.email)
    page.get_by_label("Code of your authenticator app").fill(recovery)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="No, ask every time").click()
    page.goto(desk.address + "/account/security")
    expect(page.get_by_text("9 are left.")).to_be_visible()

    session, store = _authenticator(page)
    page.get_by_role("link", name="Add a passkey").click()
    desk.access()
    page.get_by_label("What it is called here").fill("Laptop")
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.locator(".line-list").first).to_contain_text("Laptop")
    assert len(session.send("WebAuthn.getCredentials", {"authenticatorId": store})["credentials"]) == 1

    _sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(re.compile(r"/$"))
    page.goto(desk.address + "/account/security")
    expect(page.locator(".line-list").first).to_contain_text("last used")

    _sign_out(page)  # and as the second proof after a password
    _sign_in(page, person.email)
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("button", name="Yes, remember it").click()
    page.wait_for_url(re.compile(r"/$"))

    session.send("WebAuthn.setUserVerified", {"authenticatorId": store, "isUserVerified": False})
    _sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(
        page.get_by_text("No passkey was used.")
    ).to_be_visible()  # without finger or PIN it lets nobody in
