package dev.sphere.observe;

import java.util.List;

/**
 * Samples of one service taken at one time: one record of the topic {@code metrics}.
 *
 * @param service namespace/name of the scale target
 * @param at when the samples were taken, in epoch milliseconds
 * @param source which bridge sent them
 */
public record Scrape(String service, long at, String source, List<Sample> samples) {}
