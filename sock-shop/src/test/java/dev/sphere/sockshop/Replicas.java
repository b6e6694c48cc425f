package dev.sphere.sockshop;

/** How many replicas of a service keep each one within its limit. */
final class Replicas {

    private Replicas() {}

    /** At least one. */
    static int of(ShopService service, double load) {
        return Math.max(1, (int) Math.ceil(load / service.limitPerReplica()));
    }
}
