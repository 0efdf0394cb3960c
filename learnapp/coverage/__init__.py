"""How far a branch has come with what is due."""

from learnapp.coverage.models import (
    CoverageClock,
    CoverageDelta,
    CoverageMark,
    CoverageRollup,
    CoverageStatus,
)

__all__ = ["CoverageClock", "CoverageDelta", "CoverageMark", "CoverageRollup", "CoverageStatus"]
