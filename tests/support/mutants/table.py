"""All mutants, all stages, and the situations against which they are held."""

from __future__ import annotations

from typing import Final

from simulator.evidence.readiness.catalogue import SITUATIONS
from support.mutants import (
    login_acts,
    login_mutants,
    order_acts,
    order_mutants,
    payment_acts,
    payment_mutants,
    trouble_acts,
    trouble_mutants,
)
from support.mutants.mistakes import Mutant
from support.mutants.stage import Stage

MUTANTS: Final[tuple[Mutant, ...]] = (
    *login_mutants.MUTANTS,
    *payment_mutants.MUTANTS,
    *trouble_mutants.MUTANTS,
    *order_mutants.MUTANTS,
)
STAGES: Final[tuple[Stage, ...]] = (*login_acts.STAGES, *payment_acts.STAGES, *trouble_acts.STAGES, *order_acts.STAGES)
HELD: Final = frozenset(situation.id for situation in SITUATIONS)
"""The ids of all situations: each of them is broken by some mutant, or it is said why none can."""
