"""The samples of the rules of `scipy.special`; see `samples`."""

from __future__ import annotations

from collections.abc import Iterator

from scipy import special

from tests.rules.samples import PAIRS, POSITIVE, REAL, UNIT, Sample, array, value

__all__ = ["SPECIAL_SAMPLES"]

# --- functions of numbers

SPECIAL_ONE: dict[str, tuple[float, float]] = {
    "special.erf(x)": REAL, "special.erfc(x)": REAL, "special.erfcx(x)": REAL, "special.erfi(x)": REAL,
    "special.erfinv(x)": UNIT, "special.erfcinv(x)": (0.2, 1.8), "special.dawsn(x)": REAL, "special.ndtr(x)": REAL,
    "special.log_ndtr(x)": REAL, "special.ndtri(x)": (0.1, 0.9), "special.gamma(x)": POSITIVE,
    "special.gammaln(x)": POSITIVE, "special.loggamma(x)": POSITIVE, "special.rgamma(x)": POSITIVE,
    "special.digamma(x)": POSITIVE, "special.polygamma(1, x)": POSITIVE, "special.zeta(2.5, x)": POSITIVE,
    "special.gammainc(1.7, x)": POSITIVE, "special.gammaincc(1.7, x)": POSITIVE,
    "special.betainc(1.3, 2.1, x)": (0.1, 0.9), "special.expit(x)": REAL, "special.log_expit(x)": REAL,
    "special.logit(x)": (0.1, 0.9), "special.entr(x)": POSITIVE, "special.huber(0.9, x)": (-2.0, 2.1),
    "special.j0(x)": POSITIVE, "special.j1(x)": POSITIVE, "special.jv(2, x)": POSITIVE, "special.y0(x)": POSITIVE,
    "special.y1(x)": POSITIVE, "special.yv(2, x)": POSITIVE, "special.i0(x)": REAL, "special.i1(x)": REAL,
    "special.iv(2, x)": POSITIVE, "special.i0e(x)": REAL, "special.i1e(x)": REAL, "special.ive(2, x)": POSITIVE,
    "special.k0(x)": POSITIVE, "special.k1(x)": POSITIVE, "special.kv(2, x)": POSITIVE,
    "special.ellipk(x)": (0.1, 0.8), "special.ellipe(x)": (0.1, 0.8), "special.exp1(x)": POSITIVE,
    "special.expi(x)": POSITIVE, "special.expn(2, x)": POSITIVE, "special.exp2(x)": REAL, "special.expm1(x)": REAL,
    "special.log1p(x)": UNIT, "special.cbrt(x)": POSITIVE, "special.exp10(x)": (-1.0, 1.0), "special.cosm1(x)": REAL,
    "special.k0e(x)": POSITIVE, "special.k1e(x)": POSITIVE, "special.kve(2, x)": POSITIVE,
    "special.multigammaln(x, 2)": (1.2, 3.0), "special.sindg(x)": (10.0, 80.0), "special.cosdg(x)": (10.0, 80.0),
    "special.boxcox(x, 0.7)": POSITIVE, "special.inv_boxcox(x, 0.7)": POSITIVE,
    "special.gammasgn(x)": POSITIVE, "special.round(x)": POSITIVE,
    "special.boxcox1p(x, 0.7)": POSITIVE, "special.inv_boxcox1p(x, 0.7)": POSITIVE, "special.powm1(x, 1.7)": POSITIVE,
    "special.tandg(x)": (10.0, 80.0), "special.cotdg(x)": (10.0, 80.0), "special.factorial(x)": POSITIVE,
    "special.betaincc(1.3, 2.1, x)": (0.1, 0.9), "special.gammaincinv(1.7, x)": (0.1, 0.9),
    "special.gammainccinv(1.7, x)": (0.1, 0.9), "special.betaincinv(1.3, 2.1, x)": (0.1, 0.9),
    "special.betainccinv(1.3, 2.1, x)": (0.1, 0.9),
    # Bessel functions and relatives
    "special.jve(2, x)": POSITIVE, "special.yn(0, x)": POSITIVE, "special.yve(2.5, x)": POSITIVE,
    "special.kn(0, x)": POSITIVE, "special.jvp(0.5, x)": POSITIVE, "special.jvp(1, x, 0)": POSITIVE,
    "special.yvp(1, x)": POSITIVE, "special.ivp(1, x)": POSITIVE, "special.kvp(1, x, 2)": POSITIVE,
    "special.ber(x)": POSITIVE, "special.bei(x)": POSITIVE, "special.berp(x)": POSITIVE, "special.beip(x)": POSITIVE,
    "special.ker(x)": POSITIVE, "special.kei(x)": POSITIVE, "special.kerp(x)": POSITIVE, "special.keip(x)": POSITIVE,
    "special.struve(1.5, x)": POSITIVE, "special.modstruve(1.5, x)": POSITIVE, "special.itstruve0(x)": POSITIVE,
    "special.itmodstruve0(x)": POSITIVE, "special.it2struve0(x)": POSITIVE,
    **{
        f"special.spherical_{kind}n({n}, x{derivative})": (0.6, 3.0)
        for kind in "jyik" for n in (0, 1, 3) for derivative in ("", ", True", ", derivative=True")
    },
    # integrals and hypergeometric functions
    "special.ellipkm1(x)": (0.1, 0.8), "special.spence(x)": POSITIVE, "special.exprel(x)": REAL,
    "special.hyp0f1(1.5, x)": REAL, "special.hyp1f1(0.7, 1.8, x)": REAL, "special.hyp2f1(0.7, 1.8, 2.5, x)": UNIT,
    "special.hyperu(0.7, 1.8, x)": POSITIVE, "special.wright_bessel(0.7, 1.8, x)": POSITIVE,
    "special.wrightomega(x)": REAL,
    # orthogonal polynomials
    **{
        f"special.eval_{name}({n}, {parameters}x)": UNIT
        for name, parameters in {
            "legendre": "", "sh_legendre": "", "chebyt": "", "chebyu": "", "chebyc": "", "chebys": "",
            "sh_chebyt": "", "sh_chebyu": "", "gegenbauer": "1.3, ", "jacobi": "1.3, 0.4, ", "sh_jacobi": "2.6, 1.4, ",
            "laguerre": "", "genlaguerre": "1.3, ", "hermite": "", "hermitenorm": "",
        }.items() for n in (0, 1, 4)
    },
    "special.lpmv(1, 3, x)": UNIT, "special.diric(x, 5)": (-3.1, 9.0), "special.diric(x, 1)": REAL,
    "special.diric(x, 4)": (-3.1, 9.0),
    # distribution functions
    "runtime.gamma_speed(1.7, x)": POSITIVE, "runtime.beta_speed_of_a(1.3, 2.1, x)": (0.1, 0.9),
    "runtime.beta_speed_of_b(1.3, 2.1, x)": (0.1, 0.9),
    "special.chdtr(3.5, x)": POSITIVE, "special.chdtrc(3.5, x)": POSITIVE, "special.chdtri(3.5, x)": (0.2, 0.8),
    "special.pdtr(2.7, x)": POSITIVE, "special.pdtrc(2, x)": POSITIVE, "special.pdtri(2, x)": (0.2, 0.8),
    "special.bdtr(2.7, 5, x)": (0.2, 0.8), "special.bdtr(5, 5, x)": (0.2, 0.8), "special.bdtrc(2, 5, x)": (0.2, 0.8),
    "special.bdtri(2, 5, x)": (0.2, 0.8), "special.nbdtr(2, 3, x)": (0.2, 0.8), "special.nbdtrc(2, 3, x)": (0.2, 0.8),
    "special.nbdtri(2, 3, x)": (0.2, 0.8), "special.fdtr(3.5, 6.5, x)": POSITIVE,
    "special.fdtrc(3.5, 6.5, x)": POSITIVE, "special.fdtri(3.5, 6.5, x)": (0.2, 0.8), "special.stdtr(3.5, x)": REAL,
    "special.stdtrit(3.5, x)": (0.2, 0.8), "special.ndtri_exp(x)": (-2.5, -0.2), "special.tklmbda(x, 0.3)": REAL,
    # what not every version of SciPy has
    **{text: domain for text, domain in {
        "special.softplus(x)": REAL, "special.log_wright_bessel(0.7, 1.8, x)": POSITIVE,
    }.items() if hasattr(special, text[8:text.index("(")])},
}

