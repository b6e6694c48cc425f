"""One forecast of one series by a process of its own: Holt-Winters with given parameters.

In, as JSON: values, season, alpha, beta, gamma and phi, as statsmodels counts them. Out, as JSON: the value expected
next, and the seconds of the processor that this process has taken since it was started.
"""

import json
import sys
import time

from statsmodels.tsa.holtwinters import ExponentialSmoothing


def main():
    asked = json.load(sys.stdin)
    model = ExponentialSmoothing(
        asked["values"],
        trend="add",
        damped_trend=True,
        seasonal="add",
        seasonal_periods=asked["season"],
        initialization_method="estimated",
    )
    fitted = model.fit(
        smoothing_level=asked["alpha"],
        smoothing_trend=asked["beta"],
        smoothing_seasonal=asked["gamma"],
        damping_trend=asked["phi"],
        optimized=False,
    )
    json.dump({"forecast": float(fitted.forecast(1)[0]), "cpuSeconds": time.process_time()}, sys.stdout)


if __name__ == "__main__":
    main()
