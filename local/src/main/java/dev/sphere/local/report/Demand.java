package dev.sphere.local.report;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongToDoubleFunction;

/**
 * The replicas that each service needs at a time, from the load that is meant to be, not from what
 * was measured.
 */
public final class Demand {
    private final LongToDoubleFunction rateAt;
    private final Map<String, Double> visits;
    private final Map<String, Double> limitPerReplica;

    /**
     * @param rateAt requests per second to the front end at a time in epoch milliseconds
     * @param visits requests to a service for each request to the front end
     * @param limitPerReplica the most requests per second that a replica may take, by service
     */
    public Demand(
            LongToDoubleFunction rateAt,
            Map<String, Double> visits,
            Map<String, Double> limitPerReplica) {
        if (!visits.keySet().equals(limitPerReplica.keySet())) {
            throw new IllegalArgumentException(
                    "visits of "
                            + new TreeMap<>(visits).keySet()
                            + " but limits of "
                            + new TreeMap<>(limitPerReplica).keySet()
                            + ": expected the same services");
        }
        limitPerReplica.forEach(
                (service, limit) -> {
                    if (!(limit > 0)) {
                        throw new IllegalArgumentException(
                                "limit per replica of "
                                        + service
                                        + ": "
                                        + limit
                                        + ", expected > 0");
                    }
                });
        this.rateAt = rateAt;
        this.visits = new TreeMap<>(visits);
        this.limitPerReplica = new TreeMap<>(limitPerReplica);
    }

    public Set<String> services() {
        return visits.keySet();
    }

    /** Requests per second that a service gets at a time. */
    public double load(String service, long at) {
        return rateAt.applyAsDouble(at) * visits.get(service);
    }

    /** Replicas that keep each under its limit; at least one. */
    public int needed(String service, long at) {
        return (int) Math.max(1, Math.ceil(load(service, at) / limitPerReplica.get(service)));
    }
}
