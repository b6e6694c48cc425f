package dev.sphere.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BacktestCommandTest {
    private static final long START = 1_795_219_200;

    private final StringWriter err = new StringWriter();
    private final StringWriter out = new StringWriter();

    @TempDir private Path folder;

    @Test
    void forecastsAfterTheOriginsOfAPlanAndNoOthers() throws IOException {
        Path trace = writeTrace("trace.csv", 3);
        Path plan = folder.resolve("plan.csv");
        Files.writeString(plan, "origin\n2026-11-22T00:00:00Z\n2026-11-23T12:30:00Z\n");
        Path forecasts = folder.resolve("forecasts.csv");

        int code = run("--input", trace, "--origins", plan, "--output", forecasts);

        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        // steps of 10 minutes: 1, 5 and 10 minutes are one step, then 30 and 60 minutes
        assertThat(Files.readAllLines(forecasts).stream().skip(1).map(BacktestCommandTest::asked))
                .containsExactly(
                        START + 86_400 + ",1",
                        START + 86_400 + ",3",
                        START + 86_400 + ",6",
                        START + 2 * 86_400 + 45_000 + ",1",
                        START + 2 * 86_400 + 45_000 + ",3",
                        START + 2 * 86_400 + 45_000 + ",6");
        assertThat(out.toString()).contains("trace: 432 steps of 10m, 0 missing; 2 origins");
    }

    @Test
    void forecastsEvenlyAtTheHorizonsAskedFor() throws IOException {
        Path trace = writeTrace("trace.csv", 3);
        Path forecasts = folder.resolve("forecasts.csv");

        int code =
                run(
                        "--input",
                        trace,
                        "--horizon",
                        "10m,2h",
                        "--every",
                        "50m",
                        "--warmup",
                        "1d",
                        "--season",
                        "1d",
                        "--season",
                        "1h",
                        "--output",
                        forecasts);

        assertThat(code).isZero();
        List<String> lines = Files.readAllLines(forecasts);
        // origins 143, 148, ... up to 431 - 12: 56 of them
        assertThat(lines).hasSize(1 + 56 * 2);
        assertThat(lines.get(1)).startsWith(START + 143 * 600 + ",1,");
        assertThat(lines.get(112)).startsWith(START + 418 * 600 + ",12,");
    }

    /** A day in the first four days, and one of 18 hours in what comes after. */
    @Test
    void searchesSeasonsInWhatIsKnownAtTheFirstOrigin() throws IOException {
        Path trace =
                writeTrace(
                        "trace.csv",
                        10,
                        i -> 100 + 50 * Math.sin(2 * Math.PI * i / (i < 576 ? 144 : 108)));
        Path plan = folder.resolve("plan.csv");
        Files.writeString(plan, "origin\n" + (START + 575 * 600) + "\n" + (START + 900 * 600));

        int code = run("--input", trace, "--season", "auto", "--origins", plan);
        String text = out.toString();
        out.getBuffer().setLength(0);
        int inJson = run("--input", trace, "--season", "auto", "--origins", plan, "--json");

        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        assertThat(text).contains("seasons found in the first 576 steps (4d): 1d (evidence 0.");
        assertThat(inJson).isZero();
        JsonNode told = new ObjectMapper().readTree(out.toString()).at("/traces/0");
        assertThat(told.get("stepsToFirstOrigin").asInt()).isEqualTo(576);
        assertThat(told.get("seasonsFound")).hasSize(1);
        assertThat(told.at("/seasonsFound/0/length").asLong()).isEqualTo(86_400_000);
        assertThat(told.at("/seasonsFound/0/evidence").asDouble()).isBetween(0.5, 1.0);
    }

    @Test
    void forecastsWithTheSeasonsFoundAsIfTheyHadBeenGiven() throws IOException {
        var random = new Random(1);
        Path trace =
                writeTrace(
                        "trace.csv",
                        8,
                        i -> 100 + 50 * Math.sin(2 * Math.PI * i / 54) + 5 * random.nextDouble());
        Path found = folder.resolve("found.csv");
        Path given = folder.resolve("given.csv");
        Path usual = folder.resolve("usual.csv");

        run("--input", trace, "--warmup", "4d", "--season", "auto", "--output", found);
        run("--input", trace, "--warmup", "4d", "--season", "9h", "--output", given);
        run("--input", trace, "--warmup", "4d", "--output", usual);

        assertThat(out.toString()).contains("seasons found in the first 576 steps (4d): 9h (");
        assertThat(found).hasSameTextualContentAs(given);
        assertThat(Files.readString(found)).isNotEqualTo(Files.readString(usual));
    }

    @Test
    void forecastsWithoutASeasonIfNoneIsFoundAndSaysSo() throws IOException {
        var random = new Random(1);
        Path trace = writeTrace("trace.csv", 8, i -> 100 + random.nextInt(50));
        Path found = folder.resolve("found.csv");
        Path none = folder.resolve("none.csv");

        run("--input", trace, "--warmup", "4d", "--season", "auto", "--output", found);
        String text = out.toString();
        run("--input", trace, "--warmup", "4d", "--season", "none", "--output", none);

        assertThat(text)
                .contains("no season found in the first 576 steps (4d): forecast without one");
        assertThat(found).hasSameTextualContentAs(none);
    }

    @Test
    void searchesNoSeasonsUnasked() throws IOException {
        Path trace = writeTrace("trace.csv", 3);

        run("--input", trace, "--warmup", "1d");
        run("--input", trace, "--warmup", "1d", "--json");

        assertThat(out.toString()).doesNotContain("season found", "seasons found", "seasonsFound");
    }

    @Test
    void forecastsAFolderIntoAFolderAndPrintsOneJsonObject() throws IOException {
        Path traces = Files.createDirectory(folder.resolve("traces"));
        writeTrace("traces/a.csv", 3);
        writeTrace("traces/b.csv", 4);
        Files.writeString(traces.resolve("list.csv"), "name\na\n");
        Path forecasts = folder.resolve("forecasts");

        int code = run("--input", traces, "--warmup", "1d", "--output", forecasts, "--json");

        assertThat(code).isZero();
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(json.get("traces").findValuesAsText("trace")).containsExactly("a", "b");
        var sphere = json.at("/traces/0/horizons/0/methods/sphere");
        assertThat(sphere.get("targets").asInt()).isPositive();
        assertThat(sphere.get("maeToLastValue").isNumber()).isTrue();
        assertThat(sphere.get("wql90ToLastValue").isNumber()).isTrue();
        assertThat(json.at("/means/0/methods/sphere/mae").isNull()).isTrue();
        assertThat(json.at("/means/0/methods/sphere/wql90ToLastValue").isNumber()).isTrue();
        assertThat(json.at("/cells/count").asInt()).isEqualTo(6);
        assertThat(json.at("/means/0/traces").asInt()).isEqualTo(2);
        assertThat(forecasts.toFile().list()).containsExactlyInAnyOrder("a.csv", "b.csv");
    }

    /** Origins 143, 154, ... up to 431 - 12 make 26 targets. */
    @Test
    void listsWhereAPublishedErrorIsMuchSmaller() throws IOException {
        Path trace = writeTrace("trace.csv", 3);
        Path published = folder.resolve("published.csv");
        Files.writeString(
                published,
                """
                method,trace,h_steps,n,MAE
                better,trace,1,26,0.001
                other targets,trace,1,25,0.0001
                pool,trace,1,26,0.00001
                worse,trace,12,26,1e6
                better,another,1,26,0.001
                """);

        int code =
                run(
                        "--input",
                        trace,
                        "--horizon",
                        "10m,2h",
                        "--every",
                        "100m",
                        "--warmup",
                        "1d",
                        "--baselines",
                        published,
                        "--yardstick",
                        "pool",
                        "--json");

        assertThat(err.toString()).isEmpty();
        assertThat(code).isZero();
        JsonNode cells = new ObjectMapper().readTree(out.toString()).get("cells");
        assertThat(cells.get("count").asInt()).isEqualTo(2);
        assertThat(cells.get("notCompared").asInt()).isEqualTo(1);
        var weak = cells.at("/weak/0");
        assertThat(weak.get("trace").asText()).isEqualTo("trace");
        assertThat(weak.get("steps").asInt()).isEqualTo(1);
        assertThat(weak.get("millis").asInt()).isEqualTo(600_000);
        assertThat(weak.get("baseline").asText()).isEqualTo("better");
        assertThat(weak.get("ratio").asDouble())
                .isEqualTo(weak.get("mae").asDouble() / 0.001)
                .isGreaterThan(1.15);
        assertThat(cells.get("worst")).isEqualTo(weak);
    }

    @Test
    void failsWithEachFileThatCannotBeRead() throws IOException {
        Path good = writeTrace("good.csv", 3);
        Path bad = folder.resolve("bad.csv");
        Files.writeString(bad, "timestamp,value\n0,1\n60,many\n");
        Path brief = folder.resolve("brief.csv");
        Files.writeString(brief, "timestamp,value\n0,1\n60,2\n");

        int code = run("--input", good, bad, brief, "--warmup", "1d");

        assertThat(code).isEqualTo(1);
        assertThat(err.toString())
                .contains("bad.csv line 3: value \"many\": expected a number")
                .contains("brief: 2 steps: expected more than the warm-up of 1440");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void neverOverwritesATrace() throws IOException {
        Path trace = writeTrace("trace.csv", 3);
        String before = Files.readString(trace);

        assertThat(run("--input", trace, "--output", trace)).isEqualTo(2);
        assertThat(run("--input", trace, "--output", folder)).isEqualTo(2);

        assertThat(err.toString()).contains("would be overwritten");
        assertThat(trace).hasContent(before);
    }

    @Test
    void forecastsTheSeriesOfM4() throws IOException {
        Path train = folder.resolve("train.csv");
        Path test = folder.resolve("test.csv");
        Files.writeString(train, "\"V1\",\"V2\"\n\"H1\"," + hours(0, 240) + "\n");
        Files.writeString(test, "\"V1\",\"V2\"\n\"H1\"," + hours(240, 244) + "\n");
        Path forecasts = folder.resolve("m4.csv");

        int code =
                run(
                        "--m4",
                        "--train",
                        train,
                        "--test",
                        test,
                        "--season",
                        "24,168",
                        "--horizon",
                        "4",
                        "--output",
                        forecasts,
                        "--json");

        assertThat(code).isZero();
        assertThat(forecasts).content().startsWith("id,h1,h2,h3,h4,l1,l2,l3,l4,u1,u2,u3,u4\nH1,");
        JsonNode json = new ObjectMapper().readTree(out.toString());
        assertThat(json.at("/sphere/smape").asDouble()).isLessThan(10);
        // the series repeats itself every day, so that its scale is 0
        assertThat(json.at("/sphere/mase").isNull()).isTrue();
        assertThat(json.at("/benchmarks/sNaive/smape").asDouble()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "'' | '--input' | expected a trace, or a folder of traces",
                "--input no-such.csv | '--input' | no-such.csv: expected a readable file or folder",
                "--input src/main/java | '--input' | src/main/java: expected at least one trace",
                "--input pom.xml --season daily | '--season' | daily: expected auto, none, or times",
                "--input pom.xml --season auto,1h | '--season' | auto: expected auto, none, or",
                "--m4 --train pom.xml --test pom.xml --season auto | '--season' | auto: expected a",
                "--input pom.xml --season 1d,1d | '--season' | at most 5 different seasons",
                "--input pom.xml --horizon 5 | '--horizon' | 5: expected times such as 1m,5m,1h",
                "--input pom.xml --horizon 0m | '--horizon' | 0m: expected times such as",
                "--input pom.xml --every often | '--every' | expected e.g. 500ms",
                "--input pom.xml --every 0m | '--every' | expected a time above 0",
                "--input pom.xml --origins none.csv | '--origins' | none.csv: expected a readable",
                "--input pom.xml --origins pom.xml --warmup 1d | '--origins' | no --every and no",
                "--input pom.xml --train pom.xml | '--train' | it with --m4 only",
                "--m4 | --t | expected a file of the M4 competition",
                "--m4 --train pom.xml --test pom.xml --season 1d | '--season' | 1d: expected a number",
                "--m4 --train pom.xml --test pom.xml --horizon 1,2 | '--horizon' | one number",
                "--input pom.xml --baselines none.csv | '--baselines' | none.csv: expected a readable",
                "--input pom.xml --yardstick pool | '--yardstick' | pool: expected --baselines with",
                "--m4 --baselines pom.xml | '--m4' | no --baselines or --yardstick beside it",
                "--m4 --input pom.xml | '--input' | --train and --test instead",
            })
    void refusesWrongUsageWithTheOptionAndWhatWasExpected(
            String line, String names, String expected) {
        int code = run((Object[]) line.split(" +"));

        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains(names).contains(expected);
    }

    private static String asked(String line) {
        String[] fields = line.split(",");
        assertThat(fields).hasSize(9).doesNotContain("");
        return fields[0] + "," + fields[1];
    }

    /** Days of 10-minute steps with a season of a day and of an hour. */
    private Path writeTrace(String name, int days) throws IOException {
        return writeTrace(name, days, i -> 50 + i % 144 + 7 * (i % 6) + i * i % 11);
    }

    private Path writeTrace(String name, int days, IntToDoubleFunction load) throws IOException {
        Path file = folder.resolve(name);
        Files.writeString(
                file,
                IntStream.range(0, days * 144)
                        .mapToObj(i -> (START + i * 600) + "," + load.applyAsDouble(i))
                        .collect(Collectors.joining("\n", "timestamp,value\n", "\n")));
        return file;
    }

    private static String hours(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> "\"" + (100 + 10 * (i % 24)) + "\"")
                .collect(Collectors.joining(","));
    }

    private int run(Object... arguments) {
        var line =
                IntStream.range(0, arguments.length)
                        .mapToObj(i -> arguments[i].toString())
                        .filter(argument -> !argument.isEmpty())
                        .collect(Collectors.toList());
        line.add(0, "backtest");
        return Sphere.commandLine()
                .setErr(new PrintWriter(err, true))
                .setOut(new PrintWriter(out, true))
                .execute(line.toArray(String[]::new));
    }
}
