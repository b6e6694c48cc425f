package dev.sphere.local.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sphere.local.FetchedTool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.StreamSupport;

/** statsmodels in its virtual environment, which is given the same work as we are. */
public final class Statsmodels {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** By default a library for linear algebra takes all processors. */
    private static final Map<String, String> ONE_THREAD =
            Map.of("OPENBLAS_NUM_THREADS", "1", "OMP_NUM_THREADS", "1");

    private final Path python;
    private final Path programs;

    Statsmodels(Path python, Path programs) {
        this.python = python;
        this.programs = programs;
    }

    /**
     * Installs it, unless that was done before; progress goes to our stderr.
     *
     * @param home SPHERE's own folder
     * @throws IOException if it cannot be had: the script has said why on stderr
     */
    public static Statsmodels fetch(Path home) throws IOException {
        return new Statsmodels(
                FetchedTool.fetch(home, "statsmodels").folder().resolve("bin/python"),
                home.resolve("local/tools/statsmodels-bench"));
    }

    /**
     * Has it fit the history of {@link Fortnight}, and forecast from it by a process each.
     *
     * @param repetitions of each
     * @param progress is told what is measured next
     * @throws IOException if a process failed: it has said why on stderr
     */
    public StatsmodelsTimes measure(int repetitions, Consumer<String> progress) throws IOException {
        var history = new Fortnight();
        progress.accept("%d times two fits by statsmodels".formatted(repetitions));
        var fits = ask("fit.py", fitQuestion(history, repetitions));
        progress.accept("%d processes that forecast by statsmodels".formatted(repetitions));
        String question = forecastQuestion(history);
        double[] seconds = new double[repetitions];
        double[] cpuSeconds = new double[repetitions];
        double forecast = Double.NaN;
        for (int i = 0; i < repetitions; i++) {
            long began = System.nanoTime();
            var answer = ask("forecast.py", question);
            seconds[i] = (System.nanoTime() - began) / 1e9;
            cpuSeconds[i] = figure("forecast.py", answer, "cpuSeconds");
            forecast = figure("forecast.py", answer, "forecast");
        }
        return new StatsmodelsTimes(
                fits.path("statsmodels").asText(),
                fits.path("python").asText(),
                repetitions,
                fit(fits.path("givenStart")),
                fit(fits.path("fittedStart")),
                ForecastTimes.rounded(ForecastTimes.median(seconds)),
                ForecastTimes.rounded(ForecastTimes.median(cpuSeconds)),
                forecast);
    }

    private static String fitQuestion(Fortnight history, int repetitions)
            throws JsonProcessingException {
        var start = history.start().state();
        return JSON.writeValueAsString(
                Map.of(
                        "values", history.values(),
                        "season", Fortnight.SEASON,
                        "repetitions", repetitions,
                        "level", start.level,
                        "trend", start.trend,
                        "seasonal", start.seasonal));
    }

    /** With our parameters, counted as statsmodels counts them. */
    private static String forecastQuestion(Fortnight history) throws JsonProcessingException {
        var model = history.fit().model();
        return JSON.writeValueAsString(
                Map.of(
                        "values", history.values(),
                        "season", Fortnight.SEASON,
                        "alpha", model.alpha(),
                        "beta", model.beta() / model.alpha(),
                        "gamma", model.gamma(),
                        "phi", model.phi()));
    }

    private static StatsmodelsTimes.Fit fit(JsonNode fit) throws IOException {
        double[] seconds =
                StreamSupport.stream(fit.path("seconds").spliterator(), false)
                        .mapToDouble(JsonNode::asDouble)
                        .toArray();
        if (seconds.length == 0) {
            throw new IOException("fit.py answered %s: expected seconds".formatted(fit));
        }
        return new StatsmodelsTimes.Fit(
                ForecastTimes.rounded(1e3 * ForecastTimes.median(seconds)),
                figure("fit.py", fit, "sse"),
                fit.path("converged").asBoolean());
    }

    private static double figure(String program, JsonNode answer, String name) throws IOException {
        if (!answer.path(name).isNumber()) {
            throw new IOException(
                    "%s answered %s: expected the number %s".formatted(program, answer, name));
        }
        return answer.get(name).asDouble();
    }

    /** Runs one of the programs: a question as JSON, an answer as JSON. */
    private JsonNode ask(String program, String question) throws IOException {
        var command = List.of(python.toString(), programs.resolve(program).toString());
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(ONE_THREAD);
        var process = builder.start();
        try {
            boolean isHeard = write(process, question);
            String answer =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int code = process.waitFor();
            if (code != 0 || !isHeard) {
                throw new IOException(
                        "%s ended with exit code %d".formatted(String.join(" ", command), code));
            }
            return read(command, answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + command, e);
        } finally {
            process.destroy();
        }
    }

    /** Whether all of it was taken: a program that has failed takes nothing more. */
    private static boolean write(Process process, String question) {
        try (var input = process.getOutputStream()) {
            input.write(question.getBytes(StandardCharsets.UTF_8));
        } catch (IOException brokenPipe) {
            return false;
        }
        return true;
    }

    private static JsonNode read(List<String> command, String answer) throws IOException {
        try {
            return JSON.readTree(answer);
        } catch (JsonProcessingException e) {
            throw new IOException(
                    "%s answered \"%s\": expected JSON"
                            .formatted(String.join(" ", command), answer),
                    e);
        }
    }
}
