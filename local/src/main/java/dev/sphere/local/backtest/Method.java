package dev.sphere.local.backtest;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Who made a forecast. */
public enum Method {
    @JsonProperty("sphere")
    SPHERE("sphere"),
    @JsonProperty("lastValue")
    LAST_VALUE("last value"),
    @JsonProperty("seasonalNaive")
    SEASONAL_NAIVE("seasonal-naive"),
    @JsonProperty("holtWinters")
    HOLT_WINTERS("holt-winters");

    private final String title;

    Method(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }
}
