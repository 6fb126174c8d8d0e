"""The representations on eight lanes that the processor of these tests can run."""

from typing import Final

from mpctls.reference.foundation.compiled import processor_features
from mpctls.zkp.bn254.fused_lanes import FusedLanes
from mpctls.zkp.bn254.lanes import Lanes
from mpctls.zkp.bn254.madd_lanes import EmulatedMaddLanes


def runs_here(lanes: type[Lanes]) -> bool:
    """Whether this processor has all that the representation needs; none where portable kernels are forced."""
    return processor_features().issuperset(lanes.features) and bool(processor_features())


REPRESENTATIONS: Final[tuple[type[Lanes], ...]] = tuple(
    lanes for lanes in (EmulatedMaddLanes, FusedLanes) if runs_here(lanes)
)
