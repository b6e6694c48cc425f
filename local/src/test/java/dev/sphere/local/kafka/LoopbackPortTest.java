package dev.sphere.local.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class LoopbackPortTest {
    @Test
    void refusesConnectionsWhileItIsHeld() throws IOException {
        try (var port = LoopbackPort.hold(0);
                var client = new Socket()) {
            assertThatThrownBy(
                            () ->
                                    client.connect(
                                            new InetSocketAddress(
                                                    LoopbackPort.loopback(), port.number())))
                    .isInstanceOf(ConnectException.class);
        }
    }

    @Test
    void isHeldAgainAfterItsServerHasStopped() throws IOException {
        try (var port = LoopbackPort.hold(0)) {
            port.release();
            try (var server = new ServerSocket(port.number(), 1, LoopbackPort.loopback());
                    var client = new Socket(LoopbackPort.loopback(), port.number());
                    var accepted = server.accept()) {
                assertThat(accepted.getPort()).isEqualTo(client.getLocalPort());
            }
            port.holdAgain();
            port.release();
            new ServerSocket(port.number(), 1, LoopbackPort.loopback()).close();
        }
    }

    @Test
    void namesAPortThatIsTakenOrImpossible() throws IOException {
        try (var taken = new ServerSocket(0, 1, LoopbackPort.loopback())) {
            assertThatThrownBy(() -> LoopbackPort.hold(taken.getLocalPort()))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + " on 127.0.0.1");
        }
        assertThatThrownBy(() -> LoopbackPort.hold(70_000)).hasMessageContaining("70000");
    }
}
