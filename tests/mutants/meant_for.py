"""The tests that are meant for each module: a fault planted in the module counts as caught by these and by no others.

A row a module of `dsl/lowering/` and `engine/` that has a function; the files lie below `tests/`. A module without a
row, a row without its module and a file that is not there make `tests/mutants/test_mutants.py` fail.
"""

from __future__ import annotations

from .meant_for_engine import ENGINE, STRUCTURES, Files

SENTENCES = ("dsl/test_semantics.py", "dsl/test_semantics_of_the_day.py", "dsl/test_regressions.py")
"""The contract of the language, sentence by sentence."""

BY_HAND = (
    "dsl/test_steps_by_hand.py",
    "dsl/test_triggers_by_hand.py",
    "dsl/test_claims_by_hand.py",
    "dsl/test_acts_by_hand.py",
    "dsl/test_mistakes_of_the_day.py",
    "dsl/test_steps_short_and_ample.py",
    "dsl/test_dates_of_triggers.py",
    "dsl/test_opening_moves.py",
    "dsl/test_up_to.py",
)
"""The day on deals small enough to work by hand, at the edges of what each step, trigger and claim says."""

GENERATED = ("properties/test_properties.py", "properties/test_agreement.py")
"""Generated deals, held to what the contract promises of every deal."""

INTERPRETED = ("interpreter/test_generated.py",)
"""Generated deals, held to an interpreter that shares nothing with the lowering."""

BOOKS = (
    "examples/test_campus_bond.py",
    "examples/test_gpu_ddtl.py",
    "examples/test_gpu_spv.py",
    "examples/test_contracts_end_first.py",
    "examples/test_clo.py",
    "examples/test_auto_abs.py",
)
"""Examples against books kept apart from the product."""

DEBT = (
    "library/test_debt.py",
    "library/test_debt_components.py",
    "library/test_fees.py",
    "library/test_reserves.py",
    "library/test_late_interest.py",
)
SECURITISED = ("library/test_clo.py", "library/test_securitisation.py", "library/test_pools.py")
POOLS = (
    "library/test_pools.py",
    "library/test_pools_exact.py",
    "library/test_pools_standard.py",
    "library/test_pool_tapes.py",
)
TAPES = ("dsl/test_tapes.py", "dsl/test_tables.py", "dsl/test_family_overrides.py", "library/test_pool_tapes.py")
COMPUTE = ("library/test_compute.py", "library/test_compute_laws.py", "library/test_unusual_terms.py")
SCHEDULES = ("dsl/test_schedules.py", "dsl/test_timeline.py", "dsl/test_closing_dates.py", "dsl/test_within.py")
GATHERED = ("dsl/test_parts_of_schedules.py", "dsl/test_levels_and_amounts.py")
STUBS = ("dsl/test_cut_periods.py", "library/test_stubs.py")
DUST = ("dsl/test_dust.py", "dsl/test_amounts_by_hand.py", "properties/test_formulas.py", "properties/test_edges.py")
WINDOWS = (
    "dsl/test_windows_by_hand.py",
    "dsl/test_vintages.py",
    "dsl/test_projected.py",
    "library/test_compute_laws.py",
    *GATHERED,
    *SENTENCES,
)
MEASURES = (
    "dsl/test_measures_by_hand.py",
    "dsl/test_measures.py",
    "library/test_amortisation.py",
    "library/test_published_cmo.py",
)
BONDS = (
    "dsl/test_bonds_by_hand.py",
    "library/test_bonds_quantlib.py",
    "library/test_bonds_thirty.py",
    "library/test_treasury_appendix_b.py",
    "library/test_debt_components.py",
    "dsl/test_measures.py",
)
CURVES = ("dsl/test_curves_by_hand.py", "dsl/test_curves.py", "dsl/test_curve_mistakes.py", "library/test_credit.py")
PORTFOLIO = ("dsl/test_portfolio.py", "library/test_credit.py", "examples/test_risk_transfer.py")
GRAPH = ("dsl/test_graph_by_hand.py", "dsl/test_graph.py", "dsl/test_graph_defaults.py", "examples/test_circle.py")
DRAWS = ("dsl/test_draws.py", "dsl/test_joined.py")
CHECKS = ("dsl/test_checks_by_hand.py", "dsl/test_structures.py", "dsl/test_structures_of_ranges.py")
ASKED = ("dsl/test_api.py", "dsl/test_conditions.py", "dsl/test_statistics.py", "dsl/test_check_names.py")

