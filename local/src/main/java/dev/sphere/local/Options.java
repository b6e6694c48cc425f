package dev.sphere.local;

import picocli.CommandLine;

/** What is said of an option's value that cannot be used. */
final class Options {
    private Options() {}

    /**
     * Ends the command with exit code 2 unless the condition holds.
     *
     * @throws CommandLine.ParameterException naming option, value and what was expected
     */
    static void require(
            CommandLine.Model.CommandSpec spec,
            boolean holds,
            String option,
            Object value,
            String expected) {
        if (!holds) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "Invalid value for option '%s': %s: expected %s"
                            .formatted(option, value, expected));
        }
    }
}
