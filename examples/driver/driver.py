"""A driver with an order system in memory: README.md says what a driver is. Python 3, standard library only."""
import json
import sys
from urllib.parse import unquote

orders = {}  # order id -> sku -> counts of units


class Refused(Exception):
    def __init__(self, why, status=409):
        self.answer = status, {"error": why}


def units_of(body):
    units = body.get("units") if isinstance(body, dict) else None
    if type(units) is not int or units < 1:
        raise Refused("units must be a positive whole number")
    return units


def lines_of(body):
    lines = body.get("lines") if isinstance(body, dict) else None
    if not isinstance(lines, list) or not lines:
        raise Refused("lines must be a list that is not empty")
    sums = {}
    for line in lines:
        sku = line.get("sku") if isinstance(line, dict) else None
        if not isinstance(sku, str) or not sku:
            raise Refused("every line needs a sku")
        sums[sku] = sums.get(sku, 0) + units_of(line)
    return sums


def left(line):
    return line["ordered"] - line["cancelled"] - line["fulfilled"]


def move(order, what, lines):
    """Counts units as cancelled or fulfilled: all of these lines, or none."""
    for sku, units in lines.items():
        if sku not in order:
            raise Refused("there is no such line", 404)
        if units > left(order[sku]):
            raise Refused(f"only {left(order[sku])} units of {sku} are left")
    if not lines:
        raise Refused("nothing is left")
    for sku, units in lines.items():
        order[sku][what] += units


def shown(id, order):
    lines = [{"sku": sku, **line, "live": line["ordered"] - line["cancelled"]} for sku, line in order.items()]
    return {
        "id": id,
        "lines": lines,
        "cancelled": all(line["cancelled"] == line["ordered"] for line in order.values()),
        "complete": all(left(line) == 0 for line in order.values()),
    }


def answer(method, path, body):
    parts = [unquote(part) for part in path.split("?")[0].strip("/").split("/")]
    if (method, parts) == ("POST", ["orders"]):
        id = f"o-{len(orders) + 1}"
        orders[id] = {sku: {"ordered": units, "cancelled": 0, "fulfilled": 0} for sku, units in lines_of(body).items()}
        return 201, {"id": id}
    if parts[0] != "orders" or len(parts) < 2 or parts[1] not in orders:
        raise Refused("there is no such order", 404)
    id, order = parts[1], orders[parts[1]]
    rest = {sku: left(line) for sku, line in order.items() if left(line)}
    match [method, *parts[2:]]:
        case ["GET"]:
            return 200, shown(id, order)
        case ["POST", "lines", sku, "cancel"]:
            move(order, "cancelled", {sku: units_of(body)})
        case ["POST", "lines", sku, "fulfil"]:
            move(order, "fulfilled", {sku: units_of(body)})
        case ["POST", "cancel-lines"]:
            move(order, "cancelled", lines_of(body))
        case ["POST", "cancel-rest"]:
            move(order, "cancelled", rest)
        case ["POST", "cancel"]:
            if any(line["fulfilled"] for line in order.values()):
                raise Refused("units are fulfilled already")
            move(order, "cancelled", rest)
        case _:
            raise Refused("there is no such call", 404)
    return 200, shown(id, order)


for line in sys.stdin:
    request = json.loads(line)
    try:
        status, body = answer(request["method"], request["path"], request.get("body"))
    except Refused as refused:
        status, body = refused.answer
    print(json.dumps({"id": request["id"], "status": status, "body": body}), flush=True)
