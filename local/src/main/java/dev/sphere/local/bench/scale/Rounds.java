package dev.sphere.local.bench.scale;

import java.io.Serializable;

/**
 * Which service is scraped when: in each round every service once, one after the other. The
 * services are dealt out to lanes, one for each subtask of the source.
 *
 * @param from when the first round begins, in epoch milliseconds of the data; a multiple of the
 *     step
 * @param step from one round to the next, in milliseconds of the data
 * @param count how many rounds
 * @param spread over how many milliseconds of the data the services of a round are spread; at most
 *     a step
 */
record Rounds(int services, int lanes, long from, long step, long count, long spread)
        implements Serializable {

    /** Places of a round in each lane; the last one is nobody's in some lanes. */
    private long places() {
        return (services + lanes - 1L) / lanes;
    }

    /** Positions of each lane. */
    long positions() {
        return count * places();
    }

    /** The service at a position, or one that there is not, which is to be left out. */
    int service(int lane, long position) {
        return lane + (int) (position % places()) * lanes;
    }

    boolean exists(int service) {
        return service < services;
    }

    long round(long position) {
        return position / places();
    }

    /** When a service is scraped, in epoch milliseconds of the data. */
    long at(long round, int service) {
        return from + round * step + offset(service, spread);
    }

    /** The round whose scrape closes the step with this end. */
    long closing(long end) {
        return (end - from) / step;
    }

    /** When in a round of some length it is a service's turn. */
    long offset(int service, long length) {
        return service * length / services;
    }

    /** All observations of all rounds. */
    long observations() {
        return count * services;
    }
}
