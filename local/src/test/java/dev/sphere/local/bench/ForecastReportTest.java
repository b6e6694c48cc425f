package dev.sphere.local.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class ForecastReportTest {
    private static final ForecastTimes OURS =
            new ForecastTimes(
                    10,
                    15,
                    2,
                    1.9,
                    38_495,
                    0.5,
                    0.4,
                    new ForecastTimes.Step(1.8, 1.7, 36_000),
                    1.25,
                    new ForecastTimes.Fit(2016, 144, 16, 15, 42_957.2));
    private static final StatsmodelsTimes THEIRS =
            new StatsmodelsTimes(
                    "0.15.0",
                    "3.11.7",
                    5,
                    new StatsmodelsTimes.Fit(200, 42_957.4, true),
                    new StatsmodelsTimes.Fit(640, 39_325, false),
                    1.5,
                    1.25,
                    100);

    @Test
    void setsTheFiguresOfStatsmodelsBesideOurs() {
        var report = ForecastReport.of(OURS, THEIRS);

        assertThat(report.ratios()).isEqualTo(new ForecastReport.Ratios(12.5, 40, 625_000));
        assertThat(report.inWords())
                .anySatisfy(
                        line ->
                                assertThat(line)
                                        .contains("day and week: median 1.80")
                                        .endsWith("state 36000 bytes"))
                .anySatisfy(line -> assertThat(line).endsWith("state 38495 bytes"))
                .contains("the job's refit of 14 days, alpha and gamma: median 1.25 ms of CPU")
                .anySatisfy(
                        line ->
                                assertThat(line)
                                        .startsWith(
                                                "fit of all parameters to 14 days, 2016 values, 144 a day:")
                                        .contains("median 16.0 ms of CPU, least 15.0 ms"))
                .contains(
                        "  from the same start: median 200 ms of CPU (12.5 times ours); sum of"
                                + " squared errors 42957",
                        "  the start fitted too: median 640 ms of CPU (40.0 times ours); sum of"
                                + " squared errors 39325, not converged",
                        "a process for each forecast, with statsmodels: median 1.50 s, 1.25 s of CPU (625000 times"
                                + " one step of ours)");
    }

    @Test
    void saysWhyThereIsNoStatsmodels() {
        var report = ForecastReport.withoutStatsmodels(OURS, "no Python");

        assertThat(report.inWords()).hasSize(6).endsWith("statsmodels: not measured, no Python");
    }

    @Test
    void isOneObjectInJsonWithOursAtItsTop() throws JsonProcessingException {
        var json = new ObjectMapper();
        var with = json.readTree(json.writeValueAsString(ForecastReport.of(OURS, THEIRS)));
        var without =
                json.readTree(
                        json.writeValueAsString(
                                ForecastReport.withoutStatsmodels(OURS, "no Python")));

        assertThat(with.get("medianMicros").asDouble()).isEqualTo(2);
        assertThat(with.at("/refit/medianCpuMillis").asDouble()).isEqualTo(16);
        assertThat(with.at("/statsmodels/fittedStart/converged").asBoolean()).isFalse();
        assertThat(with.at("/statsmodels/processSeconds").asDouble()).isEqualTo(1.5);
        assertThat(with.at("/ratios/processToStep").asDouble()).isEqualTo(625_000);
        assertThat(with.get("whyNoStatsmodels").isNull()).isTrue();
        assertThat(without.get("statsmodels").isNull()).isTrue();
        assertThat(without.get("whyNoStatsmodels").asText()).isEqualTo("no Python");
        assertThat(without.get("stateBytes").asInt()).isEqualTo(38_495);
    }
}
