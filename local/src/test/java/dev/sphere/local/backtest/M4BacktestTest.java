package dev.sphere.local.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class M4BacktestTest {
    private static final double THREE_DECIMALS = 0.0005;

    @TempDir private Path folder;

    /** "Evaluation and Ranks.xlsx" of the competition, point forecasts, hourly. */
    @Test
    void benchmarksAreThosePublishedForTheHourlySeries() throws IOException {
        Path files = folderOfM4();
        assumeTrue(
                files != null,
                "no ../shared/traces/m4 beside the project: M4's hourly series are not in it");
        var series =
                M4Series.read(
                        files.resolve("Hourly-train.csv"), files.resolve("Hourly-test.csv"), 48);

        var benchmarks = new M4Backtest(series, List.of(24, 168), 48).benchmarks();

        assertThat(series).hasSize(414);
        requireAccuracy(benchmarks.get(M4Benchmark.NAIVE), 43.003, 11.608);
        requireAccuracy(benchmarks.get(M4Benchmark.SNAIVE), 13.912, 1.193);
        requireAccuracy(benchmarks.get(M4Benchmark.NAIVE2), 18.383, 2.395);
    }

    private static void requireAccuracy(M4Accuracy accuracy, double smape, double mase) {
        assertThat(accuracy.smape()).isEqualTo(smape, within(THREE_DECIMALS));
        assertThat(accuracy.mase()).isEqualTo(mase, within(THREE_DECIMALS));
    }

    /** Beside the project, or beside the folder of worktrees that it is in. */
    private static Path folderOfM4() {
        Path project = Path.of("").toAbsolutePath().getParent();
        for (Path at = project.getParent(); at != null; at = at.getParent()) {
            Path files = at.resolve("shared/traces/m4");
            if (Files.isReadable(files.resolve("Hourly-train.csv"))) {
                return files;
            }
        }
        return null;
    }

    @Test
    void measuresAreThoseOfTheCompetition() {
        var series = new M4Series("H1", new double[] {1, 2, 3, 5}, new double[] {4, 6});
        var forecast =
                new M4Forecast(
                        "H1", new double[] {5, 3}, new double[] {4.5, 1}, new double[] {6, 5});

        var accuracy = M4Accuracy.of(series, 2, forecast);

        // the scale: (|3 - 1| + |5 - 2|) / 2 = 2.5
        assertThat(accuracy.smape()).isEqualTo((200 / 9.0 + 600 / 9.0) / 2, within(1e-12));
        assertThat(accuracy.mase()).isEqualTo((1 + 3) / 2.0 / 2.5, within(1e-12));
        // widths 1.5 and 4; 0.5 below the first interval, 1 above the second, each times 2 / 0.05
        assertThat(accuracy.msis()).isEqualTo((1.5 + 20 + 4 + 40) / 2 / 2.5, within(1e-9));
        assertThat(accuracy.coverage()).isZero();
    }

    @Test
    void naive2TakesTheSeasonOutAndPutsItBack() {
        double[] x = new double[12];
        Arrays.setAll(x, i -> new double[] {10, 20, 30}[i % 3]);

        // an exact season of factors 0.5, 1, 1.5 around 20
        assertThat(M4Benchmark.NAIVE2.forecast(x, 3, 4))
                .containsExactly(new double[] {10, 20, 30, 10}, within(1e-12));
        assertThat(M4Benchmark.SNAIVE.forecast(x, 3, 4)).containsExactly(10, 20, 30, 10);
        assertThat(M4Benchmark.NAIVE.forecast(x, 3, 2)).containsExactly(30, 30);
    }

    @Test
    void forecastsEverySeriesWithLimitsAroundIt() throws IOException, InterruptedException {
        var days = Traces.daily(12, 3_600).values();
        int known = days.length - 6;
        var series =
                new M4Series(
                        "H1",
                        Arrays.copyOf(days, known),
                        Arrays.copyOfRange(days, known, days.length));
        Path file = folder.resolve("m4.csv");

        var report = new M4Backtest(List.of(series), List.of(24), 6).run(file, share -> {});

        List<String> lines = Files.readAllLines(file);
        assertThat(lines)
                .hasSize(2)
                .startsWith("id,h1,h2,h3,h4,h5,h6,l1,l2,l3,l4,l5,l6,u1,u2,u3,u4,u5,u6");
        String[] fields = lines.get(1).split(",");
        assertThat(fields).hasSize(19).startsWith("H1");
        for (int h = 1; h <= 6; h++) {
            double forecast = Double.parseDouble(fields[h]);
            assertThat(Double.parseDouble(fields[6 + h])).isLessThan(forecast);
            assertThat(Double.parseDouble(fields[12 + h])).isGreaterThan(forecast);
        }
        // noise of 5 around a day of 40 to 160: seasonal naive has a MASE of about 1
        assertThat(report.sphere().mase()).isLessThan(1);
        assertThat(report.sphere().msis()).isLessThan(15);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "H1,1,2 | H1,3,4,5 | test.csv: series H1: 3 values: expected the horizon's 4",
                "H1,1,2 | H2,3,4,5,6 | test.csv: series H1: 0 values: expected the horizon's 4",
                "H1,1,x | H1,3,4,5,6 | train.csv line 2 field 3: \"x\": expected a number",
                "H1 | H1,3,4,5,6 | train.csv line 2: expected an id and at least one value",
                "H1,1,NA | H1,1,2,3,4;H3,1,2,3,4 | test.csv: series H3: expected it in",
                "H1,1;H1,1 | H1,1,2,3,4 | train.csv line 3: series H1: expected each series once",
            })
    void namesFileLineValueAndWhatWasExpected(String train, String test, String message)
            throws IOException {
        Path known = write("train.csv", train);
        Path then = write("test.csv", test);

        assertThatThrownBy(() -> M4Series.read(known, then, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private Path write(String name, String lines) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(file, "\"V1\",\"V2\"\n" + lines.replace(';', '\n') + "\n");
        return file;
    }
}
