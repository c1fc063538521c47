"""The whole table of samples."""

from tests.rules import samples
from tests.rules.samples_numpy import NUMPY_SAMPLES
from tests.rules.samples_scipy import SCIPY_SAMPLES

__all__ = ["SAMPLES"]

SAMPLES: tuple[samples.Sample, ...] = (*samples.SAMPLES, *NUMPY_SAMPLES, *SCIPY_SAMPLES)
"""Every rule, in both modes, against numerical derivatives."""
