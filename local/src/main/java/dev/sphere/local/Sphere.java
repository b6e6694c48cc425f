package dev.sphere.local;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The command line of SPHERE for people, started by {@code ./sphere}. */
@Command(
        name = "sphere",
        description = "SPHERE: predictive autoscaling for Kubernetes on Apache Flink.",
        mixinStandardHelpOptions = true,
        version = "SPHERE 0.1.0",
        subcommands = {
            LocalCommand.class,
            ClusterCommand.class,
            BacktestCommand.class,
            TopicsCommand.class,
            BenchCommand.class,
            HelpCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed", "2:wrong usage"},
        footer = {"", "'./sphere COMMAND --help' tells more of a command."})
public final class Sphere implements Runnable {
    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "Missing command: expected one of local, cluster, backtest, topics, bench, help");
    }

    public static void main(String[] arguments) {
        int code = commandLine().execute(arguments);
        Interrupts.exit(code);
    }

    static CommandLine commandLine() {
        return new CommandLine(new Sphere())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(
                        (failure, line, result) -> {
                            line.getErr().println("sphere: " + Failure.inWords(failure));
                            return 1;
                        });
    }
}
