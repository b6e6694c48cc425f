package dev.sphere.local.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a shell script in the place of Python, which keeps the questions that it is asked. */
class StatsmodelsTest {
    private static final String FITS =
            """
            {"statsmodels": "1.2.3", "python": "3.99", \
            "givenStart": {"seconds": [0.3, 0.1, 0.2], "sse": 5.5, "converged": true}, \
            "fittedStart": {"seconds": [2, 3, 1], "sse": 4.5, "converged": false}}""";

    @TempDir private Path folder;

    @Test
    void isAskedForBothFitsOnceAndForEachForecastByAProcessOfItsOwn() throws IOException {
        var statsmodels =
                statsmodels(
                        "case $1 in *fit.py) echo '"
                                + FITS
                                + "' ;; *) echo '{\"forecast\": 7.5, \"cpuSeconds\": 1.25}' ;; esac");
        List<String> told = new ArrayList<>();

        var times = statsmodels.measure(3, told::add);

        assertThat(times.version()).isEqualTo("1.2.3");
        assertThat(times.python()).isEqualTo("3.99");
        assertThat(times.givenStart()).isEqualTo(new StatsmodelsTimes.Fit(200, 5.5, true));
        assertThat(times.fittedStart()).isEqualTo(new StatsmodelsTimes.Fit(2_000, 4.5, false));
        assertThat(times.forecast()).isEqualTo(7.5);
        assertThat(times.processSeconds()).isPositive();
        assertThat(times.processCpuSeconds()).isEqualTo(1.25);
        assertThat(told)
                .containsExactly(
                        "3 times two fits by statsmodels",
                        "3 processes that forecast by statsmodels");
        List<JsonNode> questions = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("asked"))) {
            questions.add(new ObjectMapper().readTree(line));
        }
        assertThat(questions).hasSize(4);
        assertThat(questions.get(0).get("repetitions").asInt()).isEqualTo(3);
        assertThat(questions.get(0).get("seasonal")).hasSize(Fortnight.SEASON);
        assertThat(questions).allSatisfy(asked -> assertThat(asked.get("values")).hasSize(2016));
        assertThat(questions.get(3).get("season").asInt()).isEqualTo(144);
        assertThat(questions.get(3).get("phi").asDouble()).isBetween(0.8, 0.98);
    }

    @Test
    void failsWithTheProgramAndItsExitCode() throws IOException {
        var statsmodels = statsmodels("exit 3");

        assertThatThrownBy(() -> statsmodels.measure(1, line -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("fit.py ended with exit code 3");
    }

    @Test
    void failsWithAnAnswerThatIsNotJson() throws IOException {
        var statsmodels = statsmodels("echo no idea");

        assertThatThrownBy(() -> statsmodels.measure(1, line -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("fit.py answered \"no idea")
                .hasMessageContaining("expected JSON");
    }

    @Test
    void failsWithAnAnswerThatLacksFigures() throws IOException {
        var statsmodels = statsmodels("echo '{\"givenStart\": {\"seconds\": [1]}}'");

        assertThatThrownBy(() -> statsmodels.measure(1, line -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected");
    }

    @Test
    void cannotBeFetchedWithoutItsScript() {
        assertThatThrownBy(() -> Statsmodels.fetch(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("local/tools/statsmodels is not there");
    }

    private Statsmodels statsmodels(String answer) throws IOException {
        Path python = folder.resolve("python");
        Files.writeString(
                python,
                "#!/usr/bin/env bash\n{ cat; echo; } >>'%s/asked'\n%s\n".formatted(folder, answer));
        assertThat(python.toFile().setExecutable(true)).isTrue();
        return new Statsmodels(python, folder);
    }
}
