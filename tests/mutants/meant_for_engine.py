"""The tests that are meant for each module of `engine/`; `meant_for.py` says what that means."""

from __future__ import annotations

Files = tuple[str, ...]

PRIMITIVES = (
    "engine/test_ops.py",
    "engine/test_facts.py",
    "engine/test_primitives_by_hand.py",
    "engine/test_agreement.py",
)
PLANS = (
    "engine/test_plan.py",
    "engine/test_plans.py",
    "engine/test_plans_by_hand.py",
    "engine/test_run.py",
    "engine/test_agreement.py",
    "engine/test_strips.py",
)
RUNS = ("engine/test_run.py", "engine/test_run_checks.py", "engine/test_agreement.py", "engine/test_plans.py")
RESULTS = ("engine/test_results.py", "engine/test_run.py", "dsl/test_api.py", "dsl/test_cli_figures.py")
REWRITES = ("engine/test_rewrites.py", "engine/test_masks.py", "dsl/test_identities.py", "engine/test_facts.py")
METRICS = ("engine/test_metrics.py",)
CREDIT = (
    "engine/credit/test_laws.py",
    "engine/credit/test_published.py",
    "engine/credit/test_quantlib.py",
    "engine/credit/test_isda_cases.py",
)
RATES = ("engine/credit/test_rates.py", *CREDIT)
TRANCHES = ("engine/credit/test_tranches.py", "dsl/test_portfolio.py")
STRUCTURES = ("dsl/test_structures.py", "dsl/test_structures_of_ranges.py", "dsl/test_draws.py", "engine/test_run.py")

ENGINE: dict[str, Files] = {
    "engine/credit/bootstrap.py": (*CREDIT, "engine/credit/test_many.py"),
    "engine/credit/closed.py": (*CREDIT, "engine/credit/test_many.py"),
    "engine/credit/conventions.py": RATES,
    "engine/credit/copula.py": TRANCHES,
    "engine/credit/curves.py": CREDIT,
    "engine/credit/dates.py": RATES,
    "engine/credit/daycount.py": RATES,
    "engine/credit/errors.py": RATES,
    "engine/credit/grid.py": (*CREDIT, "engine/credit/test_many.py"),
    "engine/credit/kernels.py": CREDIT,
    "engine/credit/legs.py": CREDIT,
    "engine/credit/many.py": ("engine/credit/test_many.py", "engine/credit/test_laws.py"),
    "engine/credit/normal.py": ("engine/credit/test_tranches.py", "dsl/test_joined.py", "engine/test_ops.py"),
    "engine/credit/nth_to_default.py": TRANCHES,
    "engine/credit/numbers.py": CREDIT,
    "engine/credit/operations.py": (*TRANCHES, *PRIMITIVES),
    "engine/credit/pool.py": TRANCHES,
    "engine/credit/quadrature.py": TRANCHES,
    "engine/credit/rates.py": RATES,
    "engine/credit/roots.py": RATES,
    "engine/credit/schedule.py": CREDIT,
    "engine/credit/sensitivities.py": CREDIT,
    "engine/credit/tranche.py": TRANCHES,
    "engine/errors.py": ("engine/test_run_checks.py", "engine/test_serialise.py", "engine/test_verify.py"),
    "engine/execution/block.py": (*RUNS, "engine/test_plan.py"),
    "engine/execution/job.py": RUNS,
    "engine/execution/reference.py": (
        "engine/test_reference.py",
        "engine/test_agreement.py",
        "engine/test_rewrites.py",
    ),
    "engine/execution/workers.py": ("engine/test_workers.py", *RUNS),
    "engine/inputs/feed.py": (*RUNS, "engine/test_verify.py"),
    "engine/inputs/random.py": (*RUNS, "dsl/test_draws.py"),
    "engine/ir.py": ("engine/test_run.py", "engine/test_verify.py", "engine/test_serialise.py", "engine/test_plan.py"),
    "engine/metrics/arrays.py": (*METRICS, "engine/test_metrics_cover.py", "engine/test_metrics_yields.py"),
    "engine/metrics/cover.py": (*METRICS, "engine/test_metrics_cover.py"),
    "engine/metrics/dates.py": (*METRICS, "engine/test_metrics_cover.py", "engine/test_ops.py"),
    "engine/metrics/discount.py": (*METRICS, "engine/test_metrics_yields.py", "library/test_bonds_quantlib.py"),
    "engine/metrics/life.py": (*METRICS, "engine/test_metrics_cover.py"),
    "engine/metrics/paths.py": METRICS,
    "engine/metrics/roots.py": (*METRICS, "engine/test_metrics_rates.py", "engine/test_metrics_yields.py"),
    "engine/metrics/yields.py": (*METRICS, "engine/test_metrics_rates.py", "engine/test_metrics_yields.py"),
    "engine/plan/kept.py": PLANS,
    "engine/plan/plan.py": PLANS,
    "engine/plan/registers.py": PLANS,
    "engine/plan/template.py": PLANS,
    "engine/plan/uniform.py": PLANS,
    "engine/primitives/arithmetic.py": PRIMITIVES,
    "engine/primitives/conditions.py": PRIMITIVES,
    "engine/primitives/curve_points.py": (*PRIMITIVES, "dsl/test_curves.py"),
    "engine/primitives/curves.py": (*PRIMITIVES, "dsl/test_curves.py"),
    "engine/primitives/dates.py": PRIMITIVES,
    "engine/primitives/digits.py": ("engine/test_digits.py", *PRIMITIVES),
    "engine/primitives/distributions.py": PRIMITIVES,
    "engine/primitives/exact.py": PRIMITIVES,
    "engine/primitives/kernels.py": PRIMITIVES,
    "engine/primitives/primitive.py": (*PRIMITIVES, "engine/test_verify.py", "engine/test_plan.py"),
    "engine/primitives/rows.py": PRIMITIVES,
    "engine/primitives/table.py": PRIMITIVES,
    "engine/primitives/time.py": PRIMITIVES,
    "engine/program/analysis.py": ("engine/test_plan.py", "engine/test_verify.py", "engine/test_run.py"),
    "engine/program/reader.py": ("engine/test_serialise.py",),
    "engine/program/signs.py": ("engine/test_plan.py", "engine/test_plans.py", "engine/test_facts.py"),
    "engine/program/text.py": ("engine/test_serialise.py",),
    "engine/results.py": (*RESULTS, "engine/test_run_checks.py", "dsl/test_alerts.py"),
    "engine/results_tables.py": (*RESULTS, "dsl/test_graph.py"),
    "engine/results_values.py": RESULTS,
    "engine/rewrites/forms.py": REWRITES,
    "engine/rewrites/identities.py": REWRITES,
    "engine/rewrites/literals.py": REWRITES,
    "engine/rewrites/masks.py": (*REWRITES, "engine/test_plan.py", "engine/test_plans.py"),
    "engine/run.py": RUNS,
    "engine/serialise.py": ("engine/test_serialise.py",),
    "engine/structures.py": (*STRUCTURES, "dsl/test_statistics.py", "dsl/test_api.py"),
    "engine/verify.py": ("engine/test_verify.py", "engine/test_run_checks.py"),
}