SHAPES_OF_GAMMA = (0.6, 3.4)
SPECIAL_TWO: dict[str, tuple[tuple[float, float], tuple[float, float]]] = {
    "special.poch(x, y)": (POSITIVE, POSITIVE), "special.beta(x, y)": (POSITIVE, POSITIVE),
    "special.betaln(x, y)": (POSITIVE, POSITIVE), "special.xlogy(x, y)": (REAL, POSITIVE),
    "special.xlog1py(x, y)": (REAL, UNIT), "special.rel_entr(x, y)": (POSITIVE, POSITIVE),
    "special.kl_div(x, y)": (POSITIVE, POSITIVE), "special.huber(x, y)": (POSITIVE, (-2.0, 2.1)),
    "special.pseudo_huber(x, y)": (POSITIVE, REAL), "special.boxcox(x, y)": (POSITIVE, REAL),
    "special.boxcox1p(x, y)": (POSITIVE, REAL), "special.inv_boxcox(x, y)": (POSITIVE, POSITIVE),
    "special.inv_boxcox1p(x, y)": (POSITIVE, POSITIVE), "special.powm1(x, y)": (POSITIVE, REAL),
    "special.binom(x, y)": ((3.2, 5.0), (0.3, 3.0)), "special.comb(x, y)": ((3.2, 5.0), (0.3, 3.0)),
    "special.perm(x, y)": ((3.2, 5.0), (0.3, 3.0)), "special.agm(x, y)": (POSITIVE, (0.4, 2.9)),
    "special.ellipkinc(x, y)": (REAL, (0.1, 0.8)), "special.ellipeinc(x, y)": (REAL, (0.1, 0.8)),
    "special.elliprc(x, y)": (POSITIVE, (0.4, 2.9)), "special.owens_t(x, y)": (REAL, REAL),
    "special.gdtr(x, 1.7, y)": (POSITIVE, POSITIVE), "special.gdtrc(x, 1.7, y)": (POSITIVE, POSITIVE),
    "special.gdtrix(x, 1.7, y)": (POSITIVE, (0.2, 0.8)), "special.gdtria(x, 1.7, y)": ((0.2, 0.8), POSITIVE),
    "special.chndtr(x, 3.5, y)": (POSITIVE, POSITIVE),
    # by parameters
    **{f"special.{name}(x, y)": (SHAPES_OF_GAMMA, POSITIVE) for name in ("gammainc", "gammaincc", "chdtr", "chdtrc")},
    **{f"special.{name}(x, y)": (SHAPES_OF_GAMMA, (0.2, 0.8)) for name in ("gammaincinv", "gammainccinv", "chdtri")},
    **{f"special.{name}({shapes}, y)": (SHAPES_OF_GAMMA, (0.1, 0.9)) for shapes in ("x, 2.1", "1.3, x") for name in (
        "betainc", "betaincc", "betaincinv", "betainccinv",
    )},
    **{f"special.{name}({known}, y)": (SHAPES_OF_GAMMA, domain) for known in ("x, 6.5", "3.5, x") for name, domain in (
        ("fdtr", POSITIVE), ("fdtrc", POSITIVE), ("fdtri", (0.2, 0.8)),
    )},
    "special.stdtr(x, y)": (SHAPES_OF_GAMMA, REAL), "special.stdtrit(x, y)": (SHAPES_OF_GAMMA, (0.2, 0.8)),
    **{f"special.{name}(1.3, x, y)": (SHAPES_OF_GAMMA, POSITIVE) for name in ("gdtr", "gdtrc")},
    "special.gdtrix(1.3, x, y)": (SHAPES_OF_GAMMA, (0.2, 0.8)),
    "special.gdtria(0.4, x, y)": (SHAPES_OF_GAMMA, POSITIVE),
}
THREE: dict[str, tuple[tuple[float, float], ...]] = {
    "special.radian(x, y, z)": (REAL, REAL, REAL), "special.elliprf(x, y, z)": (POSITIVE, (0.4, 2.9), (0.5, 3.1)),
    "special.elliprd(x, y, z)": (POSITIVE, (0.4, 2.9), (0.5, 3.1)),
    "special.voigt_profile(x, y, z)": (REAL, POSITIVE, POSITIVE),
    "special.nrdtrimn(x, y, z)": ((0.2, 0.45), POSITIVE, REAL),
    "special.nrdtrisd(x, y, z)": (REAL, (0.6, 0.8), (3.0, 4.0)),
}
SEVERAL_RESULTS: dict[str, tuple[int, tuple[float, float]]] = {
    "special.airy(x)": (4, REAL), "special.airye(x)": (4, POSITIVE), "special.itairy(x)": (4, REAL),
    "special.itj0y0(x)": (2, POSITIVE), "special.iti0k0(x)": (2, POSITIVE), "special.it2j0y0(x)": (2, POSITIVE),
    "special.it2i0k0(x)": (2, POSITIVE), "special.sici(x)": (2, POSITIVE), "special.shichi(x)": (2, POSITIVE),
    "special.fresnel(x)": (2, REAL), "special.pbdv(1.3, x)": (2, REAL), "special.pbvv(1.3, x)": (2, POSITIVE),
    "special.pbwa(1.3, x)": (2, REAL), "special.ellipj(x, 0.4)": (4, REAL),
}
CONSTANT = (
    "bernoulli(4)", "euler(4)", "stirling2(4, 2)", "factorial2(4)", "factorialk(5, 3)", "jn_zeros(1, 3)",
    "jnp_zeros(1, 3)", "yn_zeros(1, 3)", "ynp_zeros(1, 3)", "bei_zeros(3)", "beip_zeros(3)", "ber_zeros(3)",
    "berp_zeros(3)", "kei_zeros(3)", "keip_zeros(3)", "ker_zeros(3)", "kerp_zeros(3)", "fresnelc_zeros(3)",
    "fresnels_zeros(3)", "ai_zeros(3)[0]", "bi_zeros(3)[0]", "kelvin_zeros(3)[0]", "jnyn_zeros(1, 3)[0]",
    "jnjnp_zeros(3)[0]", "fresnel_zeros(3)[0]", "y0_zeros(3)[0]", "y1_zeros(3)[0]", "y1p_zeros(3)[0]", "erf_zeros(3)",
    *(f"roots_{name}(3)[0]" for name in (
        "legendre", "sh_legendre", "chebyt", "chebyu", "chebyc", "chebys", "sh_chebyt", "sh_chebyu", "hermite",
        "hermitenorm", "laguerre",
    )),
)