DAY = (*SENTENCES, *BY_HAND, "dsl/test_step_caps.py", *DEBT, *SECURITISED, *BOOKS, *GENERATED, *INTERPRETED)
NAMED = ("dsl/test_figures_by_hand.py", "dsl/test_layers_by_hand.py")
"""What a name comes to, and what scenarios lay over it."""

FIGURES = (*SENTENCES, *NAMED, *BY_HAND, *GATHERED, *DEBT, *COMPUTE, *SECURITISED, *BOOKS, *GENERATED, *INTERPRETED)

MEANT: dict[str, Files] = {
    "dsl/lowering/building/amounts.py": (*DUST, *SENTENCES, *GENERATED),
    "dsl/lowering/building/builder.py": (
        "dsl/test_identities.py",
        "engine/test_rewrites.py",
        *SENTENCES,
        *GENERATED,
    ),
    "dsl/lowering/building/circles.py": (*DUST, *SENTENCES, *GENERATED),
    "dsl/lowering/building/dust.py": (*DUST, *BY_HAND, *SENTENCES, *GENERATED),
    "dsl/lowering/building/evaluate.py": (
        "dsl/test_identities.py",
        "dsl/test_conditions.py",
        "dsl/test_context_by_hand.py",
        *SENTENCES,
        *SCHEDULES,
    ),
    "dsl/lowering/building/order.py": ("dsl/test_identities.py", *SENTENCES, *GENERATED),
    "dsl/lowering/building/rounding.py": (*DUST, *SENTENCES, *GENERATED),
    "dsl/lowering/context/checks.py": (
        "dsl/test_context_by_hand.py",
        *DRAWS,
        "dsl/test_portfolio.py",
        *SENTENCES,
        *GRAPH,
    ),
    "dsl/lowering/context/day.py": DAY,
    "dsl/lowering/context/dispatch.py": (
        "dsl/test_lowering_rules.py",
        "dsl/test_lists.py",
        "dsl/test_context_by_hand.py",
        *SENTENCES,
        *ASKED,
    ),
    "dsl/lowering/context/keys.py": (*SENTENCES, *BY_HAND),
    "dsl/lowering/context/lowering.py": (
        "dsl/test_context_by_hand.py",
        *SENTENCES,
        "dsl/test_family_overrides.py",
        *ASKED,
        *GENERATED,
    ),
    "dsl/lowering/context/memory.py": (*SENTENCES, *GENERATED),
    "dsl/lowering/context/moments.py": ("dsl/test_context_by_hand.py", *WINDOWS, "dsl/test_conditions.py"),
    "dsl/lowering/context/named.py": (
        "dsl/test_context_by_hand.py",
        "dsl/test_triggers_by_hand.py",
        "dsl/test_check_names.py",
        "dsl/test_first_user.py",
        *SENTENCES,
        *GRAPH,
    ),
    "dsl/lowering/context/product.py": (*SENTENCES, *ASKED),
    "dsl/lowering/context/structure.py": (
        *STRUCTURES,
        "dsl/test_structures_of_ranges.py",
        "dsl/test_context_by_hand.py",
        *ASKED,
    ),
    "dsl/lowering/context/subjects.py": (*SENTENCES, "dsl/test_projected.py"),
    "dsl/lowering/context/trail.py": ("dsl/test_context_by_hand.py", *SENTENCES, "dsl/test_conditions.py"),
    "dsl/lowering/context/values.py": ("dsl/test_lists.py", "dsl/test_words_out_of_place.py", *SENTENCES, *CURVES),
    "dsl/lowering/credit/contracts.py": CURVES,
    "dsl/lowering/credit/curve_calls.py": CURVES,
    "dsl/lowering/credit/curve_checks.py": CURVES,
    "dsl/lowering/credit/curve_entries.py": CURVES,
    "dsl/lowering/credit/curves.py": CURVES,
    "dsl/lowering/credit/points.py": CURVES,
    "dsl/lowering/credit/portfolio.py": PORTFOLIO,
    "dsl/lowering/day/acts.py": (*DAY, "dsl/test_graph_defaults.py", "library/test_credit.py", "library/test_bank.py"),
    "dsl/lowering/day/balances.py": DAY,
    "dsl/lowering/day/bounds.py": (*DAY, "dsl/test_structures.py"),
    "dsl/lowering/day/cash.py": DAY,
    "dsl/lowering/day/closing.py": DAY,
    "dsl/lowering/day/cure.py": ("dsl/test_step_caps.py", *BY_HAND, "library/test_clo.py", *SENTENCES, *GENERATED),
    "dsl/lowering/day/day.py": (*DAY, "dsl/test_figures_by_hand.py"),
    "dsl/lowering/day/opening.py": DAY,
    "dsl/lowering/day/pro_rata.py": (
        "dsl/test_fill_pro_rata.py",
        "dsl/test_pro_rata_limits.py",
        "dsl/test_groups_of_claims.py",
        *DAY,
    ),
    "dsl/lowering/day/standing.py": ("dsl/test_steps_say_what_they_are.py", "dsl/test_lowering_rules.py", *DAY),
    "dsl/lowering/day/steps.py": ("dsl/test_fill_pro_rata.py", "dsl/test_groups_of_claims.py", *DAY),
    "dsl/lowering/day/survey.py": ("dsl/test_groups_of_claims.py", "dsl/test_pro_rata_limits.py", *DAY),
    "dsl/lowering/day/triggers.py": DAY,
    "dsl/lowering/day/waterfalls.py": DAY,
    "dsl/lowering/expressions/calls.py": (
        "dsl/test_expressions_by_hand.py",
        "dsl/test_constants.py",
        *WINDOWS,
        "dsl/test_vectors.py",
        "dsl/test_statistics.py",
        *COMPUTE,
    ),
    "dsl/lowering/expressions/dated.py": (
        "dsl/test_expressions_by_hand.py",
        *STUBS,
        "dsl/test_constants.py",
        *GATHERED,
        *SCHEDULES,
        *SENTENCES,
        *COMPUTE,
        "library/test_leases.py",
    ),
    "dsl/lowering/expressions/lists.py": ("dsl/test_lists.py", "dsl/test_vectors.py", "library/test_pool_tapes.py"),
    "dsl/lowering/expressions/observed.py": ("dsl/test_alerts.py", "examples/test_watch_list.py"),
    "dsl/lowering/expressions/operators.py": (
        "dsl/test_expressions_by_hand.py",
        "dsl/test_dust.py",
        "dsl/test_constants.py",
        *GATHERED,
        *SENTENCES,
        "dsl/test_lists.py",
        *SCHEDULES,
        *DEBT,
        *GENERATED,
    ),
    "dsl/lowering/expressions/projections.py": (
        "dsl/test_windows_by_hand.py",
        "dsl/test_projected.py",
        *SENTENCES,
        "examples/test_gpu_ddtl.py",
    ),
    "dsl/lowering/expressions/repayment_schedules.py": ("dsl/test_schedules_functions.py", *MEASURES, *DEBT),
    "dsl/lowering/expressions/series_from_csv.py": (
        "dsl/test_tabled.py",
        "dsl/test_vectors.py",
        "examples/test_watch_list.py",
    ),
    "dsl/lowering/expressions/tables_in_text.py": ("dsl/test_vintages.py", "dsl/test_tabled.py", *COMPUTE),
    "dsl/lowering/expressions/under_conditions.py": (
        "dsl/test_expressions_by_hand.py",
        *SENTENCES,
        "dsl/test_measures.py",
        *DEBT,
    ),
    "dsl/lowering/expressions/vintages.py": (
        "dsl/test_windows_by_hand.py",
        "dsl/test_vintages.py",
        "dsl/test_vectors.py",
        *POOLS,
    ),
    "dsl/lowering/expressions/windows.py": WINDOWS,
    "dsl/lowering/figures/accrual.py": (
        *SENTENCES,
        *STUBS,
        *GATHERED,
        "dsl/test_timeline.py",
        "dsl/test_within.py",
        "dsl/test_own_day_counts.py",
        "dsl/test_figures_by_hand.py",
        *DEBT,
        *BOOKS,
    ),
    "dsl/lowering/figures/ages.py": ("dsl/test_vintages.py", "dsl/test_vectors.py", "library/test_pool_tapes.py"),
    "dsl/lowering/figures/claims.py": FIGURES,
    "dsl/lowering/figures/cut_periods.py": (*STUBS, *SENTENCES, "library/test_leases.py", "library/test_hedges.py"),
    "dsl/lowering/figures/flows.py": (*FIGURES, "dsl/test_vintages.py", "dsl/test_accounts_before_closing.py"),
    "dsl/lowering/figures/inputs.py": (
        "dsl/test_figures_by_hand.py",
        "dsl/test_cli_figures.py",
        "engine/test_run.py",
        *TAPES,
        *SENTENCES,
    ),
    "dsl/lowering/figures/of_the_day.py": (*FIGURES, "dsl/test_overrides.py"),
    "dsl/lowering/figures/overrides.py": (
        "dsl/test_family_overrides.py",
        "dsl/test_overrides.py",
        "dsl/test_layers_by_hand.py",
        "dsl/test_projected.py",
        *ASKED,
        *SENTENCES,
    ),
    "dsl/lowering/figures/party_figures.py": (
        "dsl/test_figures_by_hand.py",
        *GRAPH,
        "library/test_credit.py",
        *SENTENCES,
    ),
    "dsl/lowering/figures/reading.py": (
        *FIGURES,
        "dsl/test_closing_dates.py",
        "dsl/test_accounts_before_closing.py",
    ),
    "dsl/lowering/known/arising.py": (
        "dsl/test_arising_by_hand.py",
        *GATHERED,
        "dsl/test_constants.py",
        *SENTENCES,
        *COMPUTE,
        *INTERPRETED,
    ),
    "dsl/lowering/known/beside.py": (
        "dsl/test_beside_by_hand.py",
        "dsl/test_tabled.py",
        "dsl/test_tables.py",
        "dsl/test_tapes.py",
    ),
    "dsl/lowering/known/clocks_and_day_counts.py": (
        "dsl/test_known_by_hand.py",
        "dsl/test_schedules.py",
        *STUBS,
        "dsl/test_daycount.py",
        *SENTENCES,
    ),
    "dsl/lowering/known/compounding.py": (
        "dsl/test_known_by_hand.py",
        "library/test_bonds_quantlib.py",
        "dsl/test_measures.py",
        *CURVES,
    ),
    "dsl/lowering/known/fixed.py": (
        "dsl/test_known_by_hand.py",
        "dsl/test_structures.py",
        *SCHEDULES,
        *SENTENCES,
        "dsl/test_vintages.py",
    ),
    "dsl/lowering/known/reaching_cash.py": ("dsl/test_reaching_cash_by_hand.py", *DAY),
    "dsl/lowering/known/schedules.py": ("dsl/test_known_by_hand.py", "dsl/test_structures.py", *SCHEDULES, *SENTENCES),
    "dsl/lowering/known/windows.py": ("dsl/test_known_by_hand.py", *WINDOWS),
    "dsl/lowering/measures/bond_clocks.py": BONDS,
    "dsl/lowering/measures/bonds.py": BONDS,
    "dsl/lowering/measures/instruments.py": (*MEASURES, *DEBT, "library/test_clo.py", *BOOKS),
    "dsl/lowering/measures/measures.py": (*MEASURES, "dsl/test_statistics.py", *SENTENCES, *BOOKS),
    "dsl/lowering/measures/metric.py": MEASURES,
    "dsl/lowering/measures/statistics.py": ("dsl/test_statistics.py", "dsl/test_cli_figures.py"),
    "dsl/lowering/measures/things.py": ("dsl/test_groups_of_claims.py", *MEASURES),
    "dsl/lowering/parties/circles.py": GRAPH,
    "dsl/lowering/parties/figures.py": GRAPH,
    "dsl/lowering/parties/functions.py": (*GRAPH, "library/test_bank.py"),
    "dsl/lowering/parties/losses.py": (*GRAPH, "examples/test_loan_package.py"),
    "dsl/lowering/parties/stakes.py": GRAPH,
    "dsl/lowering/projection_cycles.py": ("dsl/test_projected.py", *SENTENCES),
    "dsl/lowering/reports/asked.py": (*CHECKS, *ASKED),
    "dsl/lowering/reports/component_conditions.py": ("dsl/test_conditions.py", *DEBT),
    "dsl/lowering/reports/expectations.py": (*CHECKS, *ASKED, "dsl/test_cli_figures.py", *SENTENCES, *BOOKS),
    "dsl/lowering/reports/keepable.py": (*ASKED, *SENTENCES),
    "dsl/lowering/reports/outputs.py": (*CHECKS, "dsl/test_alerts.py", *ASKED, "dsl/test_cli_figures.py", *SENTENCES),
    "dsl/lowering/rules.py": ("dsl/test_lowering_rules.py",),
    "dsl/lowering/scenarios/distributions.py": DRAWS,
    "dsl/lowering/scenarios/draw_formulas.py": DRAWS,
    "dsl/lowering/scenarios/draws.py": (*DRAWS, "examples/test_open_model_shock.py"),
    "dsl/lowering/scenarios/joined.py": ("dsl/test_joined.py",),
    "dsl/lowering/scenarios/scenarios.py": (
        "dsl/test_family_overrides.py",
        "dsl/test_overrides.py",
        *CHECKS,
        *ASKED,
        *SENTENCES,
    ),
    "dsl/lowering/scenarios/shapes.py": STRUCTURES,
    "dsl/lowering/structures.py": (*STRUCTURES, "dsl/test_family_overrides.py", *ASKED),
    "dsl/lowering/to_ir.py": (*SENTENCES, "dsl/test_projected.py", *ASKED, *STRUCTURES),
    **ENGINE,
}
