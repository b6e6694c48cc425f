package dev.sphere.local.bench.scale;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.Map;

/**
 * Who has used the CPU since it was made. Threads are told apart by their names; what a thread that
 * has ended used since the last look counts as the JVM's.
 */
final class CpuMeter {
    private static final String CHECKPOINT_THREADS = "AsyncOperations";
    private static final double NANOS = 1e9;

    private enum Who {
        FORECASTING,
        SOURCE,
        CHECKPOINTS,
        FLINK
    }

    private record Use(Who who, long before, long now) {}

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final OperatingSystemMXBean system =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final Map<Long, Use> uses = new HashMap<>();
    private final long processBefore;

    CpuMeter() {
        processBefore = system.getProcessCpuTime();
        look(true);
    }

    /** To be called now and then, so that threads that end are not missed. */
    void look() {
        look(false);
    }

    private void look(boolean first) {
        for (var thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread == null) {
                continue;
            }
            long cpu = threads.getThreadCpuTime(thread.getThreadId());
            if (cpu >= 0) {
                var before = uses.get(thread.getThreadId());
                uses.put(
                        thread.getThreadId(),
                        new Use(
                                who(thread.getThreadName()),
                                before == null ? first ? cpu : 0 : before.before(),
                                cpu));
            }
        }
    }

    private static Who who(String thread) {
        if (ScaleFlow.FORECAST_TASKS.stream().anyMatch(thread::startsWith)) {
            return Who.FORECASTING;
        } else if (thread.startsWith(ScaleFlow.SOURCE_TASK)) {
            return Who.SOURCE;
        }
        return thread.startsWith(CHECKPOINT_THREADS) ? Who.CHECKPOINTS : Who.FLINK;
    }

    CpuTimes times() {
        look();
        double process = (system.getProcessCpuTime() - processBefore) / NANOS;
        double known = uses.values().stream().mapToLong(use -> use.now() - use.before()).sum();
        return new CpuTimes(
                seconds(Who.FORECASTING),
                seconds(Who.SOURCE),
                seconds(Who.CHECKPOINTS),
                seconds(Who.FLINK),
                Math.max(0, process - known / NANOS));
    }

    private double seconds(Who who) {
        return uses.values().stream()
                        .filter(use -> use.who() == who)
                        .mapToLong(use -> use.now() - use.before())
                        .sum()
                / NANOS;
    }
}
