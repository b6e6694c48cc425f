package dev.sphere.local.bench;

import dev.sphere.forecast.Components;
import dev.sphere.forecast.Forecast;
import dev.sphere.forecast.Refit;
import dev.sphere.forecast.smoothing.ExponentialSmoothing;
import dev.sphere.forecast.smoothing.Fitting.Fitted;
import dev.sphere.observe.Observation;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What one step of one signal costs: by the job's forecaster, and by the plain Holt-Winters
 * recursion with the same points; and what fits of its history cost, the job's own of two
 * parameters and that of all that statsmodels fits.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ForecastBenchmark {

    /** A signal whose every window is full. */
    @State(Scope.Thread)
    public static class Warm {
        private final WarmSignal signal = WarmSignal.start();
    }

    /** The same with day and week in its model, and no hour. */
    @State(Scope.Thread)
    public static class DayAndWeek {
        private final WarmSignal signal = WarmSignal.withoutTheHour();
    }

    /** The recursion alone, with a day in it. */
    @State(Scope.Thread)
    public static class Plain {
        private final Components components = new Components();
        private final Observation[] load = WarmSignal.load(new Random(1));
        private long steps;

        public Plain() {
            components.level = load[0].value();
            components.seasonal = new double[WarmSignal.HOLT_WINTERS.season().bins()];
        }
    }

    /** What is fitted anew, again and again. */
    @State(Scope.Thread)
    public static class Known {
        private final Fortnight history = new Fortnight();
    }

    /** The processor's time: what a clock shows also counts who else runs on this machine. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Processor {
        private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

        public long calls;
        public long nanos;

        private long began;

        @Setup(Level.Iteration)
        public void begin() {
            began = THREADS.getCurrentThreadCpuTime();
        }

        @TearDown(Level.Iteration)
        public void end() {
            nanos = THREADS.getCurrentThreadCpuTime() - began;
        }
    }

    @Benchmark
    public Forecast forecast(Warm warm, Processor processor) {
        processor.calls++;
        return warm.signal.next();
    }

    @Benchmark
    public Forecast dayAndWeek(DayAndWeek warm, Processor processor) {
        processor.calls++;
        return warm.signal.next();
    }

    @Benchmark
    public double[] plainHoltWinters(Plain plain, Processor processor) {
        processor.calls++;
        var model = WarmSignal.HOLT_WINTERS;
        long step = WarmSignal.STEP;
        double y = plain.load[(int) (plain.steps % plain.load.length)].value();
        long at = plain.steps * step + step / 2;
        plain.steps++;
        model.next(plain.components, y, at);
        double[] curve = new double[WarmSignal.POINTS];
        for (int point = 0; point < curve.length; point++) {
            int steps = 3 * (point + 1);
            curve[point] = model.forecast(plain.components, steps, at + steps * step);
        }
        return curve;
    }

    @Benchmark
    public Refit.Smoothing refitOfTheJob(Known known, Processor processor) {
        processor.calls++;
        return known.history.refit();
    }

    @Benchmark
    public Fitted<ExponentialSmoothing> refit(Known known, Processor processor) {
        processor.calls++;
        return known.history.fit();
    }
}
