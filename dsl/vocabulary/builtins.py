"""The functions of the language, in one table: parameters, what each wants, what comes back, a line of help.

`types/builtin_calls.py` checks calls against it and the lowering lowers them by name. A parameter's want is one of
`Want`, or ``same`` (all arguments so marked are alike, and the result is one of them).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast

import attrs

from ...engine.ir import Span
from .. import syntax
from .expected_kinds import Want

Result = Literal[
    "same",
    "varying",
    "pure",
    "percentage",
    "declining",
    "count",
    "multiple",
    "rate",
    "duration",
    "period",
    "date",
    "condition",
    "accrued",
    "root",
    "rounded",
    "rows",
    "dates",
    "reduced",
    "item",
    "stepped",
    "series",
    "unsigned",
    "counted",
    "any",
    "draw",
    "waiting",
    "exchanged",
    "copula",
    "grouped",
    "product",
    "tiered",
    "quoted",
    "annuity",
    "worth",
    "rolled",
    "share",
    "spread",
    "table",
    "amount",
    "total",
    "holds",
    "held",
    "carried",
    "told",
]


@attrs.frozen(slots=True)
class BuiltinParameter:
    """``variadic``: takes every further argument by position. ``required`` is False for one that may be left out."""

    name: str
    want: Want | Literal["same"]
    required: bool = True
    variadic: bool = False


@attrs.frozen(slots=True)
class Builtin:
    """A function of the language. ``where``, ``on``: whether it takes rows only, or dates of one schedule only."""

    name: str
    parameters: tuple[BuiltinParameter, ...]
    result: Result
    documentation: str
    where: bool = False
    on: bool = False

    @property
    def signature(self) -> str:
        parts = []
        for parameter in self.parameters:
            text = f"{parameter.name}, ..." if parameter.variadic else parameter.name
            parts.append(text if parameter.required else f"[{text}]")
        return f"{self.name}({', '.join(parts)})"


@attrs.frozen(slots=True)
class Problem:
    """Why an argument cannot be taken: a code, a message and its place."""

    code: str
    message: str
    span: Span


@attrs.frozen(slots=True)
class Bound:
    """A call's arguments by parameter name. ``rest``: all that a variadic parameter took, in order."""

    values: Mapping[str, syntax.Expression]
    rest: tuple[syntax.Expression, ...]
    problems: tuple[Problem, ...]


def bind(call: syntax.Call, names: tuple[str, ...], required: frozenset[str], variadic: str | None = None) -> Bound:
    """Put a call's arguments to a function's parameters: by position first, then by name."""
    values: dict[str, syntax.Expression] = {}
    rest: list[syntax.Expression] = []
    problems: list[Problem] = []
    title = call.function.text
    positions = [name for name in names if name != variadic]
    for position, argument in enumerate(call.arguments):
        if argument.name is None:
            if variadic is not None:
                rest.append(argument.value)
                continue
            if position >= len(positions):
                most = f"{len(positions)} argument{'' if len(positions) == 1 else 's'}"
                problems.append(Problem("E0333", f"`{title}` takes at most {most}", argument.span))
                continue
            name = positions[position]
        else:
            name = argument.name
            if name not in positions:
                problems.append(Problem("E0333", f"`{title}` has no argument `{name}`", argument.span))
                continue
        if name in values:
            problems.append(Problem("E0335", f"`{title}` is given `{name}` twice", argument.span))
            continue
        values[name] = argument.value
    missing = [name for name in names if name in required and name not in values and not (name == variadic and rest)]
    if missing and not problems:
        listed = " and ".join(f"`{name}`" for name in missing)
        problems.append(Problem("E0334", f"`{title}` is not given {listed}", call.span))
    return Bound(values, tuple(rest), tuple(problems))


def bind_builtin(call: syntax.Call, builtin: Builtin) -> Bound:
    """The arguments of a call of a function of the language, by parameter name."""
    return bind(
        call,
        tuple(parameter.name for parameter in builtin.parameters),
        frozenset(parameter.name for parameter in builtin.parameters if parameter.required),
        next((parameter.name for parameter in builtin.parameters if parameter.variadic), None),
    )


def bind_function(call: syntax.Call, declaration: syntax.FunctionDeclaration) -> Bound:
    """The arguments of a call of a deal's own function, by parameter name (those left out have a default)."""
    return bind(
        call,
        tuple(parameter.name for parameter in declaration.parameters),
        frozenset(parameter.name for parameter in declaration.parameters if parameter.default is None),
    )


