package dev.sphere.local.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sphere.local.FetchedTool;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The real one, once. */
@Tag("needs-tools")
class StatsmodelsIT {
    /** Two searches of the same minimum agree to this share of it. */
    private static final double AS_GOOD = 1e-3;

    @Test
    void fitsTheSameModelToTheSameSeriesAndForecastsFromIt() throws IOException {
        var ours = new Fortnight().fit();

        var theirs = Statsmodels.fetch(FetchedTool.home()).measure(1, line -> {});

        assertThat(theirs.version()).matches("\\d+\\.\\d+.*");
        var givenStart = theirs.givenStart();
        assertThat(givenStart.converged()).isTrue();
        assertThat(givenStart.sse()).isCloseTo(ours.sse(), within(AS_GOOD * ours.sse()));
        // 146 more unknowns leave less, but not nothing
        var fittedStart = theirs.fittedStart();
        assertThat(fittedStart.sse()).isBetween(0.5 * ours.sse(), (1 + AS_GOOD) * ours.sse());
        assertThat(givenStart.medianCpuMillis()).isPositive();
        assertThat(fittedStart.medianCpuMillis()).isPositive();
        assertThat(theirs.processSeconds()).isPositive();
        assertThat(theirs.processCpuSeconds()).isPositive();
        // another start, forgotten for the most part after 14 days
        double next = ours.model().forecast(ours.end(), 1);
        assertThat(theirs.forecast()).isCloseTo(next, within(0.1 * next));
    }
}
