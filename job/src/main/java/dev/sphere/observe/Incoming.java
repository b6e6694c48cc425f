package dev.sphere.observe;

/**
 * What became of one record of the topic {@code metrics}.
 *
 * @param scrape what could be read, null if nothing
 * @param rejected what could not be read, null if nothing; both are set when a part was bad
 */
public record Incoming(Scrape scrape, Rejected rejected) {}
