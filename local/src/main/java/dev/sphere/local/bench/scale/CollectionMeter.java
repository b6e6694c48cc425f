package dev.sphere.local.bench.scale;

import com.sun.management.GarbageCollectionNotificationInfo;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;

/** How often, and how long at most, the garbage collector stopped everything. */
final class CollectionMeter implements AutoCloseable {
    /** Collections that run beside the program have a bean of their own from JDK 20 on. */
    private static final String CONCURRENT = "Concurrent";

    private final NotificationListener listener =
            (notification, ignored) -> collected(notification);
    private final List<NotificationEmitter> emitters =
            ManagementFactory.getGarbageCollectorMXBeans().stream()
                    .filter(bean -> !bean.getName().contains(CONCURRENT))
                    .filter(NotificationEmitter.class::isInstance)
                    .map(NotificationEmitter.class::cast)
                    .toList();
    private final AtomicLong collections = new AtomicLong();
    private final AtomicLong longest = new AtomicLong();

    CollectionMeter() {
        emitters.forEach(emitter -> emitter.addNotificationListener(listener, null, null));
    }

    private void collected(Notification notification) {
        if (!notification
                .getType()
                .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION)) {
            return;
        }
        var info =
                GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData());
        collections.incrementAndGet();
        longest.accumulateAndGet(info.getGcInfo().getDuration(), Math::max);
    }

    /**
     * Collections so far.
     *
     * @param longest of their pauses, in milliseconds
     */
    record Collections(long count, long longest) {}

    Collections collections() {
        return new Collections(collections.get(), longest.get());
    }

    /** Bytes of the heap that are in use after everything else was collected. */
    static long heapInUse() {
        System.gc();
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .filter(pool -> pool.getCollectionUsage() != null)
                .mapToLong(pool -> pool.getCollectionUsage().getUsed())
                .sum();
    }

    @Override
    public void close() {
        for (var emitter : emitters) {
            try {
                emitter.removeNotificationListener(listener);
            } catch (ListenerNotFoundException e) {
                throw new IllegalStateException("the listener was there a moment ago", e);
            }
        }
    }
}
