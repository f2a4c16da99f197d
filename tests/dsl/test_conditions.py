"""What components require of their fields: said when the deal is read, for each instance and each row."""

from __future__ import annotations

from pathlib import Path

import indenture
import pytest
from indenture.dsl.messages.diagnostics import Diagnostic

HEAD = """
deal "D" { language = 1; currency = USD; closing = 2026-01-15; issuer = Borrower }
party Borrower, Lender
schedule payment = monthly on day 15 from 2026-02-15 to 2027-01-15, unadjusted
component layer {
  "A layer."
  attachment : fraction
  detachment : fraction = 100%
  size       : money = $1m
  speed      : series of fraction = 0%
  matures    : date = never
  require "Attachment lies below detachment" attachment < detachment because "It bears nothing."
  require "Size is not negative" size >= $0
  require "Speed is a share" speed >= 0 and speed <= 1
  require "Matures after closing" matures > closing
  define width = detachment - attachment
  state balance = size, then opening balance
}
component pair {
  low    : fraction
  middle : fraction
  layer first  { attachment = low; detachment = middle }
  layer second { attachment = middle; detachment = 100% }
}
account cash
receive $1m from Lender into cash on payment
waterfall w from cash on payment { pay rest to Lender }
"""


def refused(text: str, folder: Path | None = None, **settings: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(indenture.DealError) as found:
        indenture.compile(HEAD + text, folder=folder).with_settings(
            {"a." + name: value for name, value in settings.items()}
        )
    errors = tuple(one for one in found.value.diagnostics if one.severity == "error")
    assert {one.code for one in errors} == {"E0280"}
    return errors


def text_at(text: str, one: Diagnostic) -> str:
    return (HEAD + text).split("\n")[one.span.line - 1][one.span.column - 1 : one.span.end_column - 1]


def test_every_instance_is_held_to_every_condition() -> None:
    text = "layer a { attachment = 15%; detachment = 8% + 4% }\nlayer b { attachment = 0%; size = -$5 }\nlayer c { attachment = 0% }\nreport { a.width, b.width, c.width }"
    first, second = refused(text)
    assert "`a` breaks a condition of `layer`: Attachment lies below detachment" in first.message
    assert text_at(text, first) == "15%"
    assert [label.text for label in first.others] == ["`detachment` is stated here", "the condition"]
    assert first.notes == ("`detachment` is 0.12", "It bears nothing.")
    assert "`b`" in second.message
    assert text_at(text, second) == "-$5"


def test_one_field_can_break_two_conditions() -> None:
    text = "layer a { attachment = 15%; detachment = 12%; size = -$1 }\nreport { a.width }"
    assert len(refused(text)) == 2


def test_a_default_may_break_it() -> None:
    text = "layer a { attachment = 150% }\nreport { a.width }"
    (one,) = refused(text)
    assert text_at(text, one) == "150%"


def test_a_field_that_is_passed_on_is_shown_where_it_is_stated() -> None:
    text = "pair p { low = 60%; middle = 30% }\nreport { p.first.width, p.second.width }"
    (one,) = refused(text)
    assert "`p.first`" in one.message
    assert text_at(text, one) == "60%"


def test_a_date_is_compared_with_closing() -> None:
    text = "layer a { attachment = 0%; matures = 2026-01-15 }\nreport { a.width }"
    (one,) = refused(text)
    assert text_at(text, one) == "2026-01-15"


def test_a_value_set_for_one_run_is_held_to_it() -> None:
    (one,) = refused("layer a { attachment = 0% }\nreport { a.width }", detachment="-1%")
    assert one.span.file == "<set a.detachment>"


TAPE = "id,attachment,detachment,size\nA,1%,2%,100\nB,3%,2%,100\nC,4%,4.5%,-1\n"


def test_each_row_of_a_tape_is_held_to_it(tmp_path: Path) -> None:
    (tmp_path / "layers.csv").write_text(TAPE, encoding="utf-8")
    first, second = refused('layer a each row in "layers.csv"\nreport { sum(a.width) }', tmp_path)
    assert first.message.startswith("layers.csv, row 3, column 2: `B` of `a` breaks")
    assert (first.span.file, first.span.line, first.span.column) == ("layers.csv", 3, 3)
    assert second.message.startswith("layers.csv, row 4, column 4: `C` of `a`")


def test_a_field_stated_for_every_row_is_shown_in_the_deal(tmp_path: Path) -> None:
    (tmp_path / "layers.csv").write_text("id,attachment\nA,1%\nB,30%\n", encoding="utf-8")
    text = 'layer a each row in "layers.csv" { detachment = 10% }\nreport { sum(a.width) }'
    (one,) = refused(text, tmp_path)
    assert one.message.startswith("layers.csv, row 3, column 2: `B`")
    assert [label.text for label in one.others] == ["`detachment` is stated here", "the condition"]
    text = 'layer a each row in "layers.csv" { size = -$1 }\nreport { sum(a.width) }'
    (one,) = refused(text, tmp_path)
    assert text_at(text, one) == "-$1"


def test_of_many_rows_the_first_are_said_and_the_rest_counted(tmp_path: Path) -> None:
    rows = "".join(f"L{number},50%,{40 if number % 2 else 60}%\n" for number in range(100))
    (tmp_path / "layers.csv").write_text("id,attachment,detachment\n" + rows, encoding="utf-8")
    found = refused('layer a each row in "layers.csv"\nreport { sum(a.width) }', tmp_path)
    assert len(found) == 20
    assert "30 more rows of `a` break this condition" in found[-1].notes


def test_what_a_scenario_changes_is_checked_in_the_run() -> None:
    text = 'layer a { attachment = 10% }\nreport { a.width }\nscenario "Wide" { a.attachment = 5% }\nscenario "None" { a.attachment = 100% }'
    result = indenture.compile(HEAD + text).run()
    (check,) = [one for one in result.checks if not one.passed]
    assert check.name == "a: Attachment lies below detachment"
    assert check.holds.tolist() == [True, True, False]


def test_what_a_scenario_changes_is_still_held_as_written() -> None:
    refused('layer a { attachment = 100% }\nreport { a.width }\nscenario "Wide" { a.attachment = 5% }')


def test_what_is_drawn_is_checked_on_every_path() -> None:
    text = "layer a { attachment = 10%; detachment = 50% }\nreport { a.width }\nsimulate { a.attachment drawn from uniform(low = 0%, high = 100%) }"
    result = indenture.compile(HEAD + text).run(paths=500)
    (check,) = [one for one in result.checks if not one.passed]
    assert 150 < int((~check.holds).sum()) < 350


def test_a_series_is_checked_date_by_date(tmp_path: Path) -> None:
    (tmp_path / "layers.csv").write_text("id,attachment\nA,1%\nB,30%\n", encoding="utf-8")
    series = "speed = if date >= 2026-06-15 then 110% else 0%"
    text = f'layer a {{ attachment = 0%; {series} }}\nlayer b each row in "layers.csv" {{ {series} }}\nreport {{ a.width, sum(b.width) }}'
    result = indenture.compile(HEAD + text, folder=tmp_path).run()
    wrong = [one for one in result.checks if not one.passed]
    assert [one.name for one in wrong] == ["a: Speed is a share", "b: Speed is a share"]
    assert {str(one.first_date(0)) for one in wrong} == {"2026-06-15"}


def test_what_reads_the_course_of_the_deal_is_a_check_like_any_other() -> None:
    component = 'component watched { limit : money\n require "Cash stays below the limit" cash.balance <= limit }\n'
    result = indenture.compile(
        HEAD
        + component
        + "watched w1 { limit = $2m }\nwatched w2 { limit = -$1 }\nlayer a { attachment = 0% }\nreport { a.width }"
    ).run()
    codes = {one.name: (one.check.code, one.passed) for one in result.checks}
    assert codes["w1: Cash stays below the limit"] == ("require", True)
    assert codes["w2: Cash stays below the limit"] == ("require", False)


def test_a_field_that_a_condition_alone_reads_may_be_changed() -> None:
    """It is read, so that to set it reaches something, though it is settled before the run and breaks nothing."""
    deal = indenture.compile(HEAD + "layer a { attachment = 3% }\nreport { a.size }")
    assert not deal.with_settings({"a.detachment": "50%"}).run().checks


def test_what_breaks_a_condition_of_two_tapes_is_counted_in_each(tmp_path: Path) -> None:
    (tmp_path / "few.csv").write_text("id,attachment,size\nA,1%,5\n", encoding="utf-8")
    (tmp_path / "many.csv").write_text("id,attachment,size\nB,1%,5\nC,3%,6\nD,5%,7\nE,8%,-8\n", encoding="utf-8")
    text = 'layer a each row in "few.csv"\nlayer b each row in "many.csv"\nreport { sum(a.width), sum(b.width) }'
    (one,) = refused(text, tmp_path)
    assert one.message.startswith("many.csv, row 5, column 3: `E` of `b` breaks")


def test_fields_that_a_definition_reads_are_shown_in_the_order_in_which_it_reads_them() -> None:
    component = (
        'component gap { low : fraction\n high : fraction\n define width = high - low\n require "Open" width > 0% }\n'
    )
    text = component + "gap a { low = 5%; high = 3% }\nreport { a.width }"
    (one,) = refused(text)
    assert text_at(text, one) == "3%"
    assert [label.text for label in one.others] == ["`low` is stated here", "the condition"]


def test_a_value_that_breaks_a_condition_of_every_row_is_said_once_of_them_all(tmp_path: Path) -> None:
    (tmp_path / "layers.csv").write_text("id,attachment\nA,1%\nB,30%\n", encoding="utf-8")
    (one,) = refused('layer a each row in "layers.csv" { size = -$1 }\nreport { sum(a.width) }', tmp_path)
    assert one.message == "`a` breaks a condition of `layer`: Size is not negative"


def test_a_row_that_a_value_set_for_one_run_breaks_is_shown_in_its_csv_first(tmp_path: Path) -> None:
    (tmp_path / "layers.csv").write_text("id,detachment\nA,10%\nB,30%\n", encoding="utf-8")
    text = 'layer a each row in "layers.csv" { attachment = 5% }\nreport { sum(a.width) }'
    (one,) = refused(text, tmp_path, attachment="20%")
    assert one.message.startswith("layers.csv, row 2, column 2: `A` of `a` breaks")
    assert (one.span.file, one.span.line) == ("layers.csv", 2)
    assert [label.span.file for label in one.others] == ["<set a.attachment>", "<text>"]


def test_a_row_that_a_formula_over_a_column_breaks_is_shown_at_the_formula(tmp_path: Path) -> None:
    component = (
        "component halved { low : fraction\n layer inner { attachment = low * 2; detachment = 50% }\n}\n"
        'halved p each row in "layers.csv"\nreport { sum(p.inner.width) }'
    )
    (tmp_path / "layers.csv").write_text("id,low\nA,10%\nB,30%\n", encoding="utf-8")
    (one,) = refused(component, tmp_path)
    assert one.message == "`B` of `p` breaks a condition of `layer`: Attachment lies below detachment"
    assert text_at(component, one) == "low * 2"
    assert one.notes == ("`attachment` is 0.6", "It bears nothing.")


def test_what_a_scenario_of_another_structure_breaks_is_shown_by_the_run() -> None:
    component = """
    component watch {
      tests : count = 2
      require "Few" tests <= 3
      trigger stop on payment when $2 > $1 for tests tests
    }
    watch a
    report { "tests" = count(a.stop on payment) }
    """
    text = HEAD + component + 'scenario "many" { a.tests = 4 }\nscenario "some" { a.tests = 3 }\n'
    result = indenture.compile(text).run()
    # Twelve dates, and the trigger holds from the test of that number on.
    assert result["tests"].to_json() == [11, 9, 10]
    (check,) = result.checks
    assert (check.name, check.holds.tolist()) == ("a: Few", [True, False, True])
    refused(text.removeprefix(HEAD).replace("watch a", "watch a { tests = 5 }"))
