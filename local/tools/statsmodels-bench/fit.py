"""Fits Holt-Winters to one series, again and again, and tells the processor time of each fit.

In, as JSON: values, season, repetitions, and the level, trend and seasonal at which smoothing begins.
Out, as JSON: for a start that is fitted too, and for the one given, the seconds of each fit and the sum of squared errors.
"""

import json
import platform
import sys
import time
import warnings

import numpy
import statsmodels
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.holtwinters import ExponentialSmoothing


def measure(values, season, repetitions, **start):
    seconds = []
    for _ in range(repetitions):
        began = time.process_time()
        fitted = ExponentialSmoothing(
            values, trend="add", damped_trend=True, seasonal="add", seasonal_periods=season, **start
        ).fit()
        seconds.append(time.process_time() - began)
    return {"seconds": seconds, "sse": float(fitted.sse), "converged": bool(fitted.mle_retvals.success)}


def main():
    # It is told in the answer.
    warnings.simplefilter("ignore", ConvergenceWarning)
    asked = json.load(sys.stdin)
    values = numpy.array(asked["values"])
    season, repetitions = asked["season"], asked["repetitions"]
    given = {
        "initialization_method": "known",
        "initial_level": asked["level"],
        "initial_trend": asked["trend"],
        "initial_seasonal": asked["seasonal"],
    }
    answer = {
        "python": platform.python_version(),
        "statsmodels": statsmodels.__version__,
        "fittedStart": measure(values, season, repetitions, initialization_method="estimated"),
        "givenStart": measure(values, season, repetitions, **given),
    }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
