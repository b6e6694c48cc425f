package dev.sphere.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sphere.local.bench.ForecastReport;
import dev.sphere.local.bench.ForecastTimes;
import dev.sphere.local.bench.Statsmodels;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sphere bench forecast}: what one step of one signal costs, and a refit of its history. */
@Command(
        name = "forecast",
        description = {
            "Measures, by JMH in JVMs of their own, what one step of one signal costs: an"
                    + " observation learned and ten points forecast, with hour, day and week known,"
                    + " at a step of a minute. Beside it the plain Holt-Winters recursion. Then what"
                    + " a refit of 14 days costs, 2016 values with a season of a day.",
            "",
            "In the same run, by statsmodels (local/tools/statsmodels installs it once): its fit of"
                    + " the same model to the same series, and a new process for each forecast."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done; also without statsmodels, if that cannot be had",
            "1:failed",
            "2:wrong usage"
        })
final class BenchForecastCommand implements Callable<Integer> {
    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--iterations",
            paramLabel = "N",
            defaultValue = "15",
            description = "seconds measured of each of ours (default: ${DEFAULT-VALUE})")
    private int iterations;

    @Option(
            names = "--repetitions",
            paramLabel = "N",
            defaultValue = "5",
            description = "fits and processes of statsmodels (default: ${DEFAULT-VALUE})")
    private int repetitions;

    @Option(names = "--without-python", description = "leave statsmodels out")
    private boolean withoutPython;

    @Option(names = "--json", description = "print the figures as JSON")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        Options.require(spec, iterations >= 1, "--iterations", iterations, "1 or more");
        Options.require(spec, repetitions >= 1, "--repetitions", repetitions, "1 or more");
        var report = report();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(new ObjectMapper().writeValueAsString(report));
        } else {
            report.inWords().forEach(out::println);
        }
        out.flush();
        return 0;
    }

    /** With statsmodels, unless that is not wanted or cannot be had; ours is measured anyhow. */
    private ForecastReport report() {
        if (withoutPython) {
            return ForecastReport.withoutStatsmodels(ours(), "as --without-python says");
        }
        Statsmodels statsmodels;
        try {
            // First, so that what cannot be had is known before anything is measured.
            statsmodels = Statsmodels.fetch(FetchedTool.home());
        } catch (IOException e) {
            tell(e);
            return ForecastReport.withoutStatsmodels(ours(), e.getMessage());
        }
        var ours = ours();
        try {
            return ForecastReport.of(ours, statsmodels.measure(repetitions, this::progress));
        } catch (IOException e) {
            tell(e);
            return ForecastReport.withoutStatsmodels(ours, e.getMessage());
        }
    }

    private void tell(IOException why) {
        progress(
                "no statsmodels: %s; the rest is measured all the same (--without-python leaves it out)"
                        .formatted(why.getMessage()));
    }

    private ForecastTimes ours() {
        return ForecastTimes.measure(iterations, this::progress);
    }

    private void progress(String line) {
        var err = spec.commandLine().getErr();
        err.println("bench: " + line);
        err.flush();
    }
}
