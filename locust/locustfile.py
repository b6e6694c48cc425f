"""The Sock Shop's users, whose number follows a load shape: see README.md."""

import logging
import random
import signal
import sys
import time
import uuid
from collections.abc import Iterator

import gevent
from locust import FastHttpUser, LoadTestShape, events, task

import shapes

# The real payment service declines more than 100, shipping (4.99) included.
AFFORDABLE = 95
# The customer whom the public demo's database brings.
DEMO_CUSTOMER = ("user", "password")
PATIENCE_SECONDS = 10
# They give the requests of sock-shop's UserJourneys the same shares.
JOURNEYS = {"buy": 20, "look_at_an_item": 7, "filter_by_tag": 2, "look_at_orders": 2}

# What all users of this process draw from, so that the shares are right after a few journeys, too.
deck: list[str] = []


@events.init_command_line_parser.add_listener
def add_options(parser) -> None:
    shapes.add_arguments(parser)

    def rate(text: str) -> float:
        try:
            return shapes.positive(text)
        except shapes.LoadError as e:
            parser.error(f"argument --user-rate: {e}")

    parser.add_argument(
        "--user-rate",
        type=rate,
        default=0.5,
        metavar="...",
        env_var="LOCUST_USER_RATE",
        include_in_web_ui=False,
        help="requests per second of one user; there are as many users as the shape needs (%(default)s)",
    )
    parser.add_argument(
        "--customers",
        choices=["own", "demo"],
        default="own",
        env_var="LOCUST_CUSTOMERS",
        include_in_web_ui=False,
        help="whether each user registers, or all are the demo's one customer and share a cart (%(default)s)",
    )


@events.init.add_listener
def prepare(environment, **_) -> None:
    # Before the run, so that a file that cannot be used ends it with a line instead of a stack trace.
    try:
        environment.load = shapes.of(environment.parsed_options)
    except shapes.LoadError as e:
        print(f"locust: error: {e}", file=sys.stderr)
        sys.exit(2)
    if not environment.stop_timeout:
        # Who goes when the load falls waits for the answer: an answer nobody waits for is work all the same.
        environment.stop_timeout = PATIENCE_SECONDS
    if environment.parsed_options.headless:
        # Locust itself does not hear it while it follows a shape without its web page.
        gevent.signal_handler(signal.SIGTERM, FollowsTheShape.end)
    if environment.parsed_options.loglevel == "INFO":
        # Else three lines each second, as the number of users changes.
        logging.getLogger("locust.runners").setLevel(logging.WARNING)


class FollowsTheShape(LoadTestShape):
    """As many users as send the load's requests per second."""

    use_common_options = True
    ended = False

    @classmethod
    def end(cls) -> None:
        cls.ended = True

    def tick(self) -> tuple[int, float] | None:
        options = self.runner.environment.parsed_options
        seconds = self.get_run_time()
        if self.ended or (options.run_time and seconds >= options.run_time):
            return None
        return self.runner.environment.load.users_at(seconds, options.user_rate)


class JourneyEnded(Exception):
    """A request failed: the user goes away, as what follows needs its answer."""


class Shopper(FastHttpUser):
    """Sends single requests at random times, at a mean rate; they belong to journeys through the shop.

    The times do not depend on the answers as long as these come sooner than the next request is due on
    average, so that the sum over all users is a Poisson process with the rate of the shape.
    """

    connection_timeout = PATIENCE_SECONDS
    network_timeout = PATIENCE_SECONDS

    def on_start(self) -> None:
        self.options = self.environment.parsed_options
        self.journey: Iterator[None] = iter(())
        self.items: list[str] = []
        self.account: tuple[str, str] | None = DEMO_CUSTOMER if self.options.customers == "demo" else None
        self.signed_in = False
        self.due = time.monotonic()
        gevent.sleep(self.wait_time())

    def wait_time(self) -> float:
        now = time.monotonic()
        # Who was kept waiting catches up with what fell due in the meantime, but for no longer than that.
        self.due = max(self.due, now - PATIENCE_SECONDS) + random.expovariate(self.options.user_rate)
        return max(0.0, self.due - now)

    @task
    def send_next(self) -> None:
        try:
            if next(self.journey, self) is self:
                self.journey = self.choose()
                next(self.journey)
        except JourneyEnded:
            self.journey = iter(())

    def choose(self) -> Iterator[None]:
        """The next journey; the first is the one that registers and reads the catalogue."""
        if not (self.items and self.signed_in):
            return self.buy()
        if not deck:
            deck.extend(name for name, weight in JOURNEYS.items() for _ in range(weight))
            random.shuffle(deck)
        return getattr(self, deck.pop())()

    def buy(self) -> Iterator[None]:
        """The public demo's load test: nine requests, from the catalogue to the order."""
        self.read_catalogue()
        yield
        item = random.choice(self.items)
        yield self.call("GET", "/")
        if self.account is None:
            yield from self.register()
        yield self.sign_in()
        yield self.call("GET", "/category.html")
        yield self.call("GET", f"/detail.html?id={item}", name="/detail.html")
        yield self.call("DELETE", "/cart")
        yield self.call("POST", "/cart", json={"id": item, "quantity": 1})
        yield self.call("GET", "/basket.html")
        yield self.call("POST", "/orders")

    def look_at_an_item(self) -> Iterator[None]:
        """What the page of an item asks for."""
        yield self.call("GET", f"/catalogue/{random.choice(self.items)}", name="/catalogue/{id}")
        yield self.call("GET", "/cart")

    def filter_by_tag(self) -> Iterator[None]:
        """What the page of a category asks for."""
        yield self.call("GET", "/catalogue/size?tags=", name="/catalogue/size")
        yield self.call("GET", "/tags")

    def look_at_orders(self) -> Iterator[None]:
        """What the page of the orders asks for."""
        yield self.call("GET", "/orders")

    def register(self) -> Iterator[None]:
        """An account, and the address and card without which the shop takes no order."""
        name = "locust-" + uuid.uuid4().hex[:16]
        customer = {"username": name, "password": name, "email": f"{name}@example.org"}
        yield self.call("POST", "/register", json=customer | {"firstName": "Lo", "lastName": "Cust"})
        address = {"number": "1", "street": "Main Street", "city": "Springfield", "postcode": "12345", "country": "US"}
        yield self.call("POST", "/addresses", json=address)
        yield self.call("POST", "/cards", json={"longNum": "5544154011345918", "expires": "08/39", "ccv": "958"})
        self.account = (name, name)

    def read_catalogue(self) -> None:
        self.items = []
        with self.client.get("/catalogue", catch_response=True) as response:
            # What is raised in here would leave the request out of the statistics.
            if response.status_code == 200:
                try:
                    self.items = [item["id"] for item in response.json() if item["price"] <= AFFORDABLE]
                    if not self.items:
                        response.failure(f"expected an item that costs no more than {AFFORDABLE}")
                except (ValueError, TypeError, KeyError) as e:
                    response.failure(f"expected a list of items with id and price: {e!r}")
        if not self.items:
            raise JourneyEnded

    def sign_in(self) -> None:
        self.call("GET", "/login", auth=self.account)
        self.signed_in = True

    def call(self, method: str, path: str, name: str | None = None, **more) -> None:
        response = self.client.request(method, path, name=name or path, **more)
        if not 200 <= response.status_code < 400:
            raise JourneyEnded
