"""What the parser did not expect, told in the words of the field: one code for each mistake that people make."""

from __future__ import annotations

from collections.abc import Callable

from ..messages.diagnostics import Collector
from .expected import fitting, listed, shown
from .mistakes_of_lines import (
    capital,
    comma_between_fields,
    draw_alone,
    misspelt_word,
    needs_text,
    receives_several,
    reserved,
    reserved_name,
    two_on_a_line,
    undefined_assignment,
    unquoted_label,
)
from .mistakes_of_values import (
    chained,
    ends_early,
    equals_for_is,
    missing_operator,
    moment_of_nothing,
    money_without_per,
    no_else,
    number_alone,
    per_without_unit,
    percent_of,
    share_in,
)
from .nesting import Word
from .parse_place import Place


def explain(collector: Collector, word: Word, accepted: set[str], words: list[Word], index: int) -> None:
    """Report the token at ``index``; ``accepted`` are the terminals that would have fitted."""
    place = Place(collector, word, accepted, words, index)
    for mistake in MISTAKES:
        if mistake(place):
            return
    generic(place)


def generic(place: Place) -> bool:
    fits = fitting(place.accepted)
    label = f"expected {listed(fits)}" if 0 < len(fits) <= 5 else ""
    notes = (f"what fits here: {listed(fits)}",) if len(fits) > 5 else ()
    return place.say("E0102", f"{shown(place.word)} does not fit here", label, notes=notes)


MISTAKES: tuple[Callable[[Place], bool], ...] = (
    reserved_name,
    equals_for_is,
    needs_text,
    per_without_unit,
    unquoted_label,
    capital,
    comma_between_fields,
    two_on_a_line,
    undefined_assignment,
    moment_of_nothing,
    receives_several,
    draw_alone,
    number_alone,
    share_in,
    misspelt_word,
    money_without_per,
    percent_of,
    chained,
    no_else,
    ends_early,
    missing_operator,
    reserved,
)