def _table() -> dict[str, Builtin]:
    """A parameter is ``name:want``; ``?`` after the name: may be left out; ``*``: takes the rest."""
    found: dict[str, Builtin] = {}
    for line in _LINES.strip().replace("AS_BOUGHT", _AS_BOUGHT).splitlines():
        head, result, flags, documentation = (part.strip() for part in line.split("|"))
        name, _, inner = head.rstrip(")").partition("(")
        parameters = []
        for part in inner.split(","):
            title, _, want = part.strip().partition(":")
            parameters.append(
                BuiltinParameter(
                    title.rstrip("?*"), cast(Want, want), required="?" not in title, variadic=title.endswith("*")
                )
            )
        found[name] = Builtin(
            name, tuple(parameters), cast(Result, result), documentation, "where" in flags, "on" in flags
        )
    return found


_AS_BOUGHT = "accrual?:daycount, settlement?:date, compounding?:text"
"""What the measures of a bond at a yield or a price are told as well."""

_LINES = """
max(values*:same) | same | | The greatest of its arguments.
min(values*:same) | same | | The least of its arguments; of dates, the first.
clamp(x:same, low:same, high:same) | same | | x, but never below low or above high.
abs(x:number) | unsigned | | Without its sign.
floor(x:number) | rounded | | The greatest whole number (of dollars, of GPU) not above x.
ceiling(x:number) | rounded | | The least whole number not below x.
round(x:number, digits?:pure) | rounded | | To so many decimals (none if left out), half away from zero.
exp(x:pure) | pure | | e to the power x.
log(x:pure) | pure | | The natural logarithm.
sqrt(x:number) | root | | The square root.
mod(a:same, b:same) | same | | What is left of a after as many whole b as fit.
accrue(x:number, accrual:daycount, from?:date, to?:date) | accrued | | \
 What an amount per year gathers over the period, piece by piece; of it what lies between two dates.
year_fraction(accrual:daycount, from?:date, to?:date) | period | | \
 The period as a part of a year; of it what lies between two dates.
cumulative(x:number) | series | | The sum from the first date to this one; of a list, its running sums.
trailing(window:duration, x:number) | series | on | The sum over the dates of the last window.
trailing_average(window:duration, x:number) | series | on | The average over the dates of the last window.
next(window:duration, x:number) | series | | The sum over the dates of the coming window.
present_value(x:number, rate:rate, from?:date, accrual?:daycount, compounding?:text) | dates | | What is to come, now.
projected(x:value) | series | | x as it is in the base case.
sum(x:number) | rows | where | The sum over a family's rows.
sum_by(x:number, group:text) | grouped | where | For each row of a family, the sum over the rows of its group.
weighted(x:number, weights:number) | rows | where | The average over a family's rows, weighted.
total(x:number) | reduced | where on | The sum over dates (over rows first, of a family).
lowest(x:value) | reduced | where on | The least over dates (over rows first, of a family).
highest(x:value) | reduced | where on | The greatest over dates (over rows first, of a family).
average(x:number) | reduced | where on | The average over dates (over rows first, of a family).
count(x:anything) | counted | where on | How many rows, or on how many dates, a condition holds.
any(x:condition) | any | where on | Whether a condition holds in any row, or on any date.
first_date(condition:condition) | date | on | The first date on which a condition holds, or `never`.
first_date_below(x:same, threshold:same) | date | on | The first date on which x is below a threshold, or `never`.
known(x:value) | condition | | Whether x is determined: a ratio that exists, an observation that was made.
latest(x:value) | carried | | The last value of x that was known, on the reader's dates up to this one.
latest_date(x:value) | date | | The last of the reader's dates, up to this one, on which x was known.
alert(when:condition, observed:same, threshold:same, who?:anything) | told | on | A line of the report: dated events.
final(x:value) | dates | on | The value on the last date.
first(items:list) | item | | The first of a list.
last(items:list) | item | | The last of a list.
at(items:list, n:pure) | item | | The n-th of a list, from 1; not determined beyond its ends, where n varies.
by_age(items:list, age:pure) | item | | The n-th of a list by age; before the first the first, after the last the last.
length(items:list) | count | | How many items a list has.
ramp(from:same, to:same, over:duration, starting:date) | varying | | From one value to another in a straight line.
line(a:same, start:date, b:same, end:date) | varying | | a up to one date, b from another, a straight line between.
declining_line(a:same, start:date, b:same, end:date) | varying | | A straight line as `line`, of a value that falls.
declining(rate:growth, from?:date) | declining | | 100% that falls at a rate per year, compounded.
step(points:pairs) | stepped | | From each date its value, until the next.
cycle(values*:same) | varying | | These values in turn, one a date.
straight_line(size:number, schedule:when, maturity?:date) | series | | What is left of a size repaid in equal parts.
level(size:number, rate:rate, schedule:when) | series | | What is left of a size repaid in level payments.
delayed(x:number, by:duration) | series | on | The series, so much later; a level is not determined before it began.
aged(x:number, dates:when, share:number) | product | | What arose on each date, times a share that may read `age`.
interpolated(points:pairs, at:value) | item | | The value at a point, on straight lines between those given.
first_point(points:pairs) | date | | The date at which a table begins.
banded(points:pairs, at:value) | item | | The value of the last point that is reached.
tiered(points:pairs, quantity:number) | tiered | | What a quantity costs, each part of it at its own tier's price.
once(x:number, date:date) | series | | The amount on one date, nothing on the others.
exchange(x:number, rate:number) | exchanged | | Money in another currency, at a rate stated per unit of this one.
year(date:date) | count | | The calendar year of a date, as a number.
month(date:date) | count | | The month of a date, 1 to 12.
days_between(a:date, b:date) | count | | The days from a to b, a plain number; to `never`, n/a.
months_between(a:date, b:date) | count | | The whole months from a to b; to `never`, n/a.
irr(of:instrument, accrual?:daycount) | rate | | The rate at which what was paid in and got back balance.
xirr(of:instrument) | rate | | The annual rate of return by actual days over 365.
yield_to_maturity(of:instrument, price:pure, AS_BOUGHT) | rate | | The yield at which flows are worth a price.
price(of:instrument, yield:rate, AS_BOUGHT) | percentage | | What the flows are worth at a yield, over the size.
clean_price(of:instrument, yield:rate, AS_BOUGHT) | percentage | | The price less the interest accrued.
accrued_interest(of:instrument, settlement?:date) | percentage | | \
 What accrued and is not yet payable, over the balance.
macaulay_duration(of:instrument, yield:rate, AS_BOUGHT) | duration | | The average time to payment, by value.
modified_duration(of:instrument, yield:rate, AS_BOUGHT) | duration | | The fall in price for a rise in yield.
convexity(of:instrument, yield:rate, AS_BOUGHT) | pure | | How the duration itself changes, in years squared.
basis_point_value(of:instrument, yield:rate, AS_BOUGHT) | percentage | | The rise in price for a basis point less yield.
wal(of:instrument, accrual?:daycount, written_down?:condition) | duration | | \
 The average life of what was repaid or redeemed (and of what losses wrote down, if told), weighted by amount.
wal_with_balance(of:instrument, accrual?:daycount, written_down?:condition) | duration | | \
 The average life, what is left counted at the end.
discount_margin(of:instrument, price:pure, index:rate, accrual?:daycount, settlement?:date) | rate | | \
 The margin over an index that a price implies.
z_spread(of:instrument, price:pure, curve:rate, AS_BOUGHT) | rate | | The spread over zero rates that a price implies.
asset_swap_spread(of:instrument, price:pure, curve:rate, floating:daycount, AS_BOUGHT) | rate | | \
 What a par asset swap pays over its index.
multiple(of:instrument) | multiple | | What was got back over what was paid in.
llcr(cash:money, rate:rate, debt:money, accrual?:daycount) | multiple | | Discounted cash until repaid, over the debt.
plcr(cash:money, rate:rate, debt:money, accrual?:daycount) | multiple | | Discounted cash to the end, over the debt.
loss(of:instrument) | dates | | What was lent and never repaid.
shortfall(of:instrument) | dates | | What was due and never paid.
balloon(of:instrument) | dates | | What is repaid on the last date.
percentile(x:number, p:pure) | dates | | The value that a share p of scenarios does not exceed.
expected_shortfall(x:number, p:pure) | dates | | The average of the worst 1 - p of scenarios.
mean(x:number) | dates | | The average over scenarios.
standard_error(x:number) | dates | | The standard error of the mean over scenarios.
normal(mean:same, deviation:same) | same | on | A draw from the normal distribution.
lognormal(mean:number, deviation:pure) | series | on | A draw whose logarithm is normal with this deviation.
uniform(low:same, high:same) | same | on | A draw between two values, each as likely.
triangular(low:same, mode:same, high:same) | same | on | A draw between two values, the mode the likeliest.
exponential(rate:number) | waiting | | A waiting time at a rate.
gbm(drift:growth, volatility:growth, start?:number) | draw | | A geometric Brownian path.
mean_reverting(mean:number, speed:growth, volatility:number, start?:number) | series | | A path pulled back to a mean.
first_default(hazard:hazard) | date | | The day on which something of this yearly default rate defaults.
discount_factor(rates:rate_curve, to:date, from?:date) | pure | | What 1 on one day is worth on an earlier one.
zero_rate(rates:rate_curve, to:date, from?:date) | quoted | | The continuously compounded rate between two days.
survival_probability(credit:credit_curve, to:date, from?:date) | pure | | The chance that a name has not defaulted.
default_probability(credit:credit_curve, to:date, from?:date) | pure | | The chance that a name has defaulted.
hazard_rate(credit:credit_curve, at?:date) | quoted | | The default rate a year on a day, of a name that has survived.
par_spread(credit:credit_curve, maturity:date, as_of?:date) | quoted | | The coupon at which a CDS is worth nothing.
protection_leg(credit:credit_curve, maturity:date, as_of?:date) | pure | | What a CDS pays at a default, discounted.
risky_annuity(credit:credit_curve, maturity:date, as_of?:date) | annuity | | What a coupon of 1 a year is worth, clean.
clean_upfront(credit:credit_curve, coupon:rate, maturity:date, as_of?:date, settles?:date) | pure | | \
 What a CDS's buyer pays at once, clean.
dirty_upfront(credit:credit_curve, coupon:rate, maturity:date, as_of?:date, settles?:date) | pure | \
 | What a CDS's buyer pays at once, less the coupon that has accrued.
mark_to_market(credit:credit_curve, notional:money, coupon:rate, maturity:date, as_of?:date, schedule?:when) | \
 worth | | What a CDS is worth to its buyer.
accrued_premium(coupon:rate, maturity:date, as_of:date, rates?:rate_curve) | pure | | \
 What has accrued of a CDS's coupon, as it is counted.
upfront_from_spread(spread:rate, coupon:rate, maturity:date, recovery:pure, rates:rate_curve, \
 as_of?:date, settles?:date) | pure | | The clean upfront that a quoted spread stands for.
spread_from_upfront(upfront:pure, coupon:rate, maturity:date, recovery:pure, rates:rate_curve, \
 as_of?:date, settles?:date) | quoted | | The quoted spread that a clean upfront stands for.
standard_maturity(tenor:duration, traded?:date) | rolled | | When the standard CDS of a tenor matures.
gaussian(correlation:pure, factor?:text) | copula | | Joins draws by a common normal factor, of a name of its own.
student(correlation:pure, degrees:pure, factor?:text) | copula | | \
 Joins draws by a common factor with Student's tails: extremes together.
tranche_loss(default_probability:pure, recovery:pure, correlation:pure, attachment:pure, detachment:pure, \
names?:pure, notional?:number) | share | | What a tranche of a pool loses on average, as a share of it.
tranche_spread(hazard:hazard, recovery:pure, correlation:pure, attachment:pure, detachment:pure, maturity:duration, \
rate:discounting, names?:pure, notional?:number, period?:duration, upfront?:pure) | spread | | A tranche's par spread.
tranche_upfront(spread:rate, hazard:hazard, recovery:pure, correlation:pure, attachment:pure, detachment:pure, \
maturity:duration, rate:discounting, names?:pure, notional?:number, period?:duration) | share | | \
What its buyer pays at once.
nth_to_default_probability(n:pure, default_probability:pure, correlation:pure, names?:pure) | share | | \
The chance that at least n names of a basket default.
nth_to_default_spread(n:pure, hazard:hazard, recovery:pure, correlation:pure, maturity:duration, rate:discounting, \
names?:pure, period?:duration) | spread | | The par spread of protection on a basket's n-th default.
joint_default_probability(p:pure, q:pure, correlation:pure) | pure | | The chance that two names both default.
normal_probability(x:pure) | pure | | The chance that a standard normal is not above x.
normal_quantile(probability:pure) | pure | | What a standard normal does not exceed with that probability.
who_bears(failing*:party) | table | on | Who loses, who fails in turn and where the loss stays, where these fail.
loss_borne(parties*:party) | total | on | What stays with the first party of the loss, where the others fail.
loss_suffered(parties*:party) | total | on | What the first party loses, after protection, where the others fail.
fails(parties*:party) | holds | on | Whether the first party fails in turn, where the others fail.
exposure(of:party, to:party) | amount | | What one party is owed by another, before hedges.
net_exposure(of:party, to:party) | amount | | \
 What one party is owed by another after hedges, and with what hedges put on a protection seller.
exposures(of:party) | table | | What a party is owed by each obligor, before and after hedges.
leverage(of:party) | table | | The debt that a party answers for: its own, of what it holds, and what it guarantees.
debt_of(of:party) | amount | | What a party owes as debt.
consolidated_debt(of:party) | amount | | The debt of a party and of what it controls, to others.
look_through_debt(of:party) | amount | | The debt of a party and its shares of that of what it holds.
guaranteed_debt(of:party) | amount | | What a party and what it controls guarantee of the debts of others.
stake(of:party, in:party) | held | | The share that one party holds of another, directly and through others.
inflow(to:party, outside?:list) | total | | The cash that a party gets, from everybody or from outside some circles.
edges(parties?*:party) | table | | The edges of the graph of parties, with what each comes to.
"""

BUILTINS: Mapping[str, Builtin] = _table()
