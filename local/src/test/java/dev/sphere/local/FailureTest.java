package dev.sphere.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

class FailureTest {
    @Test
    void tellsWhatIsWrongWithAFileBesideItsPath() {
        var failure = new NoSuchFileException("/shapes/day.csv");

        assertThat(Failure.inWords(failure))
                .isEqualTo("java.nio.file.NoSuchFileException: /shapes/day.csv");
        assertThat(Failure.inWords(new UncheckedIOException(failure)))
                .isEqualTo("java.nio.file.NoSuchFileException: /shapes/day.csv");
    }

    @Test
    void tellsEachCauseOnce() {
        var cause = new IllegalStateException("no slots");

        assertThat(Failure.inWords(new IllegalStateException("Flink did not start", cause)))
                .isEqualTo("Flink did not start: no slots");
        assertThat(Failure.inWords(new IllegalStateException("failed: no slots", cause)))
                .isEqualTo("failed: no slots");
        assertThat(Failure.inWords(new NullPointerException()))
                .isEqualTo("java.lang.NullPointerException");
    }
}
