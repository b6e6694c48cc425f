package dev.sphere.forecast.smoothing;

/** How a season and a level make a value, and what the season learns from. */
public enum SeasonForm {
    NONE,

    /** {@code y = l + s}. */
    ADDITIVE,

    /** {@code y = l s}; learns from y over the level expected, as FPP3, ets and statsmodels do. */
    MULTIPLICATIVE,

    /**
     * {@code y = l s}; learns from y over the level just learned, as Winters and R's HoltWinters
     * do.
     */
    WINTERS;

    boolean isMultiplicative() {
        return this == MULTIPLICATIVE || this == WINTERS;
    }
}
