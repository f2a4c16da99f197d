"""Diagnostics for machines: JSON, and SARIF 2.1.0 for editors and code-scanning services.

Both carry what the text carries. Columns count Unicode code points from 1; ends are exclusive.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import PurePath
from urllib.parse import quote

from ...engine.ir import Span
from .codes import Code
from .diagnostics import Diagnostic, Severity

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]

_LEVELS: Mapping[Severity, str] = {"error": "error", "warning": "warning", "remark": "note"}
"""What SARIF calls them."""

_SARIF_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def as_data(diagnostic: Diagnostic) -> dict[str, Json]:
    """One diagnostic as plain data: code, severity, message, file, line, column, end_line, end_column, label,
    others, help, notes; ``waived`` is the deal's reason to waive it, or null."""
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        **_place(diagnostic.span),
        "label": diagnostic.label,
        "others": [{**_place(other.span), "label": other.text} for other in diagnostic.others],
        "help": diagnostic.help,
        "notes": list(diagnostic.notes),
        "waived": diagnostic.waived or None,
    }


def as_json(diagnostics: Iterable[Diagnostic]) -> str:
    """``{"diagnostics": [...]}``, one object each."""
    content: dict[str, Json] = {"diagnostics": [as_data(diagnostic) for diagnostic in diagnostics]}
    return dumps(content)


def dumps(content: Json) -> str:
    """JSON text that any reader accepts: no NaN, and stray surrogates escaped rather than written."""
    text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def as_sarif(diagnostics: Iterable[Diagnostic], codes: Mapping[str, Code], version: str) -> str:
    """A SARIF 2.1.0 log of one run: a rule a code that occurs, with its page as help, and a result a diagnostic.

    The message of a result ends with its help and notes, for viewers that show nothing else; they stand apart in its
    properties as well.
    """
    found = tuple(diagnostics)
    order = {code: index for index, code in enumerate(sorted({diagnostic.code for diagnostic in found}))}
    severity = {diagnostic.code: diagnostic.severity for diagnostic in found}
    driver: dict[str, Json] = {
        "name": "Indenture",
        "version": version,
        "semanticVersion": version,
        "rules": [_rule(code, codes.get(code), severity[code]) for code in order],
    }
    run: dict[str, Json] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, order[diagnostic.code]) for diagnostic in found],
    }
    return dumps({"$schema": _SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})


def _place(span: Span) -> dict[str, Json]:
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }


def _rule(code: str, page: Code | None, severity: Severity) -> Json:
    title = page.title if page is not None else code
    rule: dict[str, Json] = {
        "id": code,
        "shortDescription": {"text": title},
        "defaultConfiguration": {"level": _LEVELS[severity]},
    }
    if page is not None:
        rule["fullDescription"] = {"text": page.explanation}
        rule["help"] = {"text": page.explanation, "markdown": page.page}
    return rule


def _result(diagnostic: Diagnostic, index: int) -> Json:
    parts = [diagnostic.message]
    if diagnostic.help is not None:
        parts.append(f"help: {diagnostic.help}")
    parts += [f"note: {note}" for note in diagnostic.notes]
    properties: dict[str, Json] = {"notes": list(diagnostic.notes)}
    if diagnostic.help is not None:
        properties["help"] = diagnostic.help
    result: dict[str, Json] = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": "\n".join(parts)},
        "locations": [_location(diagnostic.span, diagnostic.label, None)],
        "properties": properties,
    }
    if diagnostic.waived:
        result["suppressions"] = [{"kind": "inSource", "justification": diagnostic.waived}]
    if diagnostic.others:
        result["relatedLocations"] = [
            _location(other.span, other.text, number) for number, other in enumerate(diagnostic.others)
        ]
    return result


def _location(span: Span, label: str, number: int | None) -> Json:
    region: dict[str, Json] = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": max(span.end_line, span.line),
        "endColumn": span.end_column if span.end_line > span.line else max(span.end_column, span.column),
    }
    location: dict[str, Json] = {
        "physicalLocation": {"artifactLocation": {"uri": _uri(span.file)}, "region": region},
    }
    if number is not None:
        location["id"] = number
    if label:
        location["message"] = {"text": label}
    return location


def _uri(file: str) -> str:
    path = PurePath(file)
    if path.is_absolute():
        return path.as_uri()
    return quote(path.as_posix().encode("utf-8", "backslashreplace"), safe="/")
