"""The type of every expression, and where two things meet that do not go together.

An expression's type follows from its parts' types, and theirs from their parts': a recursion that goes through all
rules. It goes through data, not through imports. `types.py` holds what has been worked out and asks a table for the
rule of each class; a module of rules stands on it and fills a table of its own; `rules.py` alone knows the modules of
rules and hands their tables in. So each module imports only what is below it:

    check                                       a whole deal: acts and steps
    check_entries, outcomes                     a whole deal: named things; scenarios, checks and reports
    rules                                       a rule for every class of expression and of entry
    calls                                       calls: whose function it is
    own_calls, builtin_calls                    a deal's own functions; the language's
    entries, expressions, builtin_results       named things; literals, operators, lists; what functions give back
    named, call_problems                        what a name means; what is wrong with arguments
    types                                       what is known, and what rules ask: `infer`, `want`, `agree`
    memory, declared, operators, reading_order  types kept; stated types and units; operands; what reads what
    dispatch                                    tables of rules
"""
