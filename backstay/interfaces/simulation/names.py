"""Plainly fictional names, drawn from word lists: nobody real is meant."""

from __future__ import annotations

from dataclasses import dataclass

COMPANY = "Halyard & Finch Trading"
VARIETIES = ("Amber", "Birch", "Cobalt", "Dune", "Ember", "Fern", "Granite", "Harbour", "Indigo", "Juniper")
SIZES = ("small", "medium", "large")


@dataclass(frozen=True, slots=True)
class Range:
    """A range of goods: its category, what is in it, price in cents, season (month of the peak, 0 = none)."""

    category: str
    things: tuple[str, ...]
    price: tuple[int, int]
    peak: int
    tax_class: str = "standard"


RANGES = (
    Range("Tea", ("breakfast tea", "green tea", "rooibos"), (390, 1490), 12, "reduced"),
    Range("Coffee", ("espresso beans", "filter roast"), (690, 2490), 11, "reduced"),
    Range("Kettles", ("gooseneck kettle", "stove kettle"), (2900, 8900), 12),
    Range("Cups", ("mug", "espresso cup", "travel cup"), (690, 2490), 11),
    Range("Lamps", ("desk lamp", "lantern"), (2400, 9900), 12),
    Range("Rope and deck", ("mooring line", "deck bag"), (1900, 7900), 6),
    Range("Garden", ("planter", "watering can"), (1200, 5900), 5),
    Range("Blankets", ("wool blanket", "picnic blanket"), (2900, 11900), 1),
    Range("Paper", ("notebook", "letter set"), (450, 1890), 9),
)
STREETS = (
    "Quay Street",
    "Larch Lane",
    "Signal Hill",
    "Ropewalk",
    "Millrace",
    "Lantern Row",
    "Tidewater Road",
)
TOWNS = ("Port Merrow", "Eastwick Sands", "Alder Bay", "Lower Finch", "Stonehaven Mole", "Gull's Reach")
SHOPS = (
    "Café",
    "Hotel",
    "Bookshop",
    "Deli",
    "Tea room",
    "Guesthouse",
    "Garden shop",
    "Gallery",
    "Kiosk",
    "Bistro",
)
SHOP_NAMES = (
    "Marigold", "Blue Door", "Three Larks", "Old Mill", "Lighthouse", "Copper Pot", "Northstar", "Wren",
    "Silver Oar", "Hawthorn", "Paper Boat", "Two Rivers", "Almanac", "Saltmarsh", "Foxglove",
    "Compass", "Barley", "Nightjar", "Sundial", "Quince", "Thimble", "Ferry House", "Dovetail", "Kestrel",
    "Half Moon", "Willow", "Bramble", "Anchor", "Skylark", "Juniper",
)  # fmt: skip
MAKERS = (
    "Alder Works", "Brightwater Mills", "Cinder & Clay", "Dunlin Imports", "Everglass", "Fairlead Ropes",
    "Greyfriars Paper", "Heron Textiles", "Ironbark Tools", "Jackdaw Pottery",
)  # fmt: skip
FORMS = ("Ltd", "Partners", "Co-operative", "& Daughters")


def items(count: int) -> list[tuple[Range, str]]:
    """``count`` goods, spread over the ranges, each name once."""
    found: list[tuple[Range, str]] = []
    for size in SIZES:
        for variety in VARIETIES:
            for goods in RANGES:
                found.extend((goods, f"{variety} {thing}, {size}") for thing in goods.things)
    step = max(len(found) / count, 1.0)
    chosen = [found[int(n * step) % len(found)] for n in range(count)]
    return [(goods, text + _again(n, len(found))) for n, (goods, text) in enumerate(chosen)]


def customers(count: int) -> list[str]:
    """``count`` shop names, each once."""
    return [
        f"{SHOPS[n % len(SHOPS)]} {SHOP_NAMES[(n // len(SHOPS) + 7 * n) % len(SHOP_NAMES)]}{_again(n, 300)}"
        for n in range(count)
    ]


def suppliers(count: int) -> list[str]:
    """``count`` makers, each once."""
    return [
        f"{MAKERS[n % len(MAKERS)]} {FORMS[(n // len(MAKERS)) % len(FORMS)]}{_again(n, 40)}"
        for n in range(count)
    ]


def _again(n: int, distinct: int) -> str:
    return f" {n // distinct + 1}" if n >= distinct else ""
