package dev.sphere.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.observe.Observation;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceModelsTest {
    private final ServiceModels models = new ServiceModels();
    private final SignalModel requests = new SignalModel();
    private final SignalModel cpu = new SignalModel();

    @Test
    void findsTheModelOfEachSignal() {
        models.put("requests", requests);
        models.put("cpu", cpu);

        assertThat(models.of("requests")).isSameAs(requests);
        assertThat(models.of("cpu")).isSameAs(cpu);
        assertThat(models.of("queue")).isNull();
    }

    @Test
    void hasOneModelForASignal() {
        var newer = new SignalModel();
        models.put("requests", requests);
        models.put("cpu", cpu);

        models.put("requests", newer);

        assertThat(models.of("requests")).isSameAs(newer);
        assertThat(models.of("cpu")).isSameAs(cpu);
        assertThat(models.signals).containsExactly("requests", "cpu");
        assertThat(models.models).hasSize(2);
    }

    @Test
    void forgetsASignalThatIsNotObservedAnyMoreButNotOneThatIsMissing() {
        models.put("requests", requests);
        models.put("queue", new SignalModel());
        models.put("cpu", cpu);

        models.keepOnly(
                List.of(new Observation("cpu", 0.5, 1, 1, 1), Observation.missing("requests", 1)));

        assertThat(models.signals).containsExactly("requests", "cpu");
        assertThat(models.of("requests")).isSameAs(requests);
        assertThat(models.of("cpu")).isSameAs(cpu);
    }

    @Test
    void forgetsAllSignalsOfAServiceOfWhichNothingIsObserved() {
        models.put("requests", requests);
        models.put("cpu", cpu);

        models.keepOnly(List.of());

        assertThat(models.signals).isEmpty();
        assertThat(models.models).isEmpty();
    }
}
