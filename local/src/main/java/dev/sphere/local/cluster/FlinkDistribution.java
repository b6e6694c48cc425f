package dev.sphere.local.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A folder with Flink in it: {@code bin/ conf/ lib/}.
 *
 * @param folder its absolute path
 * @param version of the Flink in {@code lib/}
 */
public record FlinkDistribution(Path folder, String version) {
    private static final List<String> NEEDED =
            List.of("bin/flink", "bin/jobmanager.sh", "bin/taskmanager.sh");

    // One jar with everything in it, or what Maven has: each part in its own.
    private static final Pattern JAR = Pattern.compile("flink-(?:dist|runtime)-(\\d.*)\\.jar");

    /**
     * Looks at a folder.
     *
     * @throws IOException if it holds no Flink, saying what it lacks
     */
    public static FlinkDistribution in(Path folder) throws IOException {
        var home = folder.toAbsolutePath().normalize();
        for (var script : NEEDED) {
            if (!Files.isExecutable(home.resolve(script))) {
                throw new IOException(
                        "%s is no Flink distribution: %s is not there, or cannot be executed"
                                .formatted(home, script));
            }
        }
        if (!Files.isReadable(home.resolve("conf/config.yaml"))) {
            throw new IOException(
                    "%s is no Flink distribution: there is no conf/config.yaml".formatted(home));
        }
        return new FlinkDistribution(home, version(home));
    }

    private static String version(Path home) throws IOException {
        var lib = home.resolve("lib");
        if (Files.isDirectory(lib)) {
            try (var jars = Files.list(lib)) {
                Optional<String> version =
                        jars.map(jar -> JAR.matcher(jar.getFileName().toString()))
                                .filter(Matcher::matches)
                                .map(jar -> jar.group(1))
                                .findFirst();
                if (version.isPresent()) {
                    return version.get();
                }
            }
        }
        throw new IOException(
                "%s is no Flink distribution: there is no lib/flink-dist-*.jar".formatted(home));
    }

    Path conf() {
        return folder.resolve("conf");
    }

    String script(String name) {
        return folder.resolve("bin").resolve(name).toString();
    }
}
