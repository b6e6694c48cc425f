package dev.sphere.connector.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.security.cert.CertificateException;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisClusterException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;

class RedisFailureTest {

    /** Replies as Redis 6.2 and 7 word them. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            RETRYABLE | LOADING Redis is loading the dataset in memory
            RETRYABLE | READONLY You can't write against a read only replica.
            RETRYABLE | CLUSTERDOWN The cluster is down
            RETRYABLE | OOM command not allowed when used memory > 'maxmemory'.
            RETRYABLE | BUSY Redis is busy running a script.
            RETRYABLE | TRYAGAIN Multiple keys request during rehashing of slot
            RETRYABLE | MASTERDOWN Link with MASTER is down
            RETRYABLE | NOREPLICAS Not enough good replicas to write.
            RETRYABLE | MISCONF Redis is configured to save RDB snapshots, but is unable to
            RETRYABLE | ERR max number of clients reached
            FATAL     | WRONGPASS invalid username-password pair or user is disabled.
            FATAL     | NOAUTH Authentication required.
            FATAL     | NOPERM this user has no permissions to run the 'set' command
            FATAL     | DENIED Redis is running in protected mode because
            FATAL     | MOVED 3999 127.0.0.1:6381
            FATAL     | ASK 3999 127.0.0.1:6381
            FATAL     | ERR unknown command `NOSUCH`, with args beginning with:
            FATAL     | ERR AUTH <password> called without any password configured
            FATAL     | ERR Client sent AUTH, but no password is set
            FATAL     | ERR DB index is out of range
            POISON    | WRONGTYPE Operation against a key holding the wrong kind of value
            POISON    | ERR wrong number of arguments for 'hset' command
            POISON    | ERR syntax error
            POISON    | ERR value is not a valid float
            POISON    | ERR invalid expire time in 'set' command
            POISON    | NOSCRIPT No matching script. Please use EVAL.
            POISON    | BUSYKEY Target key name already exists.
            POISON    | BUSYGROUP Consumer Group name already exists
            POISON    | ''
            """)
    void readsWhatAReplyMeans(RedisFailure expected, String reply) {
        assertThat(RedisFailure.ofReply(reply)).isEqualTo(expected);
        assertThat(RedisFailure.of(new JedisDataException(reply))).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void readsWhatAnExceptionMeans(RedisFailure expected, Throwable failure) {
        assertThat(RedisFailure.of(failure)).isEqualTo(expected);
    }

    static List<Arguments> failures() {
        return List.of(
                Arguments.of(RedisFailure.RETRYABLE, new JedisConnectionException("reset")),
                Arguments.of(
                        RedisFailure.RETRYABLE,
                        new JedisConnectionException(new SocketTimeoutException("Read timed out"))),
                Arguments.of(RedisFailure.RETRYABLE, new IOException("no such file")),
                Arguments.of(RedisFailure.RETRYABLE, new JedisClusterException("CLUSTERDOWN no")),
                Arguments.of(
                        RedisFailure.RETRYABLE,
                        new JedisConnectionException(
                                new SSLHandshakeException("Remote host terminated the handshake"))),
                Arguments.of(
                        RedisFailure.FATAL,
                        new JedisConnectionException(
                                new SSLHandshakeException("untrusted")
                                        .initCause(new CertificateException("not ours")))),
                Arguments.of(
                        RedisFailure.FATAL, new JedisAccessControlException("WRONGPASS invalid")),
                Arguments.of(RedisFailure.FATAL, new IllegalStateException("a mistake of ours")));
    }

    @Test
    void givesTheInnermostMessageAsTheReason() {
        var failure =
                new JedisConnectionException(
                        "no connection", new IOException("Connection refused"));

        assertThat(RedisFailure.reason(failure)).isEqualTo("Connection refused");
    }
}
