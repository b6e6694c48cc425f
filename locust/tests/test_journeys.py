"""The users, against a front-end that is as strict about sessions as the real one."""

import base64
import collections
import json
import random
import socket
from argparse import Namespace

import pytest
from gevent.pywsgi import WSGIServer
from locust.env import Environment

import locustfile


class FrontEnd:
    """Takes orders only with the cookie of a login, and logins only of those who registered."""

    def __init__(self):
        self.requests = []
        self.failing = set()
        self.failures = []
        self.names = {"user"}

    def __call__(self, environ, start_response):
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        body = environ["wsgi.input"].read()
        status, headers, answer = self.answer(method, path, body, environ)
        self.requests.append((method, path, status))
        start_response(f"{status} .", [("Content-Type", "application/json"), *headers])
        return [json.dumps(answer).encode()]

    def answer(self, method, path, body, environ):
        if (method, path) in self.failing:
            return 500, [], {}
        cookies = environ.get("HTTP_COOKIE", "")
        match method, path:
            case "GET", "/catalogue":
                return 200, [], [{"id": "dear", "price": 99.99}, {"id": "cheap", "price": 17.15}]
            case "POST", "/register":
                self.names.add(json.loads(body)["username"])
                return 200, [("Set-Cookie", "logged_in=s1; Path=/")], {}
            case "GET", "/login":
                name = base64.b64decode(environ["HTTP_AUTHORIZATION"].split()[1]).decode().split(":")[0]
                return (200, [("Set-Cookie", "logged_in=s2; Path=/")], {}) if name in self.names else (401, [], {})
            case "POST", "/cart":
                return (201, [], {}) if json.loads(body)["id"] == "cheap" else (500, [], {})
            case ("POST", "/addresses" | "/cards") | (_, "/orders"):
                return (201, [], {}) if "logged_in=" in cookies else (500, [], {})
        return 200, [], {}

    def calls(self):
        return [f"{method} {path}" for method, path, _ in self.requests]


class Server(WSGIServer):
    def handle(self, sock, address):
        # Else each answer, written as headers and body, waits 40 ms for an acknowledgement.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().handle(sock, address)


@pytest.fixture
def front_end():
    return FrontEnd()


@pytest.fixture
def user(front_end, monkeypatch):
    server = Server(("127.0.0.1", 0), front_end, log=None)
    server.start()
    environment = Environment(user_classes=[locustfile.Shopper])
    environment.parsed_options = Namespace(user_rate=1000.0, customers="own")
    locustfile.deck.clear()

    @environment.events.request.add_listener
    def keep_failures(request_type, name, exception, **_):
        if exception:
            front_end.failures.append(f"{request_type} {name}")

    monkeypatch.setattr(locustfile.Shopper, "host", f"http://127.0.0.1:{server.server_port}")
    random.seed(1)
    user = locustfile.Shopper(environment)
    user.on_start()
    yield user
    server.stop(timeout=0)


BUY = [
    "GET /catalogue",
    "GET /",
    "GET /login",
    "GET /category.html",
    "GET /detail.html",
    "DELETE /cart",
    "POST /cart",
    "GET /basket.html",
    "POST /orders",
]
REGISTER = ["POST /register", "POST /addresses", "POST /cards"]


def test_registers_buys_and_is_never_refused(user, front_end):
    for _ in range(12):
        user.send_next()

    assert front_end.calls() == BUY[:2] + REGISTER + BUY[2:]
    assert {status for _, _, status in front_end.requests} <= {200, 201}


def test_sends_one_request_at_a_time(user, front_end):
    for sent in range(1, 60):
        user.send_next()

        assert len(front_end.requests) == sent


def test_is_the_demos_customer_if_asked(user, front_end):
    user.options.customers = "demo"
    user.on_start()

    for _ in range(9):
        user.send_next()

    assert front_end.calls() == BUY


def test_sends_the_requests_of_the_stand_ins_user_journeys_in_the_same_shares(user, front_end):
    for _ in range(12):
        user.send_next()
    front_end.requests.clear()

    for _ in range(200):
        user.send_next()

    expected = dict.fromkeys(BUY, 20) | {"GET /catalogue/cheap": 7, "GET /cart": 7}
    expected |= {"GET /catalogue/size": 2, "GET /tags": 2, "GET /orders": 2}
    assert collections.Counter(front_end.calls()) == expected


def test_goes_away_when_a_request_fails_and_comes_again(user, front_end):
    front_end.failing.add(("GET", "/login"))
    for _ in range(6):
        user.send_next()
    front_end.failing.clear()
    for _ in range(9):
        user.send_next()

    assert front_end.calls() == BUY[:2] + REGISTER + ["GET /login"] + BUY
    assert front_end.failures == ["GET /login"]


def test_counts_a_catalogue_that_is_not_answered_as_a_failure(user, front_end):
    front_end.failing.add(("GET", "/catalogue"))

    user.send_next()

    assert front_end.failures == ["GET /catalogue"]


@pytest.mark.parametrize("items", [{}, [], [{"id": "dear", "price": 99.99}], [{"name": "no id"}], [3]])
def test_counts_a_catalogue_without_items_to_buy_as_a_failure(user, front_end, items):
    front_end.answer = lambda *_: (200, [], items)

    user.send_next()
    user.send_next()

    assert front_end.calls() == ["GET /catalogue"] * 2
    assert front_end.failures == ["GET /catalogue"] * 2


def test_waits_as_long_on_average_as_the_rate_says(user):
    user.options.user_rate = 4.0
    user.due = 1e9

    # The clock stands still for it: each wait is counted from the one before.
    waits = []
    before = user.due
    for _ in range(4000):
        user.wait_time()
        waits.append(user.due - before)
        before = user.due

    assert sum(waits) / len(waits) == pytest.approx(0.25, rel=0.1)


def test_catches_up_with_what_fell_due_while_it_waited(user):
    user.options.user_rate = 1000.0
    user.due = locustfile.time.monotonic() - 5

    assert user.wait_time() == 0
