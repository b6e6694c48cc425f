package dev.sphere.connector.redis;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import redis.embedded.core.ExecutableProvider;

/** A server that the sink is tested against: its executable, and where that comes from. */
enum TestedServer {
    /** Brought by Maven, with embedded-redis. */
    REDIS {
        @Override
        File executable(Path folder) throws IOException {
            return ExecutableProvider.newJarResourceProvider(folder.toFile()).get();
        }
    },
    /** Fetched by a script of the repository, so that tests against it need the tag needs-tools. */
    VALKEY {
        @Override
        File executable(Path folder) throws IOException {
            return fetched().resolve("bin/valkey-server").toFile();
        }
    };

    /**
     * @param folder where it may put the executable
     */
    abstract File executable(Path folder) throws IOException;

    private static Path fetched() throws IOException {
        // Tests run in the folder of their module.
        Process script =
                new ProcessBuilder("../local/tools/valkey")
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        script.getOutputStream().close();
        try (InputStream output = script.getInputStream()) {
            String folder = new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
            int code = script.waitFor();
            if (code != 0) {
                throw new IOException(
                        "local/tools/valkey failed with exit code " + code + ": see stderr");
            }
            return Path.of(folder);
        } catch (InterruptedException e) {
            script.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for local/tools/valkey", e);
        }
    }
}
