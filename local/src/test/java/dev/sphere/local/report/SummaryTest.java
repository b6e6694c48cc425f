package dev.sphere.local.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SummaryTest {
    private final Summary summary =
            Summary.of(
                    List.of("sock-shop/front-end", "sock-shop/carts", "sock-shop/queue-master"),
                    Map.of(
                            "sock-shop/front-end",
                            new ForecastAccuracy.Result(240, 239, 230, 0.8125, 3, 4),
                            "sock-shop/carts",
                            new ForecastAccuracy.Result(240, 240, 230, 0.6, 3, 5)),
                    Map.of(
                            "sock-shop/front-end",
                            new Evaluation.Result(
                                    480, 12.34, 100, 2400.5, 2000, 0.05, 9, 7, 1, 0, 4),
                            "sock-shop/carts",
                            new Evaluation.Result(480, 0, 50, 960, 900, 0, 3, 3, 0, 0, 2)),
                    Map.of(
                            "sock-shop/front-end",
                            new Summary.Slo(1000, 20),
                            "sock-shop/carts",
                            new Summary.Slo(500, 0)),
                    0,
                    new Summary.Records(12_345, 12_345),
                    new Summary.Requests(86_003, 12));

    @Test
    void isATableForPeople() {
        assertThat(summary.table())
                .isEqualTo(
"""
service          steps forecasts   MASE scale-ups  ahead  unneeded under pod-s  replica-s  over SLO
front-end          240       239   0.81         9      7         1        12.3     2400.5    2.00 %
carts              240       240   0.60         3      3         0         0.0      960.0    0.00 %
queue-master         0         0      -         0      0         0         0.0        0.0         -
---------------------------------------------------------------------------------------------------
total              480       479   0.71        12     10         1        12.3     3360.5    1.33 %

rejected 0 · records in Kafka 12345, read by the job 12345 · requests 86003, failed 12 (0.01 %)
""");
        assertThat(summary.table().lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }

    @Test
    void isOneLineOfJsonForPrograms() {
        assertThat(summary.json())
                .isEqualTo(
                        ("{\"services\":{"
                                        + "\"front-end\":{'observations':240,'forecasts':239,"
                                        + "'mase':0.813,'scaleUps':9,'scaleUpsAhead':7,"
                                        + "'scaleUpsUnneeded':1,'scaleUpsUndecided':0,"
                                        + "'scaleDowns':4,'underProvisionedPodSeconds':12.3,"
                                        + "'underProvisionedShare':0.05,"
                                        + "'overProvisionedPodSeconds':100.0,"
                                        + "'replicaSeconds':2400.5,'neededReplicaSeconds':2000.0,"
                                        + "'sloViolationShare':0.02},"
                                        + "'carts':{'observations':240,'forecasts':240,"
                                        + "'mase':0.6,'scaleUps':3,'scaleUpsAhead':3,"
                                        + "'scaleUpsUnneeded':0,'scaleUpsUndecided':0,"
                                        + "'scaleDowns':2,'underProvisionedPodSeconds':0.0,"
                                        + "'underProvisionedShare':0.0,"
                                        + "'overProvisionedPodSeconds':50.0,"
                                        + "'replicaSeconds':960.0,'neededReplicaSeconds':900.0,"
                                        + "'sloViolationShare':0.0},"
                                        + "'queue-master':{'observations':0,'forecasts':0,"
                                        + "'mase':null,'scaleUps':0,'scaleUpsAhead':0,"
                                        + "'scaleUpsUnneeded':0,'scaleUpsUndecided':0,"
                                        + "'scaleDowns':0,'underProvisionedPodSeconds':0.0,"
                                        + "'underProvisionedShare':0.0,"
                                        + "'overProvisionedPodSeconds':0.0,"
                                        + "'replicaSeconds':0.0,'neededReplicaSeconds':0.0,"
                                        + "'sloViolationShare':null}},"
                                        + "'rejected':0,"
                                        + "'records':{'inKafka':12345,'read':12345},"
                                        + "'totals':{'observations':480,'forecasts':479,"
                                        + "'mase':0.706,'scaleUps':12,'scaleUpsAhead':10,"
                                        + "'scaleUpsUnneeded':1,'scaleUpsUndecided':0,"
                                        + "'scaleDowns':6,'underProvisionedPodSeconds':12.3,"
                                        + "'underProvisionedShare':0.025,"
                                        + "'overProvisionedPodSeconds':150.0,"
                                        + "'replicaSeconds':3360.5,'neededReplicaSeconds':2900.0,"
                                        + "'sloViolationShare':0.01333},"
                                        + "'requests':{'sent':86003,'failed':12}}")
                                .replace('\'', '"'));
    }
}
