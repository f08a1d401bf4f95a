"""Finds the invoices of a CSV export that a person should look at.

The export's path comes in INVOICES_CSV. Columns: number, vendor, date (YYYY-MM-DD), amount,
currency, purchase_order, ordered_amount. The rules are arithmetic, so they stand here and not in
the prompt: the model is left with what needs words.
"""

import csv
import os
from datetime import date
from decimal import Decimal, InvalidOperation

TOLERANCE = Decimal("1.02")
"""An invoice may be this much of its order before somebody looks."""
INTERCOMPANY = "IC-"
MAX_EXCEPTIONS = 50
COLUMNS = {"number", "vendor", "date", "amount", "currency", "purchase_order", "ordered_amount"}


def list_exceptions(since: str) -> dict:
    """Return the exceptions among the invoices dated `since` (YYYY-MM-DD) or later."""
    first_day = date.fromisoformat(since)
    invoices = read(os.environ["INVOICES_CSV"])
    recent = [row for row in invoices if row["date"] >= first_day and is_ours(row)]
    found = [exception for row in recent if (exception := exception_of(row, invoices))]
    return {"checked": len(recent), "exceptions": found[:MAX_EXCEPTIONS]}


def read(path: str) -> list[dict]:
    """Return the rows of the export; a wrong header or row is an error that names it."""
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if missing := COLUMNS - set(reader.fieldnames or ()):
            raise ValueError(f"the export lacks the columns {', '.join(sorted(missing))}")
        return [parsed(row, reader.line_num) for row in reader]


def parsed(row: dict, line: int) -> dict:
    """Return the row with its date and amounts as such."""
    try:
        ordered = Decimal(row["ordered_amount"]) if row["ordered_amount"] else None
        amounts = {"amount": Decimal(row["amount"]), "ordered_amount": ordered}
        return row | amounts | {"date": date.fromisoformat(row["date"])}
    except (InvalidOperation, TypeError, ValueError) as error:
        raise ValueError(f"line {line} of the export has a wrong date or amount") from error


def is_ours(row: dict) -> bool:
    """Return whether an invoice is ours to look at: accounting settles intercompany ones."""
    return not row["number"].startswith(INTERCOMPANY)


def exception_of(row: dict, invoices: list[dict]) -> dict | None:
    """Return what is wrong with an invoice and how urgent it is, or None."""
    if earlier := billed_before(row, invoices):
        order = row["purchase_order"]
        return exception(row, "P1", f"duplicate: order {order} was already billed by {earlier}")
    if not row["purchase_order"]:
        return exception(row, "P2", "no purchase order")
    ordered, currency = row["ordered_amount"], row["currency"]
    if ordered is not None and row["amount"] > ordered * TOLERANCE:
        billed = f"billed {row['amount']} {currency}, ordered {ordered} {currency}"
        return exception(row, "P2", billed)
    return None


def exception(row: dict, priority: str, problem: str) -> dict:
    """Return one exception as the model sees it."""
    return {
        "invoice": row["number"],
        "vendor": row["vendor"],
        "priority": priority,
        "problem": problem,
    }


def billed_before(row: dict, invoices: list[dict]) -> str:
    """Return the number of an earlier invoice for the same order and amount, or nothing."""
    bill = (row["purchase_order"], row["amount"])
    for other in invoices[: invoices.index(row)]:
        if bill[0] and bill == (other["purchase_order"], other["amount"]):
            return other["number"]
    return ""
