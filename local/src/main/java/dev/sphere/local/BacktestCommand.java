package dev.sphere.local;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import dev.sphere.local.backtest.Cells;
import dev.sphere.local.backtest.M4Backtest;
import dev.sphere.local.backtest.M4Series;
import dev.sphere.local.backtest.PublishedErrors;
import dev.sphere.local.backtest.Trace;
import dev.sphere.local.backtest.TraceBacktests;
import dev.sphere.local.backtest.TraceReport;
import dev.sphere.local.report.Screen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sphere backtest}: how good the job's forecasts would have been on recorded signals. */
@Command(
        name = "backtest",
        description = {
            "Takes the job's forecaster through recorded signals, step by step, and tells how good"
                    + " its forecasts are beside the last value, the value a day before and plain"
                    + " Holt-Winters. What comes after an origin is not known to any of them.",
            "",
            "A trace is a CSV file of timestamp,value, evenly spaced, with ISO-8601 times (UTC) or"
                    + " epoch seconds; an empty value is missing. All settings but season, step and"
                    + " horizon are the job's defaults.",
            "",
            "With --m4: the series of the M4 competition, one forecast each, from its end."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage"},
        footer = {
            "",
            "Examples:",
            "  ./sphere backtest --input trace.csv",
            "  ./sphere backtest --input trace.csv --season 1d --horizon 1m,10m --every 13m --warmup"
                    + " 7d --output forecasts.csv",
            "  ./sphere backtest --input trace.csv --season auto",
            "  ./sphere backtest --input trace.csv --origins plan.csv --output forecasts.csv --json",
            "  ./sphere backtest --input traces/ --output forecasts/",
            "  ./sphere backtest --m4 --train Hourly-train.csv --test Hourly-test.csv --season 24,168"
                    + " --horizon 48 --output m4.csv"
        })
final class BacktestCommand implements Callable<Integer> {
    private static final String AUTO = "auto";
    private static final String NONE = "none";
    private static final String SEASONS = "auto, none, or times such as 1h, 1d and 7d";
    private static final Duration DAY = Duration.ofDays(1);
    private static final int MOST_SEASONS = 5;
    private static final int MOST_STEPS = 10_000;
    private static final long PROGRESS_MILLIS = 10_000;

    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--input",
            paramLabel = "FILE|FOLDER",
            arity = "1..*",
            description = "a trace, several, or a folder of traces (*.csv), forecast in parallel")
    private List<Path> input = new ArrayList<>();

    @Option(
            names = "--season",
            paramLabel = "TIME",
            split = ",",
            description =
                    "a season that the signal may have, e.g. 1d; may be repeated. The main one is"
                            + " the day, or the first if there is no day. auto: those found in"
                            + " what is known at the first origin, be it none; none: no season."
                            + " What is no season of the signal gets no weight (default: those of"
                            + " the job, 1h, 1d and 7d). With --m4: numbers of observations"
                            + " (default: 24,168)")
    private List<String> season;

    @Option(
            names = "--horizon",
            paramLabel = "TIME",
            split = ",",
            description =
                    "how far ahead, e.g. 1m,5m,10m; rounded up to steps (default: 1, 5, 10, 30 and 60"
                            + " minutes, and a day if a step takes half an hour or more). With --m4:"
                            + " the number of observations (default: 48)")
    private List<String> horizon;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            converter = LocalCommand.TimeConverter.class,
            description =
                    "from one origin to the next, raised until every step of the day has its turn"
                            + " (default: 13m, or more so that there are at most 4500 origins)")
    private Duration every;

    @Option(
            names = "--warmup",
            paramLabel = "TIME",
            converter = LocalCommand.TimeConverter.class,
            description =
                    "what is learned before the first origin (default: 7d; 4d in a trace of less than"
                            + " 12 days; 28d if a step takes half an hour or more)")
    private Duration warmUp;

    @Option(
            names = "--origins",
            paramLabel = "FILE|FOLDER",
            description =
                    "forecasts after these observations: a CSV file with the column origin, or for"
                            + " several traces a folder with a file of each one's name")
    private Path origins;

    @Option(
            names = "--output",
            paramLabel = "FILE|FOLDER",
            description = "where the forecasts go; a folder for several traces")
    private Path output;

    @Option(
            names = "--baselines",
            paramLabel = "FILE",
            description =
                    "errors of other methods on the same traces and targets, compared with too: a CSV"
                            + " file with the columns trace, method, h_steps, MAE, and n if it is"
                            + " there, the number of targets")
    private Path baselines;

    @Option(
            names = "--yardstick",
            paramLabel = "METHOD",
            description = "the method of --baselines that is no baseline; left out")
    private String yardstick;

    @Option(names = "--json", description = "prints one JSON object instead of tables")
    private boolean json;

    @Option(names = "--m4", description = "forecasts the series of the M4 competition")
    private boolean m4;

    @Option(names = "--train", paramLabel = "FILE", description = "with --m4: what is known")
    private Path train;

    @Option(names = "--test", paramLabel = "FILE", description = "with --m4: what came then")
    private Path test;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var screen = new Screen(System.err, Screen.isTerminal(), PROGRESS_MILLIS);
        return m4 ? competition(screen) : traces(screen);
    }

    // --- traces ---

    private int traces(Screen screen) throws IOException, InterruptedException {
        require(!input.isEmpty(), "--input", null, "a trace, or a folder of traces");
        require(train == null && test == null, "--train", train, "it with --m4 only");
        require(
                origins == null || every == null && warmUp == null,
                "--origins",
                origins,
                "no --every and no --warmup beside it");
        require(
                origins == null || Files.exists(origins),
                "--origins",
                origins,
                "a readable file or folder");
        require(every == null || every.toMillis() > 0, "--every", every, "a time above 0");
        List<Path> files = files(screen);
        boolean intoFolder =
                files.size() > 1
                        || Files.isDirectory(input.get(0))
                        || output != null && Files.isDirectory(output);
        checkOutput(files, intoFolder);
        var published = published();
        var backtests =
                new TraceBacktests(
                        files,
                        seasons(),
                        isSearched(),
                        horizons(),
                        every,
                        warmUp,
                        origins,
                        output,
                        intoFolder);
        var reports = backtests.run(new TraceProgress(screen, files.size()));
        screen.status("", System.currentTimeMillis());
        var out = spec.commandLine().getOut();
        var cells = Cells.of(reports, published, yardstick);
        if (json) {
            out.println(
                    json(
                            Map.of(
                                    "traces",
                                    reports,
                                    "means",
                                    TraceReport.means(reports),
                                    "cells",
                                    cells)));
        } else {
            reports.forEach(report -> out.println(report.inWords()));
            if (reports.size() > 1) {
                out.println(TraceReport.inWords(reports));
            }
            out.print(cells.inWords());
        }
        out.flush();
        return 0;
    }

    private List<Path> files(Screen screen) throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path each : input) {
            require(Files.isReadable(each), "--input", each, "a readable file or folder");
            if (!Files.isDirectory(each)) {
                files.add(each);
                continue;
            }
            try (var inFolder = Files.newDirectoryStream(each, "*.csv")) {
                List<Path> sorted = new ArrayList<>();
                inFolder.forEach(sorted::add);
                sorted.sort(null);
                for (Path file : sorted) {
                    if (Trace.isTrace(file)) {
                        files.add(file);
                    } else {
                        screen.line(file + ": left out, its first line is not timestamp,value");
                    }
                }
            }
        }
        require(!files.isEmpty(), "--input", input.get(0), "at least one trace, *.csv, in it");
        return files;
    }

    /** Read before anything is forecast, so that what is wrong with it is known at once. */
    private PublishedErrors published() throws IOException {
        require(
                yardstick == null || baselines != null,
                "--yardstick",
                yardstick,
                "--baselines with it");
        if (baselines == null) {
            return PublishedErrors.none();
        }
        require(Files.isRegularFile(baselines), "--baselines", baselines, "a readable file");
        var published = PublishedErrors.read(baselines);
        require(
                yardstick == null || published.hasMethod(yardstick),
                "--yardstick",
                yardstick,
                "a method of " + baselines);
        return published;
    }

    private void checkOutput(List<Path> files, boolean intoFolder) throws IOException {
        require(
                files.stream().map(Trace::nameOf).distinct().count() == files.size(),
                "--input",
                input,
                "traces with different names");
        if (output == null) {
            return;
        }
        require(
                !intoFolder || !Files.exists(output) || Files.isDirectory(output),
                "--output",
                output,
                "a folder, as there are several traces");
        for (Path file : files) {
            Path to = intoFolder ? output.resolve(file.getFileName().toString()) : output;
            require(
                    !Files.exists(to) || !Files.isSameFile(to, file),
                    "--output",
                    output,
                    "another place than that of the trace, which would be overwritten");
        }
    }

    private boolean isSearched() {
        return List.of(AUTO).equals(season);
    }

    /** The main season first; null for the job's own, or for those that are searched. */
    private List<Duration> seasons() {
        if (season == null || isSearched()) {
            return null;
        }
        if (season.equals(List.of(NONE))) {
            return List.of();
        }
        List<Duration> seasons = new ArrayList<>();
        for (String each : season) {
            var length = time("--season", each, SEASONS);
            seasons.add(length.equals(DAY) ? 0 : seasons.size(), length);
        }
        requireFewSeasons(seasons);
        return seasons;
    }

    private void requireFewSeasons(List<?> seasons) {
        require(
                seasons.size() <= MOST_SEASONS
                        && seasons.stream().distinct().count() == seasons.size(),
                "--season",
                season,
                "at most " + MOST_SEASONS + " different seasons");
    }

    private List<Duration> horizons() {
        return horizon == null
                ? null
                : horizon.stream()
                        .map(each -> time("--horizon", each, "times such as 1m,5m,1h"))
                        .toList();
    }

    private Duration time(String option, String text, String expected) {
        Duration time = Duration.ZERO;
        try {
            time = Times.parse(text.strip());
        } catch (IllegalArgumentException e) {
            // reported below, with the option
        }
        require(time.toMillis() > 0, option, text, expected);
        return time;
    }

    // --- M4 ---

    private int competition(Screen screen) throws IOException, InterruptedException {
        require(input.isEmpty(), "--input", input, "--train and --test instead, with --m4");
        require(
                origins == null && every == null && warmUp == null,
                "--m4",
                true,
                "no --origins, --every or --warmup beside it");
        require(
                baselines == null && yardstick == null,
                "--m4",
                true,
                "no --baselines or --yardstick beside it");
        for (var file : Map.of("--train", optional(train), "--test", optional(test)).entrySet()) {
            require(
                    Files.isRegularFile(file.getValue()),
                    file.getKey(),
                    file.getValue(),
                    "a file of the M4 competition, e.g. Hourly-train.csv and Hourly-test.csv");
        }
        int steps = horizon == null ? 48 : observations("--horizon", horizon).get(0);
        require(horizon == null || horizon.size() == 1, "--horizon", horizon, "one number");
        var seasons = season == null ? List.of(24, 168) : observations("--season", season);
        requireFewSeasons(seasons);
        var series = M4Series.read(train, test, steps);
        var report =
                new M4Backtest(series, seasons, steps)
                        .run(
                                output,
                                share ->
                                        screen.status(
                                                percent("M4", share), System.currentTimeMillis()));
        screen.status("", System.currentTimeMillis());
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(json(report));
        } else {
            out.print(report.inWords());
        }
        out.flush();
        return 0;
    }

    private static Path optional(Path file) {
        return file == null ? Path.of("") : file;
    }

    private List<Integer> observations(String option, List<String> texts) {
        List<Integer> numbers = new ArrayList<>();
        for (String text : texts) {
            require(
                    text.matches("[1-9][0-9]{0,4}") && Integer.parseInt(text) <= MOST_STEPS,
                    option,
                    text,
                    "a number of observations, 1 to " + MOST_STEPS + ", with --m4");
            numbers.add(Integer.parseInt(text));
        }
        return numbers;
    }

    // --- what is told ---

    private static String percent(String of, double share) {
        return String.format(Locale.ROOT, "%s %.0f %%%n", of, 100 * share);
    }

    private static String json(Object value) throws JsonProcessingException {
        var unknownIsNull = new SimpleModule();
        unknownIsNull.addSerializer(Double.class, new NumberOrNull());
        unknownIsNull.addSerializer(double.class, new NumberOrNull());
        return new ObjectMapper().registerModule(unknownIsNull).writeValueAsString(value);
    }

    /** JSON has no NaN. */
    private static final class NumberOrNull extends JsonSerializer<Double> {
        @Override
        public void serialize(Double value, JsonGenerator to, SerializerProvider provider)
                throws IOException {
            if (Double.isFinite(value)) {
                to.writeNumber(value);
            } else {
                to.writeNull();
            }
        }
    }

    /** A line for each trace that is done, if there are several, and how far the others are. */
    private record TraceProgress(Screen screen, int traces, AtomicInteger done)
            implements TraceBacktests.Progress {
        TraceProgress(Screen screen, int traces) {
            this(screen, traces, new AtomicInteger());
        }

        @Override
        public void at(String trace, double share) {
            screen.status(percent(trace, share), System.currentTimeMillis());
        }

        @Override
        public void done(TraceReport report) {
            int count = done.incrementAndGet();
            if (traces > 1) {
                screen.line(
                        String.format(
                                Locale.ROOT,
                                "%d/%d %s %.1f s",
                                count,
                                traces,
                                report.name(),
                                report.seconds()));
            }
            if (report.unused() > 0) {
                screen.line(
                        "%s: %d values are not used: they are not at a step of %d ms, or one is there"
                                .formatted(report.name(), report.unused(), report.step()));
            }
        }
    }

    private void require(boolean holds, String option, Object value, String expected) {
        Options.require(spec, holds, option, value, expected);
    }
}
