"""Commission of agents on what their customers are invoiced."""

BACKSTAY = "1.0"  # the contract this is written for
