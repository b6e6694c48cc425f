package dev.sphere.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LocalCommandTest {
    private final StringWriter err = new StringWriter();
    private final StringWriter out = new StringWriter();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "local --day soon        | '--day' | expected e.g. 500ms, 90s, 8m or 1h",
                "local --day 10s         | '--day' | 10s: expected at least 2m",
                "local --peak 0          | '--peak' | 0.0: expected a rate in (0, 5000]",
                "local --history 61      | '--history' | 61: expected 0 to 60 days",
                "local --front-end a:1   | '--front-end' | expected a host:port with --kubeconfig",
                "local --flink-port 70000 | '--flink-port' | 70000: expected 0 to 65535",
                "local --redis http://a    | '--redis' | expected redis://host:port",
                "local --redis redis://:pw@a | '--redis' | expected the password in a file",
                "local --work-dir src      | '--work-dir' | src: expected a new or an empty folder",
                "local --set forecast.alfa=1 | --set | alfa is not a setting; expected one of",
                "local --set observe.step=x | --set observe.step | expected a duration such as",
                "local --lod steady      | '--lod' | Unknown option",
                "lokal                   | 'lokal' | Unmatched argument",
                "local --load no-such.csv | no-such.csv | no-such.csv",
            })
    void refusesWrongUsageWithTheOptionAndWhatWasExpected(
            String line, String names, String expected) {
        int code = run(line.split(" +"));

        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains(names).contains(expected);
    }

    @Test
    void asksForACommandWhenThereIsNone() {
        assertThat(run()).isEqualTo(2);
        assertThat(err.toString()).contains("Missing command");
    }

    @ParameterizedTest
    @CsvSource({"--help, local", "local --help, --day", "help local, --history"})
    void explainsItselfAtEveryLevel(String line, String mentions) {
        int code = run(line.split(" "));

        assertThat(code).isZero();
        assertThat(out.toString()).contains(mentions).contains("Exit codes:");
    }

    private int run(String... arguments) {
        return Sphere.commandLine()
                .setErr(new PrintWriter(err, true))
                .setOut(new PrintWriter(out, true))
                .execute(arguments);
    }
}
