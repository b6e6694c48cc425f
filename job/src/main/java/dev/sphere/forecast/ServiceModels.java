package dev.sphere.forecast;

import dev.sphere.observe.Observation;
import java.util.ArrayList;
import java.util.List;

/** The models of one service's signals. Durable state: add fields, never remove. */
public final class ServiceModels {
    public int version = 1;

    // Lists and not a map: they are short, and asked for in order.
    public List<String> signals = new ArrayList<>();
    public List<SignalModel> models = new ArrayList<>();

    /** Null if there is none. */
    SignalModel of(String signal) {
        int at = signals.indexOf(signal);
        return at < 0 ? null : models.get(at);
    }

    void put(String signal, SignalModel model) {
        int at = signals.indexOf(signal);
        if (at < 0) {
            signals.add(signal);
            models.add(model);
        } else {
            models.set(at, model);
        }
    }

    /** Forgets the signals that are not observed any more, not even as missing. */
    void keepOnly(List<Observation> observed) {
        for (int at = signals.size() - 1; at >= 0; at--) {
            String signal = signals.get(at);
            if (observed.stream().noneMatch(each -> each.signal().equals(signal))) {
                signals.remove(at);
                models.remove(at);
            }
        }
    }
}
