package dev.sphere.scale;

import dev.sphere.recommend.Decision;
import java.time.Clock;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.ThreadSafeSimpleCounter;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.apache.flink.util.function.SerializableSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decisions to their outcomes, through one mailbox per target; for {@code unorderedWait}.
 *
 * <p>Keeps no state: a decision that is asked again after a restart finds the target changed, or is
 * too old.
 */
public final class ScaleFunction extends RichAsyncFunction<Decision, ScaleResult> {
    private static final long serialVersionUID = 1;
    private static final Logger LOG = LoggerFactory.getLogger(ScaleFunction.class);
    private static final String NOT_APPLIED = "{} {} -> {} is {}: {}";

    private final SerializableSupplier<Scaler> scaler;
    private final int threads;

    @SuppressWarnings("serial") // the clocks of java.time are serializable, their type is not
    private final Clock clock;

    private transient ScaleMailbox mailbox;
    private transient Map<ScaleOutcome, Counter> outcomes;

    /**
     * @param scaler makes the scaler where the function runs
     * @param threads most requests in flight
     * @param clock must be serializable
     */
    public ScaleFunction(SerializableSupplier<Scaler> scaler, int threads, Clock clock) {
        this.scaler = scaler;
        this.threads = threads;
        this.clock = clock;
    }

    @Override
    public void open(OpenContext context) {
        MetricGroup metrics = getRuntimeContext().getMetricGroup();
        outcomes = new EnumMap<>(ScaleOutcome.class);
        for (ScaleOutcome outcome : ScaleOutcome.values()) {
            outcomes.put(
                    outcome,
                    metrics.addGroup("outcome", outcome.name().toLowerCase(Locale.ROOT))
                            .counter("scaleRequests", new ThreadSafeSimpleCounter()));
        }
        mailbox = new ScaleMailbox(scaler.get(), threads, clock);
    }

    @Override
    public void asyncInvoke(Decision decision, ResultFuture<ScaleResult> out) {
        if (!decision.apply() || !decision.changes()) {
            out.complete(List.of());
            return;
        }
        mailbox.put(decision)
                .whenComplete(
                        (result, fault) -> {
                            if (fault == null) {
                                tell(decision, result);
                                out.complete(List.of(result));
                            } else {
                                out.completeExceptionally(fault);
                            }
                        });
    }

    @Override
    public void timeout(Decision decision, ResultFuture<ScaleResult> out) {
        mailbox.withdraw(decision);
        ScaleResult late =
                ScaleResult.of(
                        decision,
                        clock.millis(),
                        ScaleOutcome.POSTPONED,
                        "no answer in time; it may have been carried out");
        tell(decision, late);
        out.complete(List.of(late));
    }

    @Override
    public void close() {
        if (mailbox != null) {
            mailbox.close();
        }
    }

    private void tell(Decision decision, ScaleResult result) {
        outcomes.get(result.outcome()).inc();
        switch (result.outcome()) {
            case APPLIED ->
                    LOG.info(
                            "{} {} -> {}: {}",
                            decision.service(),
                            decision.current(),
                            decision.desired(),
                            decision.reason());
            case NO_SUCH_TARGET, FORBIDDEN, REJECTED ->
                    LOG.warn(NOT_APPLIED, facts(decision, result));
            default -> LOG.debug(NOT_APPLIED, facts(decision, result));
        }
    }

    private static Object[] facts(Decision decision, ScaleResult result) {
        return new Object[] {
            decision.service(),
            decision.current(),
            decision.desired(),
            result.outcome(),
            result.detail()
        };
    }
}
