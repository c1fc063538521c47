"""The samples of the rules of `scipy.signal`; see `samples`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.rules.samples import Sample, array

__all__ = ["SIGNAL_FORMULAS", "SIGNAL_SAMPLES"]


def convolutions() -> Iterator[Sample]:
    shapes: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = (
        ((6,), (3,)), ((3,), (6,)), ((5,), (4,)), ((4, 5), (2, 3)), ((2, 3), (4, 3)), ((1, 4), (1, 1)),
    )
    for name in ("convolve", "correlate", "fftconvolve", "oaconvolve"):
        for mode in ("", ", 'same'", ", mode='valid'"):
            for left, right in shapes:
                yield Sample(f"signal.{name}(x, y{mode})", {"x": array(*left), "y": array(*right, key="y")})
    yield Sample("signal.convolve(x, y, method='direct')", {"x": array(4), "y": array(2)})
    for mode in ("full", "same", "valid"):
        for left, right in shapes[:5]:
            x, y = array(*left), array(*right, key="y")
            whole = array(*(n + m - 1 for n, m in zip(left, right, strict=True)), key="w")
            yield Sample(f"runtime.cropped(z, x, y, '{mode}')", {"x": x, "y": y, "z": whole}, fixed=("x", "y"))
    for left, right in shapes[:5]:
        args = {"x": array(*left), "y": array(*right, key="y"), "z": array(*left, key="z")}
        yield Sample("runtime.uncropped(z, x, y, 'same')", args, fixed=("x", "y"))


def filters() -> Iterator[Sample]:
    numerator, denominator = array(3, key="b"), np.array([1.3, -0.4, 0.2, 0.1])
    for x in (array(7), array(2, 6), array(2)):
        args = {"y": numerator, "z": denominator, "x": x}
        yield Sample("signal.lfilter(y, z, x)", args)
        yield Sample("signal.lfilter(y, [1.0], x)", {"y": numerator, "x": x})
        yield Sample("signal.lfilter([0.3, 0.7], 1.0, x)", {"x": x})
        yield Sample("runtime.fir(y, x)", {"y": numerator, "x": x})
        yield Sample("runtime.fir_taps(x, w, y)", {"x": x, "w": x + 0.5, "y": numerator}, fixed=("y",))
    yield Sample("signal.lfilter(y, z, x, 0)", {"y": numerator, "z": denominator, "x": array(6, 2)})
    yield Sample("signal.lfilter(y, z, x, axis=0)", {"y": array(1), "z": denominator, "x": array(6, 2)})
    for options in ("", ", 0", ", type='constant'", ", bp=[2]"):
        yield Sample(f"signal.detrend(x{options})", {"x": array(5, 4)})
    for options in (
        "5, 2", "4, 2", "5, 3, 1, 0.7", "5, 2, mode='mirror'", "4, 2, mode='nearest'", "5, 1, axis=0",
    ):
        yield Sample(f"signal.savgol_filter(x, {options})", {"x": array(7, 6)})
        yield Sample(f"runtime.savgol_transpose(x, {options})", {"x": array(7, 6)})
    for name in ("argrelmax", "argrelmin"):
        call = f"signal.{name}(x)"
        yield Sample(f"np.sum({call}[0]) * x", {"x": array(7)}, covers=call)
    call = "signal.argrelextrema(x, np.greater)"
    yield Sample(f"np.sum({call}[0]) * x", {"x": array(7)}, covers=call)


def formulas() -> Iterator[Sample]:
    for name in ("convolve2d", "correlate2d"):
        for mode in ("", ", 'same'", ", mode='valid'"):
            for boundary in ("", ", boundary='wrap'", ", boundary='symm'"):
                for left, right in (((4, 5), (2, 3)), ((5, 4), (3, 2))):
                    args = {"x": array(*left), "y": array(*right, key="y")}
                    yield Sample(f"signal.{name}(x, y{mode}{boundary})", args)
    sections = np.array([[0.3, 0.2, 0.1, 1.0, -0.4, 0.2], [0.5, -0.2, 0.0, 1.0, 0.3, 0.0]])
    normalized = "np.concatenate((y[:, :3], np.ones((2, 1)), y[:, 3:]), 1)"
    for x, axis in ((array(30), ""), (array(2, 30), ""), (array(30, 2), ", axis=0")):
        yield Sample(f"signal.sosfilt({normalized}, x{axis})", {"x": x, "y": np.delete(sections, 3, 1)})
        yield Sample(f"signal.sosfiltfilt(y, x{axis})", {"x": x, "y": sections}, fixed=("y",))
        yield Sample(f"signal.filtfilt(y, z, x{axis})", {"x": x, "y": array(3, key="b"), "z": sections[0, 3:]})
    for n in (1, 2, 5, 6):
        yield Sample("np.imag(signal.hilbert(x)) ** 2 + np.real(signal.hilbert(x))", {"x": array(n)})
    yield Sample("np.abs(signal.hilbert(x, axis=0))", {"x": array(4, 2)})
    yield Sample("np.abs(signal.hilbert(x, 6))", {"x": array(4)})
    for n in (6, 7):
        for count in (4, 5, 6, 7, 8, 9):
            yield Sample(f"signal.resample(x, {count})", {"x": array(n)})
    yield Sample("signal.resample(x, 5, axis=1)", {"x": array(2, 6)})


SIGNAL_SAMPLES: tuple[Sample, ...] = (*convolutions(), *filters())
SIGNAL_FORMULAS: tuple[Sample, ...] = tuple(formulas())
