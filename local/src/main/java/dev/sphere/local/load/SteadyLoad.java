package dev.sphere.local.load;

/** The peak, all day long. */
public record SteadyLoad() implements LoadShape {

    @Override
    public double at(long day, double dayFraction) {
        return 1;
    }

    @Override
    public double start() {
        return 0;
    }

    @Override
    public String name() {
        return "steady";
    }
}
