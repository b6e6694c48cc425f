package dev.sphere.connector.redis;

import java.io.Serializable;

/**
 * How long to wait before the next attempt: doubling, up to a bound.
 *
 * @param first in milliseconds
 * @param most in milliseconds
 */
record Backoff(long first, long most) implements Serializable {

    /**
     * @param attempt that failed, counted from 1
     */
    long delay(int attempt) {
        // 2^30 of the shortest delay is twelve days, which the bound cuts anyway
        return Math.min(most, first << Math.min(attempt - 1, 30));
    }
}
