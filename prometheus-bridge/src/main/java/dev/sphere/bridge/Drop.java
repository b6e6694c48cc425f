package dev.sphere.bridge;

import java.util.Locale;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Why samples that were read and wanted did not reach Kafka. */
enum Drop {
    /** The kept labels do not tell it from another sample of the same scrape. */
    DUPLICATE,
    /** Kafka was away for so long that the producer's memory is full. */
    BUFFER_FULL,
    /** Kafka has not yet said where the topic is. */
    NO_METADATA,
    /** Kafka did not acknowledge in the time given. */
    DELIVERY_TIMEOUT,
    /** Larger than Kafka accepts. */
    TOO_LARGE,
    /** Kafka does not let this bridge write. */
    FORBIDDEN,
    /** Any other answer of Kafka's that no retry can help. */
    KAFKA;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @param handedOver whether the producer had taken the record when it failed
     */
    static Drop of(Throwable failure, boolean handedOver) {
        if (failure instanceof BufferExhaustedException) {
            return BUFFER_FULL;
        }
        if (failure instanceof TimeoutException) {
            return handedOver ? DELIVERY_TIMEOUT : NO_METADATA;
        }
        if (failure instanceof UnknownTopicOrPartitionException) {
            return NO_METADATA;
        }
        if (failure instanceof RecordTooLargeException) {
            return TOO_LARGE;
        }
        if (failure instanceof AuthorizationException
                || failure instanceof AuthenticationException) {
            return FORBIDDEN;
        }
        return KAFKA;
    }
}
