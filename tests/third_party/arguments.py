"""Arguments for functions of packages whose docstrings have no examples: for each package, a value for a name.

The names of parameters mean the same in all functions of a package; where they do not, `EXCEPTIONS` says so.
"""

from __future__ import annotations

import datetime
from typing import Any

__all__ = ["AT_A_KINK", "CHOICES", "EXCEPTIONS", "VALUES"]

TIME = datetime.datetime(2013, 1, 15, 12, 30, 5)

VALUES: dict[str, dict[str, Any]] = {
    "pymap3d": {
        **dict.fromkeys(("x", "u"), 660_675.3), **dict.fromkeys(("y", "v"), -4_700_949.2),
        **dict.fromkeys(("z", "w"), 4_245_737.4),
        "lat": 42.3, "lon": -82.1, "alt": 201.5, "h": 201.5, "lat0": 42.0, "lon0": -81.6, "h0": 200.3, "alt0": 200.3,
        "lat1": 42.0, "lon1": -81.6, "lat2": 43.1, "lon2": -79.3, "Lat1": 42.0, "Lon1": -81.6, "Lat2": 43.1,
        "Lon2": -79.3, "az": 33.2, "el": 65.7, "elev": 65.7, "srange": 1021.3, "slantRange": 1021.3, "tilt": 12.4,
        "e": 186.3, "n": 286.8, "d": -939.1, "east": 186.3, "north": 286.8, "up": 939.1,
        "e1": 186.3, "n1": 286.8, "u1": 939.1, "dr": 120.4, "cr": -60.2, "above": 43.7, "heading": 47.1,
        "t": TIME, "time": TIME, "lon_radians": -1.42, "Jdate": 2.37, "theta": 0.73, "rho": 5.4, "r": 5.4,
        "az_deg": 180.1, "el_deg": 80.3, "lat_deg": 65.2, "lon_deg": -148.4, "ra_deg": 166.5, "dec_deg": 55.1,
        "geocentric_lat": 41.9, "geocentric_distance": 6_378_137.5, "geodetic_lat": 42.1, "alt_m": 301.5,
        "isometric_lat": 47.4, "conformal_lat": 44.8, "rectifying_lat": 44.9, "authalic_lat": 44.9,
        "parametric_lat": 44.9, "n2": -0.35, "n3": 0.61, "rng": 4321.5, "Rng": 4321.5, "a12": 38.2,
        "Azim": 38.2, "radius": 6_378_000.5,
    },
    "lmfit.lineshapes": {
        "x": 0.37, "y": 0.21, "amplitude": 1.7, "center": 0.12, "sigma": 0.83, "sigma_r": 1.21, "gamma": 0.45,
        "fraction": 0.35, "beta": 1.6, "expon": 1.9, "skew": 0.27, "q": 1.3, "frequency": 2.1, "shift": 0.3,
        "decay": 0.7, "kt": 0.9, "exponent": 1.4, "slope": 1.2, "intercept": 0.3, "a": 0.7, "b": -0.4, "c": 1.1,
        "centerx": 0.12, "centery": 0.05, "sigmax": 0.83, "sigmay": 0.61, "center1": -0.1, "sigma1": 0.6,
        "center2": 0.9, "sigma2": 0.7, "value": 0.2,
    },
    "seawater": {
        "s": 34.6, "t": 12.3, "p": 2013.7, "pt": 11.9, "pr": 11.5, "lat": 32.1, "lon": -41.3, "depth": 1024.3,
        "z": 12.5, "r": 0.86, "rt": 0.93, "rtx": 0.91, "delt": 2.3, "length": 101.3, "T90": 12.3, "ga": 4.7,
    },
    "thermofeel": {
        "t2_k": 302.4, "td_k": 291.3, "rh": 62.3, "va": 3.7, "h": 2.4, "mrt": 311.8, "mrt_k": 311.8, "tk": 302.4,
        "tc": 29.3, "tf": 84.7, "fdir": 412.3, "cossza": 0.63, "ssrd": 583.1, "ssr": 472.6, "dsrp": 611.4,
        "strd": 402.1, "strr": -61.3, "bgt_k": 309.6, "wbgt_k": 300.7, "ehPa": 21.4, "q": 31.3, "var": 0.31,
        "met": 1.3, "clo": 0.72, "wme": 0.05, "pmv": 0.43, "doy": 143.5, "t2_min": 291.2, "t2_max": 304.7,
        "dmt": 298.3, "dmt_30": 293.1, "ehi_sig": 2.3, "ehi_accl": 1.7, "exhf": 5.3, "exhf95": 3.2, "exhf85": 2.2,
        "pressure": 1008.2, "e": 21.3, "pair": 1008.2, "phase": 0,
        "threshold": 295.4, "speed": 2.3, "speed_2m": 2.3, "ta": 302.4, "solar": 583.1, "cza": 0.63, "rad": 1,
        "t2m": 29.3, "wvp": 2.1,
    },
    "scipy.optimize._tstutils": {"x": 0.37, "z": 0.37, "n": 5, "a": -1.7, "b": 0.8},
}

EXCEPTIONS: dict[str, dict[str, Any]] = {
    "pymap3d.nvector.nvector2geodetic": {"n1": 0.41},
    "pymap3d.nvector.nvector2ecef": {"n1": 0.41},
    "pymap3d.eci.R3": {"x": 0.7},
    "pymap3d.haversine.anglesep": {"lat1": 43.1, "lon1": -79.3},
    "pymap3d.haversine.anglesep_meeus": {"lat1": 43.1, "lon1": -79.3},
    "thermofeel.liljegren.solve_globe": {"rh": 0.623, "fdir": 0.71},
    "thermofeel.liljegren.solve_wetbulb": {"rh": 0.623, "fdir": 0.71},
    "thermofeel.liljegren.wbgt": {"rh": 0.623, "fdir": 0.71},
    "thermofeel.thermofeel.calculate_utci_polynomial": {"mrt": 5.4},
    "thermofeel.thermofeel.calculate_wbgt_liljegren": {"fdir": 0.71},
}
"""Arguments of a function that differ from those of its package, by the name of the function."""

CHOICES = {
    ("fluids.particle_size_distribution.psd_spacing", "d_max"),
    ("fluids.safety_valve.API520_B", "overpressure"),
}
"""The parameters that choose among formulas, or how many results there are, by steps."""

AT_A_KINK = {
    "fluids.fittings.contraction_round_Miller": "its example has the largest radius that counts",
    "fluids.fittings.diffuser_conical_staged": "its example is where the formulas of two ranges meet",
    "fluids.fittings.K_branch_converging_Crane": "its example has the angle 90, where a table begins to count",
    "fluids.fittings.K_tilting_disk_check_valve_Crane": "its example has the diameter at a step of a table",
    "fluids.packed_bed.Montillet_Akkari_Comiti": "its example has the void fraction at a step of a constant",
    "fluids.pump.motor_efficiency_underloaded": "its example has the power at a step of a table",
}
"""The functions whose example is at a kink or a step: the derivative is that of one of the two sides."""
