package dev.sphere.local.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a run came to.
 *
 * @param services in the order in which they are shown
 * @param rejected records that could not be read
 * @param records of the topic metrics
 * @param requests of the load driver
 */
public record Summary(List<Service> services, long rejected, Records records, Requests requests) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    /**
     * One service.
     *
     * @param name for people
     * @param accuracy of its forecasts
     * @param scaling of its replicas
     * @param slo of its requests
     */
    public record Service(
            String name, ForecastAccuracy.Result accuracy, Evaluation.Result scaling, Slo slo) {}

    /**
     * How a service kept its SLO.
     *
     * @param requests that it was asked
     * @param violations of them that were slower than the SLO or failed
     */
    public record Slo(long requests, long violations) {
        /** NaN without requests: nothing is known then. */
        double share() {
            return requests == 0 ? Double.NaN : (double) violations / requests;
        }
    }

    /**
     * @param inKafka records of the topic
     * @param read of them, by the job
     */
    public record Records(long inKafka, long read) {}

    /**
     * @param sent that were due
     * @param failed of them, for whatever cause
     */
    public record Requests(long sent, long failed) {}

    private static final ForecastAccuracy.Result NO_FORECASTS =
            new ForecastAccuracy.Result(0, 0, 0, Double.NaN, Double.NaN, Double.NaN);
    private static final Evaluation.Result NO_SCALING =
            new Evaluation.Result(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /**
     * A summary of what was measured.
     *
     * @param services in the order in which they are shown; what the maps lack counts as none
     */
    public static Summary of(
            Collection<String> services,
            Map<String, ForecastAccuracy.Result> accuracy,
            Map<String, Evaluation.Result> scaling,
            Map<String, Slo> slo,
            long rejected,
            Records records,
            Requests requests) {
        ServiceNames names = ServiceNames.of(services);
        List<Service> rows = new ArrayList<>();
        for (String service : services) {
            rows.add(
                    new Service(
                            names.name(service),
                            accuracy.getOrDefault(service, NO_FORECASTS),
                            scaling.getOrDefault(service, NO_SCALING),
                            slo.getOrDefault(service, new Slo(0, 0))));
        }
        return new Summary(rows, rejected, records, requests);
    }

    /** All services as if they were one; its MASE is the mean of theirs. */
    private Service total() {
        double mase =
                services.stream()
                        .mapToDouble(service -> service.accuracy().mase())
                        .filter(value -> !Double.isNaN(value))
                        .average()
                        .orElse(Double.NaN);
        var accuracy = NO_FORECASTS;
        var scaling = NO_SCALING;
        var slo = new Slo(0, 0);
        for (Service service : services) {
            var a = service.accuracy();
            accuracy =
                    new ForecastAccuracy.Result(
                            accuracy.observations() + a.observations(),
                            accuracy.forecasts() + a.forecasts(),
                            accuracy.errors() + a.errors(),
                            mase,
                            Double.NaN,
                            Double.NaN);
            var s = service.scaling();
            double seconds = scaling.seconds() + s.seconds();
            double underSeconds =
                    scaling.underProvisionedShare() * scaling.seconds()
                            + s.underProvisionedShare() * s.seconds();
            scaling =
                    new Evaluation.Result(
                            seconds,
                            scaling.underProvisionedPodSeconds() + s.underProvisionedPodSeconds(),
                            scaling.overProvisionedPodSeconds() + s.overProvisionedPodSeconds(),
                            scaling.replicaSeconds() + s.replicaSeconds(),
                            scaling.neededReplicaSeconds() + s.neededReplicaSeconds(),
                            seconds > 0 ? underSeconds / seconds : 0,
                            scaling.scaleUps() + s.scaleUps(),
                            scaling.scaleUpsAhead() + s.scaleUpsAhead(),
                            scaling.scaleUpsUnneeded() + s.scaleUpsUnneeded(),
                            scaling.scaleUpsUndecided() + s.scaleUpsUndecided(),
                            scaling.scaleDowns() + s.scaleDowns());
            slo =
                    new Slo(
                            slo.requests() + service.slo().requests(),
                            slo.violations() + service.slo().violations());
        }
        return new Service("total", accuracy, scaling, slo);
    }

    /** A table for people, 100 columns at most. */
    public String table() {
        var table = new StringBuilder();
        table.append(
                text(
                        "%-14s %7s %9s %6s %9s %6s %9s %11s %10s %9s%n",
                        "service",
                        "steps",
                        "forecasts",
                        "MASE",
                        "scale-ups",
                        "ahead",
                        "unneeded",
                        "under pod-s",
                        "replica-s",
                        "over SLO"));
        services.forEach(service -> table.append(line(service)));
        table.append("-".repeat(99)).append('\n');
        table.append(line(total()));
        table.append(
                text(
                        "%nrejected %d · records in Kafka %d, read by the job %d · requests %d,"
                                + " failed %d (%.2f %%)%n",
                        rejected,
                        records.inKafka(),
                        records.read(),
                        requests.sent(),
                        requests.failed(),
                        requests.sent() == 0 ? 0.0 : 100.0 * requests.failed() / requests.sent()));
        return table.toString();
    }

    private static String line(Service service) {
        var accuracy = service.accuracy();
        var scaling = service.scaling();
        String name = service.name();
        return text(
                "%-14s %7d %9d %6s %9d %6d %9d %11.1f %10.1f %9s%n",
                name.length() <= 14 ? name : name.substring(0, 13) + "…",
                accuracy.observations(),
                accuracy.forecasts(),
                Double.isNaN(accuracy.mase()) ? "-" : text("%.2f", accuracy.mase()),
                scaling.scaleUps(),
                scaling.scaleUpsAhead(),
                scaling.scaleUpsUnneeded(),
                scaling.underProvisionedPodSeconds(),
                scaling.replicaSeconds(),
                service.slo().requests() == 0 ? "-" : text("%.2f %%", 100 * service.slo().share()));
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format.replace("%n", "\n"), values);
    }

    /** The same for programs: one object in one line; null where nothing is known. */
    public String json() {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        ObjectNode byName = object.putObject("services");
        services.forEach(service -> put(byName.putObject(service.name()), service));
        object.put("rejected", rejected);
        object.putObject("records").put("inKafka", records.inKafka()).put("read", records.read());
        put(object.putObject("totals"), total());
        object.putObject("requests").put("sent", requests.sent()).put("failed", requests.failed());
        try {
            return MAPPER.writeValueAsString(object);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("JSON of plain values cannot fail", e);
        }
    }

    private static void put(ObjectNode object, Service service) {
        var accuracy = service.accuracy();
        var scaling = service.scaling();
        object.put("observations", accuracy.observations())
                .put("forecasts", accuracy.forecasts())
                .put("mase", rounded(accuracy.mase(), 3))
                .put("scaleUps", scaling.scaleUps())
                .put("scaleUpsAhead", scaling.scaleUpsAhead())
                .put("scaleUpsUnneeded", scaling.scaleUpsUnneeded())
                .put("scaleUpsUndecided", scaling.scaleUpsUndecided())
                .put("scaleDowns", scaling.scaleDowns())
                .put("underProvisionedPodSeconds", rounded(scaling.underProvisionedPodSeconds(), 1))
                .put("underProvisionedShare", rounded(scaling.underProvisionedShare(), 5))
                .put("overProvisionedPodSeconds", rounded(scaling.overProvisionedPodSeconds(), 1))
                .put("replicaSeconds", rounded(scaling.replicaSeconds(), 1))
                .put("neededReplicaSeconds", rounded(scaling.neededReplicaSeconds(), 1))
                .put("sloViolationShare", rounded(service.slo().share(), 5));
    }

    private static Double rounded(double value, int digits) {
        return Double.isNaN(value) || Double.isInfinite(value)
                ? null
                : BigDecimal.valueOf(value).setScale(digits, RoundingMode.HALF_UP).doubleValue();
    }
}
