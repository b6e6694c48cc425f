package dev.sphere.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BridgeTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(Map<String, String> env, String... args) {
        return Bridge.commandLine(env)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }

    @Test
    void helpsAndTellsItsVersion() {
        assertThat(run(Map.of(), "--help")).isZero();
        assertThat(out.toString()).contains("--config", "--set", "Exit codes");
        assertThat(run(Map.of(), "--version")).isZero();
        assertThat(out.toString()).contains("sphere-bridge");
    }

    @Test
    void endsWithTwoOnWrongOptionsAndOnWrongSettings(@TempDir Path dir) throws Exception {
        assertThat(run(Map.of(), "--nonsense")).isEqualTo(2);
        assertThat(run(Map.of(), "--set", "nonsense")).isEqualTo(2);
        Path file = Files.writeString(dir.resolve("bridge.yaml"), "kafka: {bootstrap: 'x'}\n");

        assertThat(run(Map.of(), "--config", file.toString(), "--set", "source=")).isEqualTo(2);

        assertThat(err.toString())
                .contains(
                        file + ": kafka.bootstrap: \"x\", expected host:port",
                        "--set: source: \"\", expected a text that is neither empty nor too long");
    }

    @Test
    void endsWithOneWhenItCannotStart() throws Exception {
        try (var taken = new ExposingServer()) {
            int code =
                    run(
                            Map.of("SPHERE_BRIDGE_KAFKA_BOOTSTRAP", "127.0.0.1:1"),
                            "--set",
                            "http.port=" + taken.port());

            assertThat(code).isEqualTo(1);
            assertThat(err.toString())
                    .contains("http.host, http.port: cannot listen on 127.0.0.1:");
        }
    }
}
