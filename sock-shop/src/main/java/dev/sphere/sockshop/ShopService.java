package dev.sphere.sockshop;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * The eight services and what one replica of each can do.
 *
 * <p>The limit is the greatest load per second at which a replica still meets its SLO (95 % of its
 * requests answered well within it); {@code ReplicaCalibrationTest} shows that it does, and that it
 * does not at 115 %. How far it lies under the capacity depends on the load: of two queues equally
 * busy, the one that serves fewer requests per second waits longer.
 */
public enum ShopService {
    FRONT_END("front-end", 4, 70, 110, 50, 1_000, 0.25, 90),
    CATALOGUE("catalogue", 2, 60, 50, 27, 500, 0.10, 24),
    CARTS("carts", 2, 58, 50, 27, 500, 0.40, 320),
    ORDERS("orders", 1, 76, 30, 9, 1_000, 0.50, 380),
    USER("user", 2, 46, 60, 36, 500, 0.10, 20),
    PAYMENT("payment", 1, 73, 24, 9, 500, 0.10, 12),
    SHIPPING("shipping", 1, 73, 24, 9, 500, 0.40, 300),
    QUEUE_MASTER("queue-master", 1, 73, 0, 9, 500, 0.40, 280);

    private static final double VARIATION = 0.5;

    private final String id;
    private final int workers;
    private final double meanServiceMillis;
    private final int queueBound;
    private final double limitPerReplica;
    private final int sloMillis;
    private final double coresPerWorker;
    private final long memoryBytes;

    ShopService(
            String id,
            int workers,
            double meanServiceMillis,
            int queueBound,
            double limitPerReplica,
            int sloMillis,
            double coresPerWorker,
            int memoryMegabytes) {
        this.id = id;
        this.workers = workers;
        this.meanServiceMillis = meanServiceMillis;
        this.queueBound = queueBound;
        this.limitPerReplica = limitPerReplica;
        this.sloMillis = sloMillis;
        this.coresPerWorker = coresPerWorker;
        this.memoryBytes = memoryMegabytes * 1_000_000L;
    }

    /** The service with this name, which is also the name of its Deployment. */
    public static ShopService of(String id) {
        for (ShopService service : values()) {
            if (service.id.equals(id)) {
                return service;
            }
        }
        throw new IllegalArgumentException(
                "service: '%s' is not in the shop, expected one of %s"
                        .formatted(
                                id,
                                Arrays.stream(values())
                                        .map(ShopService::id)
                                        .collect(Collectors.joining(", "))));
    }

    /** The name of the service, its Deployment and its container: {@code front-end}. */
    public String id() {
        return id;
    }

    /** Requests that one replica works on at the same time. */
    public int workers() {
        return workers;
    }

    /** How long a worker is held by one request, on average. */
    public double meanServiceMillis() {
        return meanServiceMillis;
    }

    /** The distribution of the time for which a request holds a worker. */
    public ServiceTime serviceTime() {
        return ServiceTime.ofMillis(meanServiceMillis, VARIATION);
    }

    /** Requests that may wait for a worker of one replica; the next one is answered 503. */
    public int queueBound() {
        return queueBound;
    }

    /** How long a request may wait for a worker before it is answered 504: three times the SLO. */
    public int waitTimeoutMillis() {
        return 3 * sloMillis;
    }

    /** Requests per second that keep all workers of one replica busy all the time. */
    public double capacityPerReplica() {
        return workers / (meanServiceMillis / 1_000);
    }

    /** The greatest load per second at which one replica still meets its SLO. */
    public double limitPerReplica() {
        return limitPerReplica;
    }

    /** A request that takes longer, or fails, is over the SLO. */
    public int sloMillis() {
        return sloMillis;
    }

    /** CPU cores used by one busy worker. */
    public double coresPerWorker() {
        return coresPerWorker;
    }

    /** Memory of a replica without requests. */
    public long memoryBytes() {
        return memoryBytes;
    }

    @Override
    public String toString() {
        return id;
    }
}
