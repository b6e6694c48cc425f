package dev.sphere.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.local.cluster.BackgroundProgram;
import dev.sphere.local.cluster.ClusterRecord;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterCommandTest {
    @TempDir private Path folder;
    private final StringWriter err = new StringWriter();
    private final StringWriter out = new StringWriter();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cluster                               | Missing command | start, submit, savepoint",
                "cluster begin                         | 'begin' | Unmatched argument",
                "cluster start --task-managers 0       | '--task-managers' | 0: expected 1 to 32",
                "cluster start --slots 0               | '--slots' | 0: expected 1 to 128",
                "cluster start --slots 65              | '--slots' | at most 128 slots in all",
                "cluster start --kafka 9092            | '--kafka' | 9092: expected host:port",
                "cluster start --redis http://a        | '--redis' | expected redis://host:port",
                "cluster start --redis redis://:pw@a   | '--redis' | redis.password-file",
                "cluster start --flink-home no-such    | '--flink-home' | no-such: expected the folder",
                "cluster start --kubeconfig no-such    | '--kubeconfig' | no-such: expected a readable",
                "cluster start --rest-port 70000       | '--rest-port' | 70000: expected 0 to 65535",
                "cluster start --kafka a:1 --kafka-port 2 | '--kafka-port' | 2: expected none with --kafka",
                "cluster submit --parallelism 0        | '--parallelism' | 0: expected 1 or more",
                "cluster submit --config no-such.yaml  | '--config' | expected a readable file",
                "cluster stop --patience soon          | '--patience' | expected e.g. 500ms, 90s",
                "topics                                | '--kafka=HOST:PORT' | Missing required option",
                "topics --kafka localhost              | '--kafka' | localhost: expected host:port",
                "topics --kafka a:1 --replication 0    | '--replication' | 0: expected 1 or more",
                "topics --kafka a:1 --command-config x | '--command-config' | x: expected a readable",
            })
    void refusesWrongUsageWithTheOptionAndWhatWasExpected(
            String line, String names, String expected) {
        int code = run(line.split(" +"));

        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains(names).contains(expected);
        assertThat(err.toString()).doesNotContain(":pw@");
    }

    @ParameterizedTest
    @CsvSource({
        "cluster --help, savepoint",
        "cluster start --help, --task-managers",
        "cluster submit --help, --from-savepoint",
        "cluster savepoint --help, --stop",
        "cluster status --help, --json",
        "cluster stop --help, --delete",
        "cluster help stop, --delete",
        "topics --help, --replication"
    })
    void explainsItselfAtEveryLevel(String line, String mentions) {
        int code = run(line.split(" "));

        assertThat(code).isZero();
        assertThat(out.toString()).contains(mentions).contains("Exit codes:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"submit", "savepoint"})
    void saysHowToStartAClusterWhereNoneRuns(String command) {
        int code = run("cluster", command, "--dir", folder.toString());

        assertThat(code).isEqualTo(1);
        assertThat(err.toString())
                .contains("no cluster runs from " + folder)
                .contains("./sphere cluster start");
    }

    @Test
    void tellsTheStatusOfAClusterThatWasNeverStarted() {
        int code = run("cluster", "status", "--dir", folder.toString());

        assertThat(code).isEqualTo(1);
        assertThat(out.toString()).contains("No cluster runs").contains("./sphere cluster start");
    }

    @Test
    void hasNothingToStopWhereNothingWasStarted() {
        assertThat(run("cluster", "stop", "--dir", folder.resolve("none").toString())).isZero();
        assertThat(run("cluster", "stop", "--delete", "--dir", folder.toString())).isZero();

        assertThat(out.toString()).contains("Nothing runs");
        assertThat(folder).isDirectory();
    }

    @Test
    void startsNoClusterBesideOneThatRuns() throws IOException {
        var running =
                new BackgroundProgram(
                                "kafka",
                                List.of("sleep", "300"),
                                Map.of(),
                                folder.resolve("kafka.log"))
                        .start();
        try {
            ClusterRecord.none().withProcess(running).writeTo(folder);

            int code = run("cluster", "start", "--dir", folder.toString());

            assertThat(code).isEqualTo(1);
            assertThat(err.toString())
                    .contains("runs from " + folder + " already (kafka)")
                    .contains("./sphere cluster stop");
            assertThat(running.isAlive()).isTrue();
        } finally {
            running.kill();
        }
    }

    private int run(String... arguments) {
        return Sphere.commandLine()
                .setErr(new PrintWriter(err, true))
                .setOut(new PrintWriter(out, true))
                .execute(arguments);
    }
}
