"""The worked example of the money flows, sections 2 to 9, step by step, through the real builders.

The identities of section 12 are required after every step, the small ones too.
"""

from dataclasses import dataclass, field

from customer_stack.boundary_client import domain as wire
from customer_stack.fx.domain.conversion import Conversion
from customer_stack.wagers.domain.amounts import PositionCost
from customer_stack.wagers.domain.reports import Wager
from execution_stack.exchange.domain import Action, Side
from execution_stack.resolution.domain.plans import Plan
from flows import deposits, ends, wagering
from flows.ends import Settlement
from flows.identities import require_all
from flows.stacks import Customer, Executed, Market, Order, Stacks, Tenant
from flows.units import contracts, lkr, price, usd

FILLS_A_AND_C = (
    (price("0.54"), contracts("4.00"), usd("0.0700")),
    (price("0.55"), contracts("3.50"), usd("0.0650")),
    (price("0.56"), contracts("2.62"), usd("0.0428")),
)
"""Section 4: prices of YES, contracts and net fees of the bid for 14.00 at 0.56."""

FILL_B = (price("0.53"), contracts("5.00"), usd("0.0900"))
"""Section 5: the ask for 5.00 at 0.52, filled at YES 0.53, which is NO 0.47."""

FILL_SALE = (price("0.62"), contracts("6.00"), usd("0.1000"))
"""Section 7."""


@dataclass(slots=True)
class Story:
    """Three customers of one tenant, one market."""

    stacks: Stacks = field(default_factory=Stacks)
    wagers: dict[str, Wager] = field(default_factory=dict)
    executed: dict[str, Executed] = field(default_factory=dict)
    tenant: Tenant = field(init=False)
    a: Customer = field(init=False)
    b: Customer = field(init=False)
    c: Customer = field(init=False)
    market: Market = field(init=False)

    def __post_init__(self) -> None:
        self.tenant = self.stacks.add_tenant()
        self.a, self.b, self.c = (self.stacks.add_customer(self.tenant) for _ in range(3))
        self.market = self.stacks.add_market()

    # Section 2.

    def open(self) -> "Story":
        """O1 to O3."""
        deposits.contribute(self.stacks, self.tenant, lkr("2,000,000"))
        require_all(self.stacks)
        deposits.buy_stock(self.stacks, self.tenant, usd("5,000"), lkr("1,492,500"))
        require_all(self.stacks)
        deposits.prefund(self.stacks, self.tenant, usd("1,000"))
        require_all(self.stacks)
        return self

    # Section 3.

    def deposit(self) -> tuple[Conversion, Conversion, Conversion]:
        """A deposits LKR 30,000, C and B 15,000 each."""
        amounts = ((self.a, lkr("30,000")), (self.c, lkr("15,000")), (self.b, lkr("15,000")))
        converted = []
        for customer, amount in amounts:
            converted.append(deposits.deposit(self.stacks, customer, amount))
            require_all(self.stacks)
        return converted[0], converted[1], converted[2]

    # Sections 4, 5 and 7, in the parts that have numbers of their own.

    def place(
        self, name: str, customer: Customer, side: Side, action: Action, quantity: int, limit: int
    ) -> Wager:
        """Place a wager under a name and hand it over."""
        placed = wagering.place(self.stacks, customer, self.market, side, action, quantity, limit)
        if not isinstance(placed, Wager):
            raise TypeError(placed)
        require_all(self.stacks)
        wagering.submit(self.stacks, [placed])
        require_all(self.stacks)
        self.wagers[name] = placed
        return placed

    def pool(self, side: Side, action: Action, limit: int) -> Order:
        """Close the window."""
        order = wagering.pool(self.stacks, (self.market.id, side, action, limit))
        if order is None:
            raise TypeError("nothing was pooled")
        require_all(self.stacks)
        return order

    def execute(self, name: str, order: Order, *fills: wagering.Traded) -> Executed:
        """Fill the order, share it out, and let the customer stack apply the reports."""
        self.executed[name] = wagering.execute(self.stacks, order, fills)
        require_all(self.stacks)
        self.stacks.apply_reports()
        require_all(self.stacks)
        return self.executed[name]

    def place_a_and_c(self) -> Order:
        """A: 10.00 YES at 0.56; C: 4.00 of the same; one window."""
        self.place("A", self.a, Side.YES, Action.BUY, contracts("10.00"), price("0.56"))
        self.place("C", self.c, Side.YES, Action.BUY, contracts("4.00"), price("0.56"))
        return self.pool(Side.YES, Action.BUY, price("0.56"))

    def buy_a_and_c(self) -> "Story":
        """Section 4."""
        self.execute("A and C", self.place_a_and_c(), *FILLS_A_AND_C)
        return self

    def buy_b(self) -> "Story":
        """Section 5: 5.00 NO at 0.48."""
        self.place("B", self.b, Side.NO, Action.BUY, contracts("5.00"), price("0.48"))
        self.execute("B", self.pool(Side.NO, Action.BUY, price("0.48")), FILL_B)
        return self

    def sell_a(self) -> "Story":
        """Section 7: 6.00 YES at 0.60."""
        self.place("sale", self.a, Side.YES, Action.SELL, contracts("6.00"), price("0.60"))
        self.execute("sale", self.pool(Side.YES, Action.SELL, price("0.60")), FILL_SALE)
        return self

    # Sections 8 and 9.

    def settle(self) -> Settlement:
        """Settle a period in its three steps."""
        settlement = ends.propose(self.stacks, self.tenant)
        for step in (settlement.release, settlement.confirm, settlement.receive):
            step()
            require_all(self.stacks)
        return settlement

    def resolve(self, yes_value: int) -> Plan:
        """Resolve the market and let the customer stack apply it."""
        plan = ends.resolve(self.stacks, self.market, yes_value)
        require_all(self.stacks)
        self.stacks.apply_reports()
        require_all(self.stacks)
        return plan

    def wallet(self, customer: Customer) -> int:
        """Return a customer's USD."""
        return self.stacks.customer.posted(customer.id, "wallet")

    def position(self, customer: Customer, side: Side) -> PositionCost:
        """Return a customer's contracts of one side and what they cost."""
        return self.stacks.positions.get((customer.id, self.market.id, wire.Side(side)), PositionCost())


def opened() -> Story:
    """Return the story after section 2."""
    return Story().open()


def funded() -> Story:
    """Return the story after section 3."""
    story = opened()
    story.deposit()
    return story


def sold() -> Story:
    """Return the story after section 7."""
    return funded().buy_a_and_c().buy_b().sell_a()


def settled() -> Story:
    """Return the story after section 8: the state before resolution."""
    story = sold()
    story.settle()
    return story
