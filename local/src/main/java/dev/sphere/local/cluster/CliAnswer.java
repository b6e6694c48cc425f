package dev.sphere.local.cluster;

/**
 * What Flink's command line said.
 *
 * @param exitCode 0 if it did what was asked
 * @param output of stdout and stderr, as they came
 */
public record CliAnswer(int exitCode, String output) {}
