package dev.sphere.local;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Software that Maven does not bring, fetched by the script of its name in {@code local/tools} and
 * kept between runs.
 *
 * @param folder where it is
 */
public record FetchedTool(Path folder) {

    /**
     * Runs the script, which fetches what is not there yet; its progress goes to our stderr.
     *
     * @param home SPHERE's own folder
     * @param name of a script in {@code local/tools}
     * @throws IOException if there is no such script, or it fails: it has said why on stderr
     */
    public static FetchedTool fetch(Path home, String name) throws IOException {
        var script = home.resolve("local/tools").resolve(name);
        if (!Files.isExecutable(script)) {
            throw new IOException(script + " is not there, or cannot be executed");
        }
        var process =
                new ProcessBuilder(script.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        process.getOutputStream().close();
        try (var output = process.getInputStream()) {
            var told = new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
            int code = process.waitFor();
            if (code != 0) {
                throw new IOException("%s failed with exit code %d".formatted(script, code));
            }
            return new FetchedTool(Path.of(told));
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + script, e);
        }
    }

    /**
     * SPHERE's own folder: what the launcher says, else the folder above the module's, in which
     * tests run.
     */
    public static Path home() {
        return Path.of(System.getProperty("sphere.home", "..")).toAbsolutePath().normalize();
    }
}
