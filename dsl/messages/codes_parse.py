"""The codes of what is wrong with a text's form (E0101 to E0199): each with its title and what it means."""

from __future__ import annotations

CODES: dict[str, tuple[str, str]] = {
    "E0101": (
        "a character without a meaning",
        "The text holds a character that the language does not use, often one that a word processor put in: a long "
        "dash for a minus, a multiplication sign for `*`. Names use the letters a to z, digits and `_`. Comments begin "
        "with `--`. Inside quotation marks and comments any character may stand.",
    ),
    "E0102": (
        "a word or sign that does not fit",
        "Something stands where the language has no place for it. The message lists what would fit there.",
    ),
    "E0103": (
        "a bracket or brace without its partner",
        "Every `(`, `[` and `{` is closed by its own `)`, `]` or `}`. The message shows where the bracket opens and "
        "the last place at which it can be closed: the next line already begins something new.",
    ),
    "E0104": (
        "a text without its closing quotation mark",
        'A text stands between `"` and `"` on one line. There is no way to write a quotation mark inside a text.',
    ),
    "E0105": ("a number that is too long", "A number has at most 400 digits. No figure of a deal has as many."),
    "E0106": (
        "a date that does not exist",
        "A date is written year-month-day, with two digits for month and day: `2026-01-15`. The calendar has no such "
        "day (30 February), or the parts stand in another order.",
    ),
    "E0107": (
        "a year out of range",
        "Dates lie between 1901 and 2199. What never happens is written `never`, not as a date far away.",
    ),
    "E0108": (
        "too deep a nest",
        "Brackets, blocks and operators inside one another may be 200 levels deep. Name parts of the expression.",
    ),
    "E0109": (
        "too large a file",
        "A deal's text may have 10 MB and 100,000 words and signs (about 8,000 lines). Data, such as a loan tape or a "
        "curve, belongs in a CSV beside the deal.",
    ),
    "E0110": (
        "not UTF-8",
        "A deal is UTF-8 text. The file holds a byte that is not, as a file saved in an older encoding does.",
    ),
    "E0111": ("a control character", "The text holds a NUL or another control character, which no editor shows."),
    "E0112": (
        "a character that changes the direction of writing",
        "Such a character can make a line look different from what is computed, so none is accepted, not even in a "
        "comment or a text.",
    ),
    "E0113": (
        "a word of the language as a name",
        "Words such as `pay`, `to` or `until` have a meaning of their own wherever they stand, so nothing can be "
        "called by them. Words that open an item (`index`, `term`, `claim`) and words such as `closing` and `rest` "
        "may be names.",
    ),
    "E0114": (
        "two things on one line without `;`",
        "A field, a step and an item end with their line, or with `;`. Two on a line need a `;` between them.",
    ),
    "E0115": (
        "a day count written with spaces",
        "A day count is written tight: `30/360`, `actual/365`. With spaces around it, `/` divides.",
    ),
    "E0116": (
        "an argument without a name after one with a name",
        "Arguments without a name are told apart by their place, so they come first.",
    ),
    "E0117": (
        "something said twice",
        "A field, an argument, an override or a part of an item is given twice, and only one of them could hold.",
    ),
    "E0118": (
        "an expression with too many terms",
        "An expression may be 200 operations deep, and a sum of 200 terms is. Name parts of it, or put the terms into "
        "a `group` or the rows of a family and write `sum(...)`.",
    ),
    "E0119": (
        "`=` in a condition",
        '`=` gives something its value. A condition compares with `is` and `is not`: `if rating is "CCC" then ...`.',
    ),
    "E0120": (
        "an amount or a percentage misspelt",
        "A currency stands before its amount (`$5m`, `EUR 5m`), thousands are parted by `_`, the suffixes are `k`, `m` "
        "and `bn`, and a percent sign follows its number at once.",
    ),
    "E0121": (
        "`per` or its unit is missing",
        "A price says what it is per, in one word: `$2.35 per GPU-hour`, `45% per year`.",
    ),
    "E0122": (
        "quotation marks are missing or typographic",
        "Texts stand between straight quotation marks: a deal's title, the label of a waterfall's line, a citation.",
    ),
    "E0123": (
        "a number that runs into letters",
        "A number and its unit are parted by a space (`6 years`); only `%`, `x` and `bp`, and the `k`, `m` and `bn` of "
        "money, follow at once. Numbers are written out: there is no `1e6`.",
    ),
    "E0124": (
        "`at opening` outside a state's sum",
        "A state's movements may say when they move: `state drawn = $0, then opening drawn + advance at opening`. It "
        "goes with one plus or minus term, not with a part of one.",
    ),
    "E0125": (
        "a label or description out of place",
        "A label opens a line of a waterfall and is followed by its steps. A component's description is the first "
        "thing in its braces.",
    ),
    "E0126": (
        "a step that is not complete",
        "A step says what is done, and to whom: `pay senior.interest`, `pay rest to Sponsor`, `pay $5m to Sponsor`.",
    ),
    "E0127": (
        "shares of a pro rata group",
        "Either every member of a pro rata group states its share or none does, and there is at least one member.",
    ),
    "E0128": (
        "an entry that this block does not take",
        "An instance sets its own fields (`size = $5m`). Only `simulate` and scenarios draw and override, and only an "
        "account's `opens` says from whom money comes.",
    ),
    "E0129": (
        "a schedule is missing, or one too many",
        "A claim falls due, and a flow arises, on the dates of a schedule: `claim fee to Agent on payment = ...`. A "
        "`term` or `let` is fixed when the deal is read and has no dates.",
    ),
    "E0130": (
        "a schedule's words",
        "A schedule says how often (`monthly`, `quarterly`, `semiannually`, `annually`, `weekly`, `every 2 weeks`), on "
        'which day, from when to when, and how dates move: `following`, `unadjusted`, `calendar "US settlement"`.',
    ),
    "E0131": (
        "`for n tests` after `or` or `and`",
        "It is not clear whether `for 3 tests` goes with both conditions or with the last. Brackets around the whole "
        "condition say both; a trigger of its own says the last.",
    ),
    "E0132": ("a trigger that does not say when it fires", "A trigger has a condition: `trigger x when ...`."),
    "E0133": (
        "an expected figure misspelt",
        "`expect x is y within z` compares a figure; a table has one row a name and one figure a value of the ranged "
        "term, the same number in each row.",
    ),
    "E0135": (
        "a line that ends too early",
        "A value, a name or a word is missing at the line's end. A line goes on in the next one after an operator, a "
        "comma, an open bracket or a word that needs something after it.",
    ),
    "E0136": (
        "an operator is missing",
        "Two values stand side by side. Names are one word (`net_cost`), products have a `*`.",
    ),
    "E0138": ("a chain of comparisons", "Write `a <= b and b <= c`: each comparison has two sides."),
    "E0139": (
        "an `if` without `else`",
        "A value must be something in every case, so `if ... then ...` says what it is otherwise.",
    ),
    "E0140": (
        "a value that belongs to nothing",
        "A line `x = ...` of its own does not say what x is: `define` (one value a date), `term` (fixed), `index`, "
        "`flow`, or a field inside an item's braces. A field of a component states its type.",
    ),
    "E0141": ("a word of the language with a capital", "Words of the language are written small: `define`, `pay`."),
    "E0142": ("a comma between fields or steps", "Fields and steps are parted by `;` or by the end of the line."),
}
