package dev.sphere.local.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A program that is started to go on when the command that starts it has ended.
 *
 * @param name what it is called in the record
 * @param environment over that of this process
 * @param log takes its output
 */
public record BackgroundProgram(
        String name, List<String> command, Map<String, String> environment, Path log) {
    private static final int LINES = 10;

    public BackgroundProgram {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /** Starts it in a session of its own: neither Ctrl-C nor the terminal's end reaches it. */
    public RecordedProcess start() throws IOException {
        Files.createDirectories(log.toAbsolutePath().getParent());
        var detached = new ArrayList<String>(command.size() + 1);
        detached.add("setsid"); // replaces itself by the program, so that the pid is the program's
        detached.addAll(command);
        var builder =
                new ProcessBuilder(detached)
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return RecordedProcess.of(name, builder.start().pid(), log);
    }

    /** The end of the log, for what is said of a program that failed. */
    public static String tail(Path log) {
        try {
            var lines = Files.readString(log, StandardCharsets.ISO_8859_1).lines().toList();
            return String.join(
                    "\n  ", lines.subList(Math.max(0, lines.size() - LINES), lines.size()));
        } catch (IOException e) {
            return "(it cannot be read)";
        }
    }
}
