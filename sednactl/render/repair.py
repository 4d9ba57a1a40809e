"""What a repair shows: the plan with reasons and interruptions, then what became of each step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sednactl.render.columns import printable

if TYPE_CHECKING:
    from sednactl.lifecycle.repair import Repair
    from sednactl.lifecycle.repair_plan import RepairPlan


def plan_text(plan: RepairPlan) -> str:
    """Write what would be done, why, and what it interrupts."""
    where = f"{plan.kind} {plan.name} in namespace {plan.namespace}"
    text = f"{where}: nothing to repair.\n" if plan.nothing else f"{where}\n"
    for number, step in enumerate(plan.steps, start=1):
        text += f"  {number}. {step.kind} {step.name}: {step.says}\n"
        text += f"     why: {step.reason}\n"
        text += f"     interrupts: {step.interrupts or 'nothing'}\n"
    if plan.blocked:
        text += "  Cannot be repaired yet:\n"
        text += "".join(f"    - {line}\n" for line in plan.blocked)
    text += "".join(f"note: {line}\n" for line in plan.notes)
    return "".join(f"{printable(line)}\n" for line in text.splitlines())


def outcome_text(repair: Repair) -> str:
    """Write what became of each step, and whether it helped."""
    text = ""
    for one in repair.carried:
        detail = f" ({one.detail})" if one.detail else ""
        text += f"{one.step.kind} {one.step.name}: {one.result}{detail}\n"
    if repair.mended:
        text += f"{repair.plan.kind} {repair.plan.name} is repaired.\n"
    elif repair.mended is None and repair.error is not None:
        text += (
            f"whether {repair.plan.kind} {repair.plan.name} is repaired could not be seen: {repair.left}\n"
        )
    elif repair.carried:
        text += f"{repair.plan.kind} {repair.plan.name} is not repaired: {repair.left}\n"
    return "".join(f"{printable(line)}\n" for line in text.splitlines())
