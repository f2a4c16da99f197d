"""`date`, `closing` and `rest` have values of their own: where a thing is wanted, each is a diagnostic."""

from __future__ import annotations

import pytest

from .deals import codes

TEXT = """
account cash
account spare
receive $10 from Customer into cash on payment
term level = $3
claim fee to Bank on payment = level lapses
component slice {{
  "A slice."
  size : money
  reduction loss of balance
  state balance = size, then opening balance
}}
slice first {{ size = $9 }}
{before}
waterfall main from cash on payment {{ {steps}; pay fee; move all of spare to cash; pay rest to Sponsor }}
"""


@pytest.mark.parametrize("word", ["date", "closing", "rest"])
@pytest.mark.parametrize(
    ("before", "steps"),
    [
        ("", "keep the rest in {}"),
        ("", "pay {}"),
        ("", "pay fee, then from {}"),
        ("", "move $1 of cash to {}"),
        ("", "test {}"),
        ("", "record {}"),
        ("", "pay $1 to {}"),
        ("", "fill {}"),
        ("", "pay pro rata {{ fee, {} }}"),
        ("claim other to {} on payment = $1 lapses", "pay other"),
        ("claim other to Bank on {} = $1 lapses", "pay fee"),
        ("receive fee into {}", "pay fee"),
        ("allocate losses $1 on payment to {}", "pay fee"),
        ("reduce $1 on payment {{ pay {} }}", "pay fee"),
        ("settle {} on payment", "pay fee"),
        ("waterfall second from {} on payment {{ pay rest to Bank }}", "pay fee"),
        ('scenario "s" {{ {} = $1 }}', "pay fee"),
        ("scenarios over {} = [$1, $2]", "pay fee"),
        ("simulate {{ paths = 2; {} drawn from normal(mean = $1, deviation = $1) }}", "pay fee"),
    ],
)
def test_a_word_where_a_thing_is_wanted_is_a_diagnostic(word: str, before: str, steps: str) -> None:
    text = TEXT.format(before=before.format(word), steps=steps.format(word))
    if word == "closing" and "on closing" in text:
        text = text.replace("pay fee;", "pay fee; pay other;", 1)
        assert codes(text) == []
        return
    assert codes(text)
