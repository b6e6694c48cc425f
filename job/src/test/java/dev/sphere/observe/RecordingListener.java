package dev.sphere.observe;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Keeps what it hears. */
final class RecordingListener implements StepListener {

    final List<Step> steps = new ArrayList<>();
    final Map<Irregularity, Long> counts = new EnumMap<>(Irregularity.class);

    @Override
    public void closed(Step step) {
        steps.add(step);
    }

    @Override
    public void counted(Irregularity irregularity, long times) {
        counts.merge(irregularity, times, Long::sum);
    }

    long count(Irregularity irregularity) {
        return counts.getOrDefault(irregularity, 0L);
    }

    List<Observation> of(String signal) {
        return steps.stream()
                .flatMap(step -> step.observations().stream())
                .filter(each -> each.signal().equals(signal))
                .toList();
    }
}
