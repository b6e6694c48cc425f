package dev.sphere.local.kubernetes;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A runtime whose processes are entries of a map, and that remembers what it was told. */
final class RecordingRuntime implements PodRuntime {
    final List<String> events = new CopyOnWriteArrayList<>();
    final Map<String, Integer> running = new ConcurrentHashMap<>();
    final AtomicInteger startsThatFail = new AtomicInteger();
    private final AtomicInteger nextPort = new AtomicInteger(20_000);

    @Override
    public CompletionStage<Integer> start(String namespace, String deployment, String pod) {
        if (startsThatFail.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            return CompletableFuture.failedFuture(new IllegalStateException("no memory"));
        }
        events.add("start " + pod);
        int port = nextPort.getAndIncrement();
        running.put(pod, port);
        return CompletableFuture.supplyAsync(() -> port);
    }

    @Override
    public CompletionStage<Void> stop(String pod) {
        events.add("stop " + pod);
        running.remove(pod);
        return CompletableFuture.runAsync(() -> {});
    }

    @Override
    public void ready(String deployment, String pod, int port) {
        events.add("ready " + pod);
    }

    @Override
    public void unready(String deployment, String pod) {
        events.add("unready " + pod);
    }
}
