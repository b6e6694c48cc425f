package dev.sphere.connector.redis;

import java.io.Serializable;

/**
 * What the builder of the sink was told, checked.
 *
 * @param password null without
 * @param certificateAuthorities PEM file to trust; null for those that the JVM trusts
 * @param connectTimeout in milliseconds
 * @param timeout for a reply, in milliseconds
 * @param batchSize most commands in one pipeline
 * @param flushInterval how long a command may wait for company, in milliseconds
 * @param attempts to send a batch before the job fails; not bounded in {@link DeliveryMode#NEWEST}
 * @param maxPending most keys that wait in {@link DeliveryMode#NEWEST}
 */
record RedisSettings(
        RedisAddress address,
        PasswordSource password,
        String certificateAuthorities,
        String keyPrefix,
        DeliveryMode mode,
        int connectTimeout,
        int timeout,
        int batchSize,
        long flushInterval,
        int attempts,
        Backoff backoff,
        int maxPending)
        implements Serializable {}
