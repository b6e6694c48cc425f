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

    @Test
    void refusesSizesThatCannotBeMeasured() {
        assertThat(run("bench", "scale", "--services", "100,0")).isEqualTo(2);
        assertThat(run("bench", "scale", "--services", "5,5")).isEqualTo(2);
        assertThat(run("bench", "scale", "--history-step", "7s")).isEqualTo(2);
        assertThat(run("bench", "scale", "--days", "1", "--recent", "25h")).isEqualTo(2);
        assertThat(run("bench", "scale", "--duration", "15s")).isEqualTo(2);
        assertThat(run("bench", "scale", "--pace", "2m")).isEqualTo(2);
        assertThat(run("bench", "scale", "--heap", "much")).isEqualTo(2);
        assertThat(run("bench", "scale", "--state-backend", "disk")).isEqualTo(2);
        assertThat(told.toString())
                .contains("Invalid value for option '--services': 0: expected 1 to 100000")
                .contains(
                        "Invalid value for option '--services': [5, 5]: expected each number once")
                .contains(
                        "Invalid value for option '--history-step': 7s: expected a multiple of 15s")
                .contains("Invalid value for option '--recent': 1500m: expected at most --days")
                .contains("Invalid value for option '--duration': 15s: expected at least two")
                .contains("Invalid value for option '--pace': 2m: expected 100ms to --duration")
                .contains("Invalid value for option '--heap': much: expected e.g. 900m or 4g")
                .contains("'--state-backend'");
    }

    private int run(String... arguments) {
        return Sphere.commandLine().setErr(new PrintWriter(told, true)).execute(arguments);
    }
}
