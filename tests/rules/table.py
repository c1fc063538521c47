"""The whole table of samples."""

from tests.rules import samples, samples_interpolation, samples_matrices
from tests.rules.samples_numpy import NUMPY_SAMPLES
from tests.rules.samples_scipy import SCIPY_SAMPLES

__all__ = ["SAMPLES"]

SAMPLES: tuple[samples.Sample, ...] = (
    *samples.SAMPLES, *NUMPY_SAMPLES, *SCIPY_SAMPLES, *samples_matrices.MATRICES, *samples_matrices.FACTORS,
    *samples_interpolation.RULES,
)
"""Every rule, in both modes, against numerical derivatives."""
