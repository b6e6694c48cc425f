package dev.sphere.local;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code sphere bench}: how fast the parts are on this machine. */
@Command(
        name = "bench",
        description = "Measures how fast a part of SPHERE is on this machine.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {BenchForecastCommand.class, BenchScaleCommand.class})
final class BenchCommand implements Runnable {
    @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "Missing command: expected one of forecast, scale");
    }
}
