"""The whole table of samples."""

from tests.rules import samples
from tests.rules.samples_scipy import SCIPY_SAMPLES

__all__ = ["SAMPLES"]

SAMPLES: tuple[samples.Sample, ...] = (*samples.SAMPLES, *SCIPY_SAMPLES)
