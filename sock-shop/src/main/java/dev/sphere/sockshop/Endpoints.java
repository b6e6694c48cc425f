package dev.sphere.sockshop;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** The ready pods of each service, chosen at random as kube-proxy does. Any thread may use it. */
public final class Endpoints {

    /** Where a ready pod listens. */
    public record Endpoint(String podName, String host, int port) {

        public Endpoint {
            Objects.requireNonNull(podName, "podName");
            Objects.requireNonNull(host, "host");
            if (port < 1 || port > 65_535) {
                throw new IllegalArgumentException(
                        "port of pod %s: %d, expected 1 to 65535".formatted(podName, port));
            }
        }
    }

    private final long seed;
    private final AtomicLong choices = new AtomicLong();
    private volatile Map<ShopService, List<Endpoint>> ready = Map.of();

    public Endpoints(long seed) {
        this.seed = seed;
    }

    /** From now on the pod gets requests; said again with another port, the new one counts. */
    public void ready(ShopService service, String podName, String host, int port) {
        replace(service, podName, Stream.of(new Endpoint(podName, host, port)));
    }

    /** From now on the pod gets no more requests. */
    public void gone(ShopService service, String podName) {
        replace(service, podName, Stream.empty());
    }

    /** The ready pods of a service. */
    public List<Endpoint> of(ShopService service) {
        return ready.getOrDefault(service, List.of());
    }

    /** One of the ready pods of a service, or none when nobody is there. */
    public Optional<Endpoint> choose(ShopService service) {
        List<Endpoint> of = of(service);
        if (of.isEmpty()) {
            return Optional.empty();
        }
        long drawn = mix(seed + choices.incrementAndGet() * 0x9e3779b97f4a7c15L);
        return Optional.of(of.get((int) Long.remainderUnsigned(drawn, of.size())));
    }

    private synchronized void replace(ShopService service, String podName, Stream<Endpoint> by) {
        Map<ShopService, List<Endpoint>> next = new EnumMap<>(ShopService.class);
        next.putAll(ready);
        Stream<Endpoint> others = of(service).stream().filter(e -> !e.podName.equals(podName));
        next.put(service, Stream.concat(others, by).toList());
        ready = next;
    }

    /** The finalizer of SplitMix64: a seeded random sequence without a lock. */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