def special_functions() -> Iterator[Sample]:
    for text, domain in SPECIAL_ONE.items():
        for shape in (None, (3,)):
            yield Sample(text, {"x": value(shape, domain, text)})
    for text, (first, second) in SPECIAL_TWO.items():
        for left, right in (PAIRS[0], PAIRS[2], PAIRS[4]):
            yield Sample(text, {"x": value(left, first, text), "y": value(right, second, text + "y")})
    for text, domains in THREE.items():
        for shapes in ((None, None, None), ((3,), (2, 1), None), ((2, 3), (3,), (2, 3))):
            parts = zip("xyz", shapes, domains, strict=True)
            yield Sample(text, {name: value(shape, domain, text + name) for name, shape, domain in parts})
    yield from functions_with_several_results()
    for text in CONSTANT:
        call = f"special.{text.removesuffix('[0]')}"
        yield Sample(f"x * np.real(special.{text})", {"x": 1.5}, covers=call)


def functions_with_several_results() -> Iterator[Sample]:
    for text, (count, domain) in SEVERAL_RESULTS.items():
        for shape in (None, (3,)):
            yield Sample(text, {"x": value(shape, domain, text)})
            for i in range(count):
                yield Sample(f"{text}[{i}]", {"x": value(shape, domain, text)}, covers=text)
    for left, right in (PAIRS[0], PAIRS[2], PAIRS[4]):
        yield Sample("special.ellipj(x, y)", {"x": value(left, REAL, "u"), "y": value(right, (0.1, 0.8), "m")})
        for name in ("pbdv", "pbvv", "pbwa"):
            text = f"special.{name}(y, x)"
            yield Sample(text, {"x": value(left, POSITIVE, "x"), "y": value(right, REAL, "v")}, fixed=("y",))


