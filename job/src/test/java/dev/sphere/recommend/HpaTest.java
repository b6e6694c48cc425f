package dev.sphere.recommend;

import static dev.sphere.recommend.Given.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sphere.cluster.TargetState;
import dev.sphere.forecast.Forecast;
import dev.sphere.forecast.Outlook;
import dev.sphere.observe.Observation;
import dev.sphere.policy.Policy;
import dev.sphere.recommend.Decision.Limit;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Without forecasts, replicas are those of the HPA. */
class HpaTest {
    /** Longer than any pause here: what SPHERE adds for gaps in the data has its own test. */
    private static final long STEP = 86_400_000;

    private final Recommender recommender = new Recommender(30_000, 0);

    /** Rows that follow each other. */
    record Case(String name, List<HpaTable.Row> rows) {
        @Override
        public String toString() {
            return name;
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void decidesAsTheHpa(Case given) {
        RecommendState state = new RecommendState();
        Policy policy = null;
        int replicas = 0;
        for (HpaTable.Row row : given.rows()) {
            policy = row.cell(1).isEmpty() ? policy : policy(row.cell(1));
            replicas = row.cell(3).isEmpty() ? replicas : Integer.parseInt(row.cell(3));
            long now = at(Long.parseLong(row.cell(2)));
            TargetState before = target(replicas, Integer.parseInt(row.cell(4)));

            Decision decision = decide(policy, before, outlook(now, row.cell(5)), state);

            int desired = Integer.parseInt(row.cell(6));
            assertThat(decision.desired()).as(row.line()).isEqualTo(desired);
            assertThat(limits(row, replicas)).as(row.line()).contains(decision.limitedBy());
            new RateLimit(policy.behavior()).seen(state, before, target(desired, desired), now);
            replicas = desired;
        }
    }

    static List<Case> cases() {
        Map<String, List<HpaTable.Row>> cases = new LinkedHashMap<>();
        for (HpaTable.Row row : HpaTable.rows("hpa-decisions.csv")) {
            cases.computeIfAbsent(row.cell(0), name -> new ArrayList<>()).add(row);
        }
        List<Case> list = new ArrayList<>();
        cases.forEach((name, rows) -> list.add(new Case(name, rows)));
        return list;
    }

    /** The limits that say the same as the reasons of the HPA's conditions. */
    private static Set<Limit> limits(HpaTable.Row row, int replicas) {
        String active = row.cell(7);
        if (active.startsWith("FailedGet")) {
            return Set.of(Limit.MISSING_DATA);
        }
        if (active.equals("ScalingDisabled")) {
            return Set.of(Limit.REPLICAS_ZERO);
        }
        if (active.isEmpty()) {
            boolean down = Integer.parseInt(row.cell(6)) < replicas;
            return Set.of(down ? Limit.MAX_REPLICAS : Limit.MIN_REPLICAS);
        }
        return switch (row.cell(9)) {
            case "ScaleUpLimit" -> Set.of(Limit.SCALE_UP_RATE);
            case "ScaleDownLimit" -> Set.of(Limit.SCALE_DOWN_RATE);
            case "TooManyReplicas" -> Set.of(Limit.MAX_REPLICAS);
            case "TooFewReplicas" -> Set.of(Limit.MIN_REPLICAS);
            case "DesiredWithinRange" ->
                    switch (row.cell(8)) {
                        case "ScaleUpStabilized", "ScaleDownStabilized" ->
                                Set.of(Limit.STABILIZATION);
                        case "ReadyForNewScale" -> Set.of(Limit.NONE, Limit.TOLERANCE);
                        // that it was carried out has taken the place of whether it was stabilized
                        case "SucceededRescale" -> Set.of(Limit.NONE, Limit.STABILIZATION);
                        default -> throw new IllegalArgumentException(row.line());
                    };
            default -> throw new IllegalArgumentException(row.line());
        };
    }

    @Test
    void agreesWithAPlainModelOnAnyPods() {
        long seed = 20_261_121;
        Random random = new Random(seed);
        for (int i = 0; i < 50_000; i++) {
            boolean percent = random.nextBoolean();
            long target = 1 + random.nextInt(percent ? 200 : 100_000);
            double up = random.nextInt(4) / 20.0;
            double down = random.nextInt(4) / 20.0;
            List<PlainHpa.Pod> pods = anyPods(random, target, percent);
            int current = pods.size() + random.nextInt(3) * random.nextInt(3);
            ReplicaCalculator calculator = new ReplicaCalculator(up, down);

            Integer asked =
                    (percent
                                    ? calculator.utilization(current, (int) target, uses(pods))
                                    : calculator.averageValue(
                                            current, total(pods), target, seen(pods)))
                            .map(ReplicaCalculator.Asked::replicas)
                            .orElse(null);

            assertThat(asked)
                    .as("seed %d, %d: %d of %d, %s", seed, i, current, target, pods)
                    .isEqualTo(PlainHpa.replicas(current, up, down, target, percent, pods));
        }
    }

    @Test
    void agreesWithAPlainModelOverTime() {
        long seed = 20_261_122;
        Random random = new Random(seed);
        for (int run = 0; run < 2_000; run++) {
            Policy policy = anyPolicy(random);
            PlainHpa plain = new PlainHpa();
            RecommendState state = new RecommendState();
            int replicas = policy.minReplicas();
            long now = at(0);
            double level = random.nextDouble() * policy.maxReplicas();
            for (int step = 0; step < 25; step++) {
                level = random.nextInt(3) == 0 ? anyLevel(random, policy) : level;
                int ready = random.nextInt(4) == 0 ? random.nextInt(replicas + 1) : replicas;
                List<Forecast> forecasts = new ArrayList<>();
                List<Integer> asked = new ArrayList<>();
                boolean careful = false;
                for (Policy.Signal signal : policy.signals()) {
                    long target = Math.round(signal.target() * 1_000);
                    long load = (long) (level * (0.8 + 0.4 * random.nextDouble()) * target);
                    boolean onPods = signal.name().equals("cpu") && ready > 0 && replicas > 0;
                    int measured = onPods ? 1 + random.nextInt(ready) : 0;
                    measured = onPods && random.nextInt(4) > 0 ? ready : measured;
                    if (random.nextInt(10) == 0) {
                        forecasts.add(Given.missing(signal.name()));
                        asked.add(null);
                        continue;
                    }
                    careful |= measured < ready && onPods;
                    forecasts.add(
                            Given.of(new Observation(signal.name(), load / 1e3, 4, 4, measured)));
                    asked.add(
                            onPods
                                    ? PlainHpa.replicas(
                                            replicas,
                                            tolerance(policy.behavior().scaleUp()),
                                            tolerance(policy.behavior().scaleDown()),
                                            target,
                                            false,
                                            pods(load, measured, ready, replicas))
                                    : Integer.valueOf(
                                            PlainHpa.ofWhole(
                                                    replicas,
                                                    tolerance(policy.behavior().scaleUp()),
                                                    tolerance(policy.behavior().scaleDown()),
                                                    target,
                                                    load)));
                }
                Outlook outlook = new Outlook(Given.SERVICE, now, STEP, 100, forecasts);

                Decision decision = decide(policy, target(replicas, ready), outlook, state);

                assertThat(decision.desired())
                        .as("seed %d, run %d, step %d, %s: %s", seed, run, step, policy, decision)
                        .isEqualTo(plain.desired(policy, now, replicas, asked, careful));
                int after = random.nextInt(15) == 0 ? random.nextInt(60) : decision.desired();
                new RateLimit(policy.behavior())
                        .seen(state, target(replicas, ready), target(after, ready), now);
                plain.changed(now, replicas, after);
                replicas = after;
                now += 1_000L * (1 + random.nextInt(random.nextBoolean() ? 20 : 150));
            }
        }
    }

    private Decision decide(
            Policy policy, TargetState target, Outlook outlook, RecommendState state) {
        state.emitted = false; // tells everything
        return recommender.next(policy, target, outlook, state, outlook.at()).orElseThrow();
    }

    private static TargetState target(int replicas, int ready) {
        return new TargetState(Given.SERVICE, true, replicas, ready, "rv-" + replicas);
    }

    // --- the table ---

    private static Policy policy(String written) {
        String[] parts = written.split(" ");
        Policy.Direction up = direction(value(parts[2]));
        Policy.Direction down = direction(value(parts[3]));
        List<Policy.Signal> signals =
                Arrays.stream(value(parts[4]).split("\\+"))
                        .map(signal -> signal.split("/"))
                        .map(s -> signal(s[0], Double.parseDouble(s[2]) / 1_000))
                        .toList();
        return policy(
                Integer.parseInt(value(parts[0])),
                Integer.parseInt(value(parts[1])),
                signals,
                new Policy.Behavior(up, down, 0.1));
    }

    private static String value(String part) {
        return part.substring(part.indexOf('=') + 1);
    }

    private static Policy.Direction direction(String written) {
        String[] parts = written.split("/");
        return new Policy.Direction(
                Long.parseLong(parts[0]) * 1_000,
                Arrays.stream(parts[2].split("\\+")).map(HpaTest::rate).toList(),
                Policy.Select.valueOf(parts[1].toUpperCase(Locale.ROOT)),
                parts[3].equals("default") ? Double.NaN : quantity(parts[3]));
    }

    private static Policy.Rate rate(String written) {
        int at = written.indexOf('@');
        return Given.rate(
                written.charAt(0) == 'P' ? Policy.Unit.PODS : Policy.Unit.PERCENT,
                Integer.parseInt(written.substring(1, at)),
                Long.parseLong(written.substring(at + 1)));
    }

    private static double quantity(String written) {
        return written.endsWith("m")
                ? new BigDecimal(written.replace("m", "")).movePointLeft(3).doubleValue()
                : Double.parseDouble(written);
    }

    private static Outlook outlook(long at, String loads) {
        List<Forecast> forecasts = new ArrayList<>();
        for (String load : loads.split(" ")) {
            forecasts.add(Given.of(observation(load.substring(0, load.indexOf('=')), value(load))));
        }
        return new Outlook(Given.SERVICE, at, STEP, 100, forecasts);
    }

    private static Observation observation(String signal, String load) {
        if (load.equals("none")) {
            return Observation.missing(signal, 1);
        }
        if (!load.contains("*")) {
            return new Observation(signal, Long.parseLong(load) / 1e3, 1, 1, 0);
        }
        int pods = 0;
        long total = 0;
        for (String group : load.split("\\+")) {
            String[] parts = group.split("\\*");
            pods += Integer.parseInt(parts[0]);
            total += Integer.parseInt(parts[0]) * Long.parseLong(parts[1]);
        }
        return new Observation(signal, total / 1e3, pods, pods, pods);
    }

    // --- at random ---

    private static List<PlainHpa.Pod> anyPods(Random random, long target, boolean percent) {
        List<PlainHpa.Pod> pods = new ArrayList<>();
        double ratio =
                random.nextInt(3) == 0 ? 0.8 + random.nextDouble() / 2 : random.nextDouble() * 3;
        String kinds = List.of("r", "rrrrm", "rrrru", "rrrmui", "rmu").get(random.nextInt(5));
        for (int i = random.nextInt(20); i >= 0; i--) {
            long request = 50 + random.nextInt(1_000);
            double full = percent ? request * target / 100.0 : target;
            long value = (long) (full * ratio * (0.9 + 0.2 * random.nextDouble()));
            pods.add(
                    new PlainHpa.Pod(kinds.charAt(random.nextInt(kinds.length())), value, request));
        }
        return pods;
    }

    private static List<ReplicaCalculator.PodUse> uses(List<PlainHpa.Pod> pods) {
        return pods.stream()
                .map(
                        pod ->
                                new ReplicaCalculator.PodUse(
                                        PodStanding.values()["rumi".indexOf(pod.standing())],
                                        pod.value(),
                                        pod.request()))
                .toList();
    }

    private static long total(List<PlainHpa.Pod> pods) {
        return pods.stream()
                .filter(pod -> pod.standing() == 'r')
                .mapToLong(PlainHpa.Pod::value)
                .sum();
    }

    private static PodsSeen seen(List<PlainHpa.Pod> pods) {
        int[] counts = new int[4];
        pods.forEach(pod -> counts["rumi".indexOf(pod.standing())]++);
        return new PodsSeen(counts[0], counts[1], counts[2]);
    }

    /** Pods of which the first that are ready have the load. */
    private static List<PlainHpa.Pod> pods(long load, int measured, int ready, int replicas) {
        List<PlainHpa.Pod> pods = new ArrayList<>();
        for (int i = 0; i < replicas; i++) {
            char standing = i < measured ? 'r' : i < ready ? 'm' : 'u';
            long value = load / measured + (i < load % measured ? 1 : 0);
            pods.add(new PlainHpa.Pod(standing, value, 1));
        }
        return pods;
    }

    private static double anyLevel(Random random, Policy policy) {
        return random.nextDouble() * policy.maxReplicas() * 1.3;
    }

    private static double tolerance(Policy.Direction direction) {
        return Double.isNaN(direction.tolerance()) ? 0.1 : direction.tolerance();
    }

    private static Policy anyPolicy(Random random) {
        int min = 1 + random.nextInt(4);
        List<Policy.Signal> both = List.of(signal("requests", 50), signal("cpu", 0.437));
        return policy(
                min,
                min + random.nextInt(50),
                random.nextBoolean() ? both : both.subList(1, 2),
                new Policy.Behavior(anyDirection(random), anyDirection(random), 0.1));
    }

    private static Policy.Direction anyDirection(Random random) {
        List<Policy.Rate> rates = new ArrayList<>();
        for (int i = random.nextInt(3); i >= 0; i--) {
            rates.add(
                    Given.rate(
                            Policy.Unit.values()[random.nextInt(2)],
                            1 + random.nextInt(random.nextBoolean() ? 5 : 150),
                            1 + random.nextInt(120)));
        }
        return new Policy.Direction(
                random.nextInt(3) * 50_000L,
                rates,
                Policy.Select.values()[random.nextInt(5) / 2],
                random.nextBoolean() ? Double.NaN : random.nextInt(5) / 20.0);
    }

    private static Policy.Signal signal(String name, double target) {
        return new Policy.Signal(name, target, target * 1.2);
    }

    private static Policy policy(
            int min, int max, List<Policy.Signal> signals, Policy.Behavior behavior) {
        return new Policy(
                Given.SERVICE, min, max, signals, false, 0.9, Policy.Mode.SCALE, behavior);
    }
}
