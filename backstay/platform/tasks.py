"""Jobs of the platform itself and the schedule that starts them."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db import transaction
from procrastinate.contrib.django import app

from backstay import ledger
from backstay.base import clock
from backstay.base.errors import Refusal
from backstay.platform import (
    backup,
    jobs,
    mail,
    outbox,
    rows,
    sealing,
    sending,
    shelf,
    stamping,
    throttle,
    turnover,
    webhooks,
    work,
)

log = structlog.get_logger(__name__)
ANSWERS = 7  # days that an answer to a program is kept
HANDLERS = (mail, stamping)  # imported here, so that the worker knows who delivers what


@app.task(name="backstay.platform.tasks.deliver_outbox", queueing_lock="outbox")
def deliver_outbox() -> None:
    """Send what is due, company by company."""
    for (company,) in rows.execute("SELECT companies_with_outbox()"):
        sent = outbox.send_due(company)
        log.info("outbox.sent", company=company, messages=sent)


@app.periodic(cron="* * * * *")
@app.task(name="backstay.platform.tasks.every_minute", queueing_lock="every_minute")
def every_minute(timestamp: int) -> None:
    """Roll balances and turnover up, expire overdue holds, look for messages whose next try is due."""
    with transaction.atomic():
        ledger.rollup()
    with transaction.atomic():
        turnover.rollup()
    with transaction.atomic():
        ledger.expire()
    throttle.prune()
    deliver_outbox()


@app.task(name="backstay.platform.tasks.send_webhook", queue=jobs.WEBHOOKS)
def send_webhook(company: int, webhook: int) -> None:
    """Send what is due to one webhook."""
    if sent := sending.send(company, webhook):
        log.info("webhook.sent", company=company, webhook=webhook, messages=sent)


@app.periodic(cron="* * * * *")
@app.task(name="backstay.platform.tasks.look_at_webhooks", queueing_lock="look_at_webhooks")
def look_at_webhooks(timestamp: int) -> None:
    """Take up webhooks that have something due: tries whose time has come, and what lost its process."""
    for company, webhook in rows.execute("SELECT company, webhook FROM webhooks_due(%s)", [clock.now()]):
        with transaction.atomic():
            webhooks.defer(company, webhook)


@app.periodic(cron="41 3 * * *")
@app.task(name="backstay.platform.tasks.forget_messages", queueing_lock="forget_messages")
def forget_messages(timestamp: int) -> None:
    """Forget what webhooks were told long ago."""
    rows.execute("SELECT forget_messages(%s)", [clock.now() - timedelta(days=webhooks.KEPT)])


@app.periodic(cron="17 * * * *")
@app.task(name="backstay.platform.tasks.back_up", queue=jobs.LONG, queueing_lock="back_up", lock="back_up")
def back_up(timestamp: int) -> None:
    """Write the day's backup, where a schedule is kept and the newest copy is a day old; clear what nobody fetched."""
    shelf.clear()
    if made := backup.when_due():
        log.info("backup.made", path=str(made))


@app.periodic(cron="* * * * *")
@app.task(name="backstay.platform.tasks.seal", queueing_lock="seal")
def seal(timestamp: int) -> None:
    """Seal what is settled, company by company; one whose key is missing keeps none of the others waiting."""
    for (company,) in rows.execute("SELECT companies_unsealed()"):
        try:
            log.info("seal.sealed", company=company, leaves=sealing.seal_company(company))
        except Refusal as exc:
            log.error("seal.refused", company=company, code=exc.code, message=exc.message)


@app.periodic(cron="43 3 * * *")
@app.task(name="backstay.platform.tasks.forget", queueing_lock="forget")
def forget(timestamp: int) -> None:
    """Forget what requests of programs came to, seven days after."""
    before = clock.now() - timedelta(days=ANSWERS)
    (gone,) = rows.execute("SELECT forget_answers(%s)", [before])[0]
    log.info("api.forgotten", answers=gone)


@app.task(name="backstay.platform.tasks.run_work", queue=jobs.LONG)
def run_work(company: int, ident: int) -> None:
    """Run long work, or go on with it."""
    work.run(company, ident)
