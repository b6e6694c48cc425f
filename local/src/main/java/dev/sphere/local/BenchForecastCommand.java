package dev.sphere.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sphere.local.bench.ForecastTimes;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sphere bench forecast}: what one step of one signal costs. */
@Command(
        name = "forecast",
        description = {
            "Measures, by JMH in a JVM of its own, what one step of one signal costs: an"
                    + " observation learned and ten points forecast, with hour, day and week known,"
                    + " at a step of a minute. Beside it the plain Holt-Winters recursion."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true)
final class BenchForecastCommand implements Callable<Integer> {
    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Option(
            names = "--iterations",
            paramLabel = "N",
            defaultValue = "15",
            description = "seconds measured for each of the two (default: ${DEFAULT-VALUE})")
    private int iterations;

    @Option(names = "--json", description = "print the figures as JSON")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        Options.require(spec, iterations >= 1, "--iterations", iterations, "1 or more");
        var times = ForecastTimes.measure(iterations);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(new ObjectMapper().writeValueAsString(times));
        } else {
            times.inWords().forEach(out::println);
        }
        out.flush();
        return 0;
    }
}
