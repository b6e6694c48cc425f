package dev.sphere.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.bridge.Exposition.Format;
import dev.sphere.bridge.Exposition.Rejection;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpositionTest {
    private static final long SEED = 20261121;

    private static final String EXAMPLE =
            """
            # HELP http_requests_total The total number of HTTP requests.
            # TYPE http_requests_total counter
            http_requests_total{method="post",code="200"} 1027 1395066363000
            http_requests_total{method="post",code="400"}    3 1395066363000

            # Escaping in label values:
            msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9

            # Minimalistic line:
            metric_without_timestamp_and_labels 12.47

            something_weird{problem="division by zero"} +Inf -3982045

            http_request_duration_seconds_bucket{le="+Inf"} 144320
            http_request_duration_seconds_sum 53423
            {"my.metric","lab.el"="größe"} 1
            """;

    @Test
    void readsTheExampleOfThePrometheusDocumentation() {
        var read = read(Format.TEXT, EXAMPLE);

        assertThat(read.rejected).isEmpty();
        assertThat(read.samples)
                .containsExactly(
                        new ExposedSample(
                                "http_requests_total",
                                Map.of("method", "post", "code", "200"),
                                1027,
                                1395066363000L),
                        new ExposedSample(
                                "http_requests_total",
                                Map.of("method", "post", "code", "400"),
                                3,
                                1395066363000L),
                        sample(
                                "msdos_file_access_time_seconds",
                                Map.of(
                                        "path",
                                        "C:\\DIR\\FILE.TXT",
                                        "error",
                                        "Cannot find file:\n\"FILE.TXT\""),
                                1.458255915e9),
                        sample("metric_without_timestamp_and_labels", Map.of(), 12.47),
                        new ExposedSample(
                                "something_weird",
                                Map.of("problem", "division by zero"),
                                Double.POSITIVE_INFINITY,
                                -3982045),
                        sample(
                                "http_request_duration_seconds_bucket",
                                Map.of("le", "+Inf"),
                                144320),
                        sample("http_request_duration_seconds_sum", Map.of(), 53423),
                        sample("my.metric", Map.of("lab.el", "größe"), 1));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0, -0.0",
        "1, 1",
        "+1, 1",
        "-1, -1",
        "1., 1",
        ".5, 0.5",
        "-.5e1, -5",
        "1e3, 1000",
        "1E+3, 1000",
        "1e-3, 0.001",
        "0.1, 0.1",
        "12.47, 12.47",
        "9007199254740993, 9007199254740992",
        "123456789012345678901234567890, 1.2345678901234568e29",
        "0.1234567890123456789, 0.12345678901234568",
        "1e-400, 0",
        "1.7976931348623157e308, 1.7976931348623157e308",
        "4.9e-324, 4.9e-324",
        "00012, 12",
        "NaN, NaN",
        "nan, NaN",
        "NAN, NaN",
        "Inf, Infinity",
        "inf, Infinity",
        "+Inf, Infinity",
        "-INF, -Infinity",
        "infinity, Infinity",
        "-Infinity, -Infinity"
    })
    void readsNumbersAsGoDoes(String text, Double expected) {
        var read = read(Format.TEXT, "m " + text + "\n");

        assertThat(read.rejected).isEmpty();
        assertThat(read.samples.get(0).value()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1\r", "1f", "1d", "1e", "1e+", ".", "+", "-", "e5", "1_0", "0x1p3", "1e400",
                "-1e400", "+nan", "infi", "nano", "1,5", "--1", "1.2.3", "١", "True", "\"1\""
            })
    void rejectsWhatIsNoNumber(String text) {
        var read = read(Format.TEXT, "m " + text + "\nnext 1\n");

        assertThat(read.rejected).containsExactly(Rejection.VALUE);
        assertThat(read.samples).containsExactly(sample("next", Map.of(), 1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "1abc 1|NAME",
                "{} 1|NAME",
                "{a=\"b\"} 1|NAME",
                "m{\"n\"} 1|NAME",
                "{\"\"} 1|NAME",
                "€ 1|NAME",
                "m{a=\"b\" 1|LABELS",
                "m{a=b} 1|LABELS",
                "m{a} 1|LABELS",
                "m{,} 1|LABELS",
                "m{a=\"b\",,} 1|LABELS",
                "m{a=\"b\" c=\"d\"} 1|LABELS",
                "m{1a=\"b\"} 1|LABELS",
                "m{a:b=\"b\"} 1|LABELS",
                "m{a=\"b|LABELS",
                "m{a=\"b\\\"} 1|LABELS",
                "m{__name__=\"b\"} 1|LABELS",
                "m{|LABELS",
                "m{a=|LABELS",
                "m{\"a\"=\"b|LABELS",
                "m{a=\"b\",a=\"c\"} 1|DUPLICATE_LABEL",
                "m{a=\"b\",\"a\"=\"c\"} 1|DUPLICATE_LABEL",
                "m|VALUE",
                "m{a=\"b\"}|VALUE",
                "m  |VALUE",
                "m 1 1.5|TIMESTAMP",
                "m 1 x|TIMESTAMP",
                "m 1 -|TIMESTAMP",
                "m 1 99999999999999999999|TIMESTAMP",
                "m 1 2 3|TRAILING_TEXT",
                "m 1 2 # {} 1|TRAILING_TEXT"
            })
    void rejectsAMalformedLineAndReadsOn(String text, Rejection why) {
        var read = read(Format.TEXT, "first 1\n" + text + "\nlast 2\n");

        assertThat(read.rejected).containsExactly(why);
        assertThat(read.lines).containsExactly(2L);
        assertThat(read.samples)
                .containsExactly(sample("first", Map.of(), 1), sample("last", Map.of(), 2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "m{a=\"b\"} 1",
                " \tm \t{ \ta\t= \"b\" , } \t1 \t",
                "m{a=\"b\"}1",
                "m{\"a\"=\"b\"} 1",
                "{a=\"b\",\"m\"} 1",
                "m{a=\"b\",empty=\"\"} 1"
            })
    void readsTheSameSampleInAllItsSpellings(String text) {
        assertThat(read(Format.TEXT, text + "\n").samples)
                .containsExactly(sample("m", Map.of("a", "b"), 1));
    }

    @Test
    void leavesAloneWhatIsNoEscape() {
        var read = read(Format.TEXT, "m{a=\"\\d+\\\\\\t\"} 1\n");

        assertThat(read.samples.get(0).labels()).containsEntry("a", "\\d+\\\\t");
    }

    @Test
    void rejectsBytesThatAreNotUtf8() {
        byte[] bytes = "m{a=\"?\"} 1\nm{a=\"ü\"} 2\n".getBytes(StandardCharsets.UTF_8);
        bytes[5] = (byte) 0xff;

        var read = read(Format.TEXT, new ByteArrayInputStream(bytes));

        assertThat(read.rejected).containsExactly(Rejection.NOT_UTF8);
        assertThat(read.samples).containsExactly(sample("m", Map.of("a", "ü"), 2));
    }

    @Test
    void rejectsALastLineWithoutEndBecauseItsValueMayBeCut() {
        var read = read(Format.TEXT, "m 1\nn 12");

        assertThat(read.rejected).containsExactly(Rejection.UNTERMINATED);
        assertThat(read.samples).containsExactly(sample("m", Map.of(), 1));
    }

    @Test
    void rejectsATooLongLineWithoutKeepingIt() {
        String longLine = "m{a=\"" + "x".repeat(3 * Exposition.MAX_LINE) + "\"} 1\n";
        String longHelp = "# HELP m " + "x".repeat(3 * Exposition.MAX_LINE) + "\n";

        var read = read(Format.TEXT, "first 1\n" + longLine + longHelp + "last 2\n");

        assertThat(read.rejected).containsExactly(Rejection.TOO_LONG);
        assertThat(read.lines).containsExactly(2L);
        assertThat(read.samples).hasSize(2);
    }

    @Test
    void readsALineOfTheGreatestLength() {
        String frame = "m{a=\"\"} 1";
        String line =
                "m{a=\"" + "x".repeat(Exposition.MAX_LINE - frame.length()) + "\"} 1\nlast 2\n";

        assertThat(read(Format.TEXT, line).samples).hasSize(2);
    }

    @Test
    void readsOpenMetrics() {
        var read =
                read(
                        Format.OPEN_METRICS,
                        """
                        # TYPE foo counter
                        # UNIT foo seconds
                        foo_total{a="b"} 17.0 1520879607.789 # {trace_id="KOO5S4vxi0o"} 0.67 1520879607.789
                        foo_created{a="b"} 1520872607.123 # {}
                        # EOF
                        """);

        assertThat(read.whole).isTrue();
        assertThat(read.rejected).isEmpty();
        assertThat(read.samples)
                .containsExactly(
                        new ExposedSample("foo_total", Map.of("a", "b"), 17, 1520879607789L),
                        sample("foo_created", Map.of("a", "b"), 1520872607.123));
    }

    @Test
    void callsOpenMetricsWithoutEndMarkerIncomplete() {
        assertThat(read(Format.OPEN_METRICS, "a 1\n").whole).isFalse();
        assertThat(read(Format.OPEN_METRICS, "a 1\n# EO").whole).isFalse();
        assertThat(read(Format.OPEN_METRICS, "a 1\n# EOF").whole).isTrue();
        assertThat(read(Format.TEXT, "a 1\n").whole).isTrue();
    }

    @Test
    void rejectsWhatFollowsTheEndMarker() {
        assertThat(read(Format.OPEN_METRICS, "# EOF\na 1\n").rejected)
                .containsExactly(Rejection.AFTER_EOF);
    }

    @Test
    void readsTheSameHoweverTheStreamIsCut() {
        var random = new Random(SEED);
        var whole = read(Format.TEXT, EXAMPLE).samples;

        for (int round = 0; round < 50; round++) {
            var pieces =
                    new FilterInputStream(
                            new ByteArrayInputStream(EXAMPLE.getBytes(StandardCharsets.UTF_8))) {
                        @Override
                        public int read(byte[] bytes, int offset, int length) throws IOException {
                            return super.read(
                                    bytes, offset, Math.min(length, 1 + random.nextInt(20)));
                        }
                    };

            assertThat(read(Format.TEXT, pieces).samples).isEqualTo(whole);
        }
    }

    @Test
    void neverThrowsOnRandomBytesOrMutatedExpositions() {
        System.out.println("ExpositionTest seed " + SEED);
        var random = new Random(SEED);
        byte[] example = (EXAMPLE + EXAMPLE).getBytes(StandardCharsets.UTF_8);
        byte[] spice = "{}\",=\\\n# \t+-.eE0_aN\r\0\u00ff".getBytes(StandardCharsets.ISO_8859_1);

        for (int round = 0; round < 20_000; round++) {
            byte[] bytes;
            if (round % 4 == 0) {
                bytes = new byte[random.nextInt(400)];
                random.nextBytes(bytes);
            } else {
                bytes = example.clone();
                for (int i = random.nextInt(12); i >= 0; i--) {
                    bytes[random.nextInt(bytes.length)] = spice[random.nextInt(spice.length)];
                }
            }
            var format = random.nextBoolean() ? Format.TEXT : Format.OPEN_METRICS;

            var read = read(format, new ByteArrayInputStream(bytes));

            long lines = 1;
            for (byte b : bytes) {
                lines += b == '\n' ? 1 : 0;
            }
            assertThat(read.samples.size() + read.rejected.size()).isLessThanOrEqualTo((int) lines);
            for (ExposedSample sample : read.samples) {
                assertThat(sample.name()).isNotEmpty();
                assertThat(sample.labels())
                        .doesNotContainKeys("", "__name__")
                        .doesNotContainValue("");
            }
        }
    }

    private static ExposedSample sample(String name, Map<String, String> labels, double value) {
        return new ExposedSample(name, labels, value, ExposedSample.NO_TIMESTAMP);
    }

    private static Recorded read(Format format, String text) {
        return read(format, new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static Recorded read(Format format, InputStream in) {
        var recorded = new Recorded();
        try {
            recorded.whole = Exposition.read(in, format, recorded);
        } catch (IOException e) {
            throw new AssertionError("memory does not fail", e);
        }
        return recorded;
    }

    private static final class Recorded implements Exposition.Lines {
        final List<ExposedSample> samples = new ArrayList<>();
        final List<Rejection> rejected = new ArrayList<>();
        final List<Long> lines = new ArrayList<>();
        boolean whole;

        @Override
        public void sample(ExposedSample sample) {
            samples.add(sample);
        }

        @Override
        public void rejected(long line, Rejection why) {
            rejected.add(why);
            lines.add(line);
        }
    }
}
