package dev.sphere.local.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.sphere.local.FetchedTool;
import dev.sphere.sockshop.ShopPod;
import dev.sphere.sockshop.ShopService;
import dev.sphere.sockshop.SockShop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The folder locust/ against the stand-in, and its shapes against ours. */
@Tag("needs-tools")
class LocustIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration DAY = Duration.ofMinutes(8);
    private static final long SEED = 7;
    private static final int MOMENTS = 480;

    /** All that the journeys of the locustfile ask for, as its statistics name them. */
    private static final List<String> ROUTES =
            List.of(
                    "GET /",
                    "GET /login",
                    "GET /category.html",
                    "GET /detail.html",
                    "GET /basket.html",
                    "GET /catalogue",
                    "GET /catalogue/size",
                    "GET /catalogue/{id}",
                    "GET /tags",
                    "GET /cart",
                    "POST /cart",
                    "DELETE /cart",
                    "GET /orders",
                    "POST /orders",
                    "POST /register",
                    "POST /addresses",
                    "POST /cards");

    private static Path python;
    private static Path locust;

    @TempDir Path folder;

    private final List<Process> started = new ArrayList<>();

    @BeforeAll
    static void install() throws IOException {
        var home = FetchedTool.home();
        python = FetchedTool.fetch(home, "locust").folder().resolve("bin/python");
        locust = home.resolve("locust");
    }

    @AfterEach
    void endWhatStillRuns() {
        started.forEach(Process::destroyForcibly);
    }

    /** Two steps, again and again, until there is enough of both and of all journeys. */
    @Test
    void sendsAllJourneysAtTheRateOfTheShapeAndNoneFails() throws Exception {
        int few = 4;
        int many = 20;
        try (var shop = SockShop.open(SEED)) {
            var process =
                    locust(
                            frontEnd(shop),
                            "--shape=steps",
                            "--steps=0.2,1",
                            "--day=24s",
                            "--peak=40",
                            "--user-rate=2");
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(500))
                    .until(
                            () ->
                                    !process.isAlive()
                                            || calls().keySet().containsAll(ROUTES)
                                                    && plateau(few).isPresent()
                                                    && plateau(many).isPresent());
            process.destroy();

            assertThat(endOf(process)).as(this::log).isZero();
        }

        assertThat(calls()).containsOnlyKeys(ROUTES);
        assertThat(calls().values().stream().mapToLong(Calls::failures).sum()).isZero();
        assertThat(calls().values().stream().mapToLong(Calls::requests).sum()).isGreaterThan(200);
        assertThat(Files.readAllLines(folder.resolve("run_failures.csv"))).hasSize(1);
        assertThat(plateau(many).orElseThrow())
                .as("requests/s of 20 users, five times as many as before")
                .isGreaterThan(2 * plateau(few).orElseThrow());
    }

    @Test
    void endsAfterTheLastStage() throws Exception {
        var stages =
                Files.writeString(
                        folder.resolve("stages.csv"),
                        "duration,users,spawn_rate\n3s,2,10\n3s,6,10\n");
        try (var shop = SockShop.open(SEED)) {
            var process = locust(frontEnd(shop), "--shape=" + stages, "--user-rate=5");

            assertThat(endOf(process)).as(this::log).isZero();
        }

        assertThat(calls()).isNotEmpty().allSatisfy((call, n) -> assertThat(n.failures()).isZero());
        assertThat(history()).extracting(Second::users).allMatch(users -> users <= 6);
    }

    @Test
    void saysWhichLineOfAFileIsWrong() throws Exception {
        var file = Files.writeString(folder.resolve("load.csv"), "0,1\n3600,many\n");

        var process = locust("http://127.0.0.1:1", "--shape=" + file);

        assertThat(endOf(process)).isEqualTo(2);
        assertThat(log()).contains(file + " line 2: value \"many\": expected a number");
    }

    @ParameterizedTest
    @ValueSource(strings = {"two-peak-day", "flash-crowd", "steady"})
    void hasTheShapesOfTheLocalRun(String name) throws Exception {
        var load = Load.of(LoadShape.of(name, SEED, 0), 300, DAY, 0);

        assertThat(printed(name)).hasSize(3 * MOMENTS).allSatisfy(moment -> isOf(load, moment));
    }

    @Test
    void readsAFileAsTheLocalRunDoes() throws Exception {
        int firstDay = 4;
        var lines =
                IntStream.range(0, 3 * 24 + 5)
                        .mapToObj(
                                hour ->
                                        "2026-11-%02dT%02d:00:00Z,%s"
                                                .formatted(
                                                        1 + hour / 24,
                                                        hour % 24,
                                                        hour % 17 == 3
                                                                ? ""
                                                                : 100 + hour * 37 % 101));
        var file = folder.resolve("load.csv");
        Files.write(file, Stream.concat(Stream.of("timestamp,value"), lines).toList());
        var load = Load.of(LoadShape.of(file.toString(), SEED, firstDay), 300, DAY, 0);

        assertThat(printed(file.toString(), "--first-day=" + firstDay))
                .hasSize(3 * MOMENTS)
                .allSatisfy(moment -> isOf(load, moment));
    }

    @Test
    void passesItsOwnTests() throws Exception {
        var process = start(locust, "-m", "pytest", "--quiet");

        assertThat(endOf(process)).as(this::log).isZero();
    }

    private static void isOf(Load load, double[] moment) {
        assertThat(moment[1])
                .as("requests/s after " + moment[0] + " s")
                .isCloseTo(load.rateAt(Math.round(moment[0] * 1000)), within(1e-9 * 300));
    }

    /** What shapes.py prints of three days: seconds and requests per second. */
    private List<double[]> printed(String shape, String... more) throws Exception {
        var arguments =
                new ArrayList<>(
                        List.of(
                                locust.resolve("shapes.py").toString(),
                                "--shape=" + shape,
                                "--shape-seed=" + SEED,
                                "--day=8m",
                                "--peak=300",
                                "--days=3",
                                "--moments=" + MOMENTS));
        arguments.addAll(List.of(more));

        var process = start(folder, arguments.toArray(String[]::new));

        assertThat(endOf(process)).as(this::log).isZero();
        return log().lines()
                .skip(1)
                .map(line -> Stream.of(line.split(",")).mapToDouble(Double::parseDouble).toArray())
                .toList();
    }

    /**
     * One replica of front-end, as Locust knows one address, and more of the others than 40/s need.
     */
    private static String frontEnd(SockShop shop) throws Exception {
        ShopPod frontEnd = null;
        for (ShopService service : ShopService.values()) {
            int replicas = service == ShopService.FRONT_END ? 1 : 3;
            for (int i = 0; i < replicas; i++) {
                var pod =
                        shop.start(service, service.id() + "-" + i, "sock-shop")
                                .toCompletableFuture()
                                .get(1, TimeUnit.MINUTES);
                pod.ready();
                frontEnd = service == ShopService.FRONT_END ? pod : frontEnd;
            }
        }
        return "http://" + frontEnd.host() + ":" + frontEnd.port();
    }

    private Process locust(String host, String... options) throws IOException {
        var arguments =
                new ArrayList<>(
                        List.of(
                                "-m",
                                "locust",
                                "--headless",
                                "--only-summary",
                                "--locustfile=" + locust.resolve("locustfile.py"),
                                "--host=" + host,
                                "--csv=run",
                                "--csv-full-history",
                                // should nobody be left to end it
                                "--run-time=10m"));
        arguments.addAll(List.of(options));
        return start(folder, arguments.toArray(String[]::new));
    }

    private Process start(Path directory, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(python.toString()));
        command.addAll(List.of(arguments));
        var builder =
                new ProcessBuilder(command)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("log").toFile());
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        // What whoever runs the tests has set for Locust is not meant.
        builder.environment().keySet().removeIf(name -> name.startsWith("LOCUST_"));
        var process = builder.start();
        started.add(process);
        process.getOutputStream().close();
        return process;
    }

    private static int endOf(Process process) throws InterruptedException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("ended").isTrue();
        return process.exitValue();
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private record Calls(long requests, long failures) {}

    /** By method and name; what is there of a file that is being written. */
    private Map<String, Calls> calls() throws IOException {
        var calls = new TreeMap<String, Calls>();
        for (String[] row : rows("run_stats.csv")) {
            if (!row[0].isEmpty()) {
                calls.put(
                        row[0] + " " + row[1],
                        new Calls(Long.parseLong(row[2]), Long.parseLong(row[3])));
            }
        }
        return calls;
    }

    /** A second of the run: how many users there were, and requests until then. */
    private record Second(long at, int users, long requests) {}

    private List<Second> history() throws IOException {
        return rows("run_stats_history.csv").stream()
                .filter(row -> row[3].equals("Aggregated"))
                .map(
                        row ->
                                new Second(
                                        Long.parseLong(row[0]),
                                        Integer.parseInt(row[1]),
                                        Long.parseLong(row[17])))
                .toList();
    }

    /** Requests per second of the first step with as many users that is over, without its start. */
    private OptionalDouble plateau(int users) throws IOException {
        var step = new ArrayList<Second>();
        for (Second second : history()) {
            if (second.users() == users) {
                step.add(second);
            } else if (step.size() >= 6) {
                var from = step.get(1);
                var to = step.get(step.size() - 1);
                return OptionalDouble.of(
                        (double) (to.requests() - from.requests()) / (to.at() - from.at()));
            } else {
                step.clear();
            }
        }
        return OptionalDouble.empty();
    }

    private List<String[]> rows(String file) throws IOException {
        var path = folder.resolve(file);
        if (!Files.exists(path)) {
            return List.of();
        }
        var lines = Files.readString(path);
        // A last line without its end may be cut.
        int end = lines.lastIndexOf('\n') + 1;
        return lines.substring(0, end).lines().skip(1).map(line -> line.split(",", -1)).toList();
    }
}