# --- sums of exponentials


def sums_of_exponentials() -> Iterator[Sample]:
    for axis in ("", ", axis=0", ", axis=-1, keepdims=True", ", keepdims=True"):
        yield Sample(f"special.logsumexp(x{axis})", {"x": array(2, 3)})
        for shape in ((2, 3), (3,)):
            weights = array(*shape, low=0.3, high=2.0)
            yield Sample(f"special.logsumexp(x{axis}, b=y)", {"x": array(2, 3), "y": weights})
            signed = array(*shape, low=-1.3, high=2.0)
            call = f"special.logsumexp(x{axis}, b=y, return_sign=True)"
            yield Sample(call + "[0]", {"x": array(2, 3), "y": signed}, covers=call)
        call = f"special.logsumexp(x{axis}, return_sign=True)"
        yield Sample(call + "[0]", {"x": array(2, 3)}, covers=call)
    for options in ("None, y", "0, y", "1, y, True"):
        weights = array(2, 3, low=0.3, high=2.0)
        yield Sample(f"special.logsumexp(x, {options})", {"x": array(2, 3), "y": weights})
    for name in ("softmax", "log_softmax"):
        yield Sample(f"special.{name}(x)", {"x": array(4)})
        yield Sample(f"special.{name}(x, axis=0)", {"x": array(2, 3)})
        yield Sample(f"special.{name}(x, axis=-1)", {"x": array(2, 3)})


SPECIAL_SAMPLES: tuple[Sample, ...] = (*special_functions(), *sums_of_exponentials())
