package dev.sphere.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class BenchCommandTest {
    private final StringWriter told = new StringWriter();

    @Test
    void asksForWhatIsToBeMeasured() {
        assertThat(run("bench")).isEqualTo(2);
        assertThat(told.toString()).contains("Missing command: expected one of forecast, scale");
    }

    @Test
    void refusesToMeasureForNoTime() {
        assertThat(run("bench", "forecast", "--iterations", "0")).isEqualTo(2);
        assertThat(told.toString())
                .contains("Invalid value for option '--iterations': 0: expected 1 or more");
    }

    @Test
    void refusesToRepeatNothing() {
        assertThat(run("bench", "forecast", "--repetitions", "0")).isEqualTo(2);
        assertThat(told.toString())
                .contains("Invalid value for option '--repetitions': 0: expected 1 or more");
    }

    private int run(String... arguments) {
        return Sphere.commandLine().setErr(new PrintWriter(told, true)).execute(arguments);
    }
}
