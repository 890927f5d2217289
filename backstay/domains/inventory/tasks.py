"""What the warehouse does by the clock (found by the name of this module)."""

from __future__ import annotations

import structlog
from procrastinate.contrib.django import app

from backstay.domains.inventory.telling import EVENT, tell_stock
from backstay.platform import rows
from backstay.platform.context import work

log = structlog.get_logger(__name__)


@app.periodic(cron="* * * * *")
@app.task(name="backstay.domains.inventory.tasks.tell", queueing_lock="tell_stock", lock="tell_stock")
def tell(timestamp: int) -> None:
    """Tell webhooks what stock changed, company by company; nobody asks, nothing is read."""
    for (company,) in rows.execute("SELECT companies_told_stock(%s)", [EVENT]):
        with work(company, "system:job", "stock") as ctx:
            if told := tell_stock(ctx):
                log.info("stock.told", company=company, items=told)
