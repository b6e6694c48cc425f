package dev.sphere.observe;

/**
 * What late data have made of an observation of a closed step, which is whole now.
 *
 * @param signal what is measured
 * @param end end of the closed step (exclusive), in epoch milliseconds
 * @param before what was said of it last; {@code NaN} if that was nothing or partial
 * @param value what is said of it now, all expected series having reported
 */
public record Amendment(String signal, long end, double before, double value) {}
