package dev.sphere.connector.redis;

import java.io.Serializable;
import java.util.List;

/**
 * Says what an element of the stream is in Redis.
 *
 * @param <T> type of the elements
 */
@FunctionalInterface
public interface RedisCommands<T> extends Serializable {

    /** The commands that write the element, in order; none if it is not to be written. */
    List<RedisCommand> commands(T element);
}
