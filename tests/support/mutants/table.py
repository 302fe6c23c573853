"""All mutants, all stages, and the situations against which they are held."""

from __future__ import annotations

from typing import Final

from simulator.evidence.readiness.catalogue import SITUATIONS
from support.mutants import login_acts, login_mutants, payment_acts, payment_mutants, trouble_acts, trouble_mutants
from support.mutants.mistakes import Mutant
from support.mutants.stage import Stage

MUTANTS: Final[tuple[Mutant, ...]] = (*login_mutants.MUTANTS, *payment_mutants.MUTANTS, *trouble_mutants.MUTANTS)
STAGES: Final[tuple[Stage, ...]] = (*login_acts.STAGES, *payment_acts.STAGES, *trouble_acts.STAGES)
HELD: Final = frozenset(situation.id for situation in SITUATIONS if situation.profile != "orders")
"""The ids of the situations that a broker can meet without an order: the careful broker places none."""
